import Numerics
import Optimization
import Testing

/// What torch does, as recorded in clipping.json.
struct GradientClippingTests {
  struct Case: Decodable {
    let name: String
    let rule: String
    let maxNorm: Number?
    let normType: Number?
    let clipValue: Number?
    let errorIfNonfinite: Bool?
    let before: [String]
    let total: String?
    let error: Bool?
    let after: [String]

    var title: String { "\(name) max_norm=\(maxNorm?.value ?? 0) norm_type=\(normType?.value ?? 0)" }
  }

  struct Cases: Decodable { let cases: [Case] }

  static let cases: [Case] = {
    let fixture: Cases = try! Fixture.load("clipping")
    return fixture.cases
  }()

  @Test func thereAreCases() {
    #expect(Self.cases.count > 400)
    #expect(Self.cases.contains { $0.error == true })
  }

  @Test func valuesAreClampedToTheBit() {
    for row in Self.cases where row.rule == "value" {
      var gradients = row.before.map(Fixture.floats)
      GradientClipping.clipValue(&gradients, clipValue: row.clipValue!.value)
      #expect(gradients.map(bits) == row.after.map { bits(Fixture.floats($0)) }, "\(row.title)")
    }
  }

  /// The factor and the product follow from the total to the bit: so they are tested on torch's own total.
  @Test func scalingIsExact() {
    for row in Self.cases where row.rule == "norm" && row.error == nil {
      let factor = ClipNorm(maxNorm: row.maxNorm!.value).factor(total: Fixture.floats(row.total!)[0])
      let scaled = row.before.map { bits(Fixture.floats($0).map { $0 * factor }) }
      #expect(scaled == row.after.map { bits(Fixture.floats($0)) }, "\(row.title)")
    }
  }

  @Test func normsAndGradientsFollow() throws {
    for row in Self.cases where row.rule == "norm" && row.error == nil {
      var gradients = row.before.map(Fixture.floats)
      let total = try GradientClipping.clipNorm(
        &gradients, maxNorm: row.maxNorm!.value, normType: row.normType!.value,
        errorIfNonfinite: row.errorIfNonfinite!)
      let recorded = Fixture.floats(row.total!)[0]
      #expect(isNear(Float(total), recorded), "\(row.title): \(total), not \(recorded)")
      for (found, expected) in zip(gradients, row.after.map(Fixture.floats)) {
        #expect(zip(found, expected).allSatisfy { isNear($0, $1, relative: 2e-6) }, "\(row.title)")
      }
    }
  }

  @Test func errorsComeBeforeAnythingIsChanged() {
    for row in Self.cases where row.error == true {
      var gradients = row.before.map(Fixture.floats)
      #expect(throws: GradientClipping.NonfiniteTotal.self, "\(row.title)") {
        try GradientClipping.clipNorm(
          &gradients, maxNorm: row.maxNorm!.value, normType: row.normType!.value, errorIfNonfinite: true)
      }
      #expect(gradients.map(bits) == row.after.map { bits(Fixture.floats($0)) }, "\(row.title)")
    }
  }

  /// `clip norm` of an experiment is the same function on matrices.
  @Test func ruleAgreesWithTheLibrary() throws {
    for row in Self.cases where row.rule == "norm" && !row.before.isEmpty {
      var rule = ClipNorm(maxNorm: row.maxNorm!.value)
      rule.normType = Float(row.normType!.value)
      rule.errorIfNonfinite = row.errorIfNonfinite!
      var matrices = row.before.map(Fixture.row)
      let norms = GradientNorms.measure(matrices, order: rule.normType)
      var lists = row.before.map(Fixture.floats)
      let total = try? GradientClipping.clipNorm(
        &lists, maxNorm: rule.maxNorm, normType: row.normType!.value, errorIfNonfinite: rule.errorIfNonfinite)
      var state = ClippingState()
      let outcome = try? ClippingRule.norm(rule).clip(&matrices, norms, values: matrices, state: &state)
      #expect((outcome == nil) == (total == nil), "\(row.title)")
      #expect(matrices.map { bits($0.elements) } == lists.map(bits), "\(row.title)")
      #expect(total.map { bits([Float($0)]) == bits([norms.total]) } ?? true, "\(row.title)")
    }
  }
}
