import Numerics
import Optimization
import Testing

/// What torch's optimizers do, as recorded in optimizers.json.
struct OptimizerTests {
  struct Step: Decodable {
    let gradients: [String]
    let after: [String]
  }

  struct Case: Decodable {
    let name: String
    let optimizer: String
    let start: [String]
    let steps: [Step]
  }

  struct Cases: Decodable { let cases: [Case] }

  static let cases: [Case] = {
    let fixture: Cases = try! Fixture.load("optimizers")
    return fixture.cases
  }()

  @Test(arguments: cases.indices)
  func followsTorch(_ index: Int) {
    let row = Self.cases[index]
    let optimizer = Optimizer(text: row.optimizer)
    var values = row.start.map(Fixture.row)
    var state = OptimizerState()
    for (number, step) in row.steps.enumerated() {
      let before = values
      let gradients = step.gradients.map(Fixture.row)
      let changes = optimizer.updated(&values, gradients, &state)
      for parameter in values.indices {
        let expected = Fixture.floats(step.after[parameter])
        #expect(
          zip(values[parameter].elements, expected).allSatisfy { isNear($0, $1) },
          "\(row.optimizer), \(row.name), step \(number + 1): \(values[parameter].elements), not \(expected)")
        let change = zip(values[parameter].elements, before[parameter].elements).map { $0 - $1 }
        #expect(isNear(changes[parameter], Norm.of(change, order: 2)))
      }
    }
    #expect(state.steps == row.steps.count)
  }

  /// What stands behind the last of three numbers is 0 / 0 where nothing keeps a root from being 0: it is no part of the
  /// change.
  @Test(arguments: ["adam eps=0", "adamw eps=0", "rmsprop eps=0"])
  func changeHasNothingFromBehindTheEnd(_ text: String) {
    var values = [Matrix(rows: 1, columns: 3, elements: [1, 2, 3])]
    var state = OptimizerState()
    let before = values[0].elements
    let changes = Optimizer(text: text).updated(&values, [Matrix(rows: 1, columns: 3, elements: [4, 5, 6])], &state)
    #expect(isNear(changes[0], Norm.of(zip(values[0].elements, before).map { $0 - $1 }, order: 2)))
    #expect(changes[0] > 0)
  }

  @Test func allOptimizersAreRecorded() {
    #expect(Set(Self.cases.map { $0.optimizer.prefix { $0 != " " } }) == ["sgd", "adam", "adamw", "rmsprop"])
  }

  /// After the first step the same memory is used again and again.
  @Test(arguments: [
    "sgd lr=0.1 momentum=0.9 weight_decay=0.1", "sgd lr=0.1 momentum=0.9 nesterov=yes", "adam", "adamw", "rmsprop",
  ])
  func takesNoNewMemory(_ text: String) {
    let optimizer = Optimizer(text: text)
    var values = [Matrix(rows: 8, columns: 8, repeating: 1)]
    let gradients = [Matrix(rows: 8, columns: 8, repeating: 0.5)]
    var state = OptimizerState()
    _ = optimizer.updated(&values, gradients, &state)
    // SGD's buffer begins as a copy of the direction, and parts from it at the second step.
    _ = optimizer.updated(&values, gradients, &state)
    let addresses = (address(values), address(state.first), address(state.second))
    for _ in 0..<3 {
      _ = optimizer.updated(&values, gradients, &state)
      #expect((address(values), address(state.first), address(state.second)) == addresses)
    }
  }

  /// With SGD and clipping a step is never longer than lr × max_norm.
  @Test func clippedStepIsBounded() {
    var values = [Matrix(rows: 1, columns: 2, elements: [1, 1])]
    var gradients = [Matrix(rows: 1, columns: 2, elements: [300, -400])]
    var state = ClippingState()
    let norms = GradientNorms.measure(gradients, order: 2)
    _ = try? ClippingRule.norm(ClipNorm(maxNorm: 0.5)).clip(&gradients, norms, values: values, state: &state)
    var memory = OptimizerState()
    let change = Optimizer(text: "sgd lr=0.1").updated(&values, gradients, &memory)
    #expect(isNear(change[0], 0.05, relative: 1e-5))
    #expect(change[0] <= 0.05)
  }
}

private func address(_ matrices: [Matrix]) -> UnsafePointer<Float>? {
  matrices.first?.elements.withUnsafeBufferPointer(\.baseAddress)
}

extension Optimizer {
  fileprivate func updated(_ values: inout [Matrix], _ gradients: [Matrix], _ state: inout OptimizerState) -> [Float] {
    var changes: [Float] = []
    update(&values, gradients, &state, changes: &changes)
    return changes
  }

  /// `adam lr=0.1 …`, as the fixtures name them; what is not written has its default.
  fileprivate init(text: String) {
    let words = text.split(separator: " ")
    let options = Dictionary(
      uniqueKeysWithValues: words.dropFirst().map { word in
        let parts = word.split(separator: "=")
        return (parts[0], parts[1])
      })
    func set(_ name: Substring, _ value: inout Double) {
      if let text = options[name] { value = Double(text)! }
    }
    switch words[0] {
    case "sgd":
      var sgd = SGD()
      set("lr", &sgd.learningRate)
      set("momentum", &sgd.momentum)
      set("dampening", &sgd.dampening)
      set("weight_decay", &sgd.weightDecay)
      sgd.nesterov = options["nesterov"] == "yes"
      self = .sgd(sgd)
    case "adam", "adamw":
      var adam = words[0] == "adam" ? Adam() : .decoupled
      set("lr", &adam.learningRate)
      set("beta1", &adam.beta1)
      set("beta2", &adam.beta2)
      set("eps", &adam.epsilon)
      set("weight_decay", &adam.weightDecay)
      self = words[0] == "adam" ? .adam(adam) : .adamw(adam)
    default:
      var rmsprop = RMSprop()
      set("lr", &rmsprop.learningRate)
      set("alpha", &rmsprop.alpha)
      set("eps", &rmsprop.epsilon)
      self = .rmsprop(rmsprop)
    }
  }
}
