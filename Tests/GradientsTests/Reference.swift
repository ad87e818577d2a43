import Foundation
import Gradients
import Numerics

// The forward of every layer once more, in double precision and as plainly as possible: what the layers are held against.
// Axes: T time, B batch, I inputs, O outputs, H hidden, C channels, P pixels.

/// A matrix of doubles, row by row.
struct Numbers {
  var rows: Int
  var columns: Int
  var elements: [Double]

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    elements = Array(repeating: 0, count: rows * columns)
  }

  init(_ matrix: Matrix) {
    (rows, columns) = (matrix.rows, matrix.columns)
    elements = matrix.elements.map(Double.init)
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  func map(_ function: (Double) -> Double) -> Numbers {
    var result = self
    result.elements = elements.map(function)
    return result
  }
}

enum Reference {
  static func linear(_ x: Numbers, _ weight: Numbers, _ bias: Numbers) -> Numbers {
    var y = Numbers(rows: x.rows, columns: weight.rows)
    for b in 0..<x.rows {
      for o in 0..<weight.rows {
        y[b, o] = bias[0, o]
        for i in 0..<x.columns { y[b, o] += x[b, i] * weight[o, i] }
      }
    }
    return y
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static func apply(_ function: ActivationFunction, _ x: Double) -> Double {
    switch function {
    case .tanh: tanh(x)
    case .relu: max(x, 0)
    case .sigmoid: sigmoid(x)
    case .gelu: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case .none: x
    }
  }

  enum Cell: CaseIterable {
    case tanh, relu, lstm, gru

    var gates: Int { self == .lstm ? 4 : self == .gru ? 3 : 1 }
  }

  /// One recurrent layer; values are weight_ih, weight_hh, bias_ih, bias_hh.
  static func recurrence(_ cell: Cell, _ inputs: [Numbers], _ values: [Numbers], everyStep: Bool) -> [Numbers] {
    let (batch, hidden) = (inputs[0].rows, values[1].columns)
    var h = Numbers(rows: batch, columns: hidden)
    var c = h
    var states: [Numbers] = []
    for x in inputs {
      let a = linear(x, values[0], values[2])
      let b = linear(h, values[1], values[3])
      var next = h
      for row in 0..<batch {
        for unit in 0..<hidden {
          func sum(_ gate: Int) -> Double { a[row, gate * hidden + unit] + b[row, gate * hidden + unit] }
          switch cell {
          case .tanh: next[row, unit] = Foundation.tanh(sum(0))
          case .relu: next[row, unit] = max(sum(0), 0)
          case .lstm:
            c[row, unit] = sigmoid(sum(1)) * c[row, unit] + sigmoid(sum(0)) * Foundation.tanh(sum(2))
            next[row, unit] = sigmoid(sum(3)) * Foundation.tanh(c[row, unit])
          case .gru:
            let (column, z) = (2 * hidden + unit, sigmoid(sum(1)))
            let n = Foundation.tanh(a[row, column] + sigmoid(sum(0)) * b[row, column])
            next[row, unit] = (1 - z) * n + z * h[row, unit]
          }
        }
      }
      h = next
      states.append(h)
    }
    return everyStep ? states : [h]
  }

  /// One picture of C × P; the weight is O × 9C.
  static func convolution(_ picture: Numbers, _ weight: Numbers, _ bias: Numbers, side: Int) -> Numbers {
    var y = Numbers(rows: weight.rows, columns: side * side)
    for output in 0..<weight.rows {
      for line in 0..<side {
        for column in 0..<side {
          var sum = bias[0, output]
          for channel in 0..<picture.rows {
            for down in 0..<3 {
              for right in 0..<3 {
                let (v, h) = (line + down - 1, column + right - 1)
                guard 0..<side ~= v, 0..<side ~= h else { continue }
                sum += weight[output, channel * 9 + down * 3 + right] * picture[channel, v * side + h]
              }
            }
          }
          y[output, line * side + column] = sum
        }
      }
    }
    return y
  }

  static func pool(_ picture: Numbers, side: Int) -> Numbers {
    let half = side / 2
    var y = Numbers(rows: picture.rows, columns: half * half)
    for channel in 0..<picture.rows {
      for line in 0..<half {
        for column in 0..<half {
          var sum = 0.0
          for (down, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            sum += picture[channel, (2 * line + down) * side + 2 * column + right]
          }
          y[channel, line * half + column] = sum / 4
        }
      }
    }
    return y
  }

  static func head(_ kind: PictureHeadKind, _ pictures: [Numbers]) -> Numbers {
    let rows = pictures.map { picture in
      kind == .flatten
        ? picture.elements
        : (0..<picture.rows).map { channel in
          (0..<picture.columns).reduce(0) { $0 + picture[channel, $1] } / Double(picture.columns)
        }
    }
    var y = Numbers(rows: pictures.count, columns: rows[0].count)
    y.elements = rows.flatMap(\.self)
    return y
  }

  /// A whole network.
  static func outputs(_ model: Model, _ interface: Interface, _ inputs: [Numbers], _ values: [Numbers]) -> [Numbers] {
    switch model {
    case .simplenet(let net):
      return [stack(inputs[0], values, net.activation)]
    case .mlp(let net):
      return [stack(inputs[0], values, net.activation)]
    case .rnn(let net):
      return recurrent(net.nonlinearity == .tanh ? .tanh : .relu, net.layers, interface, inputs, values)
    case .lstm(let net):
      return recurrent(.lstm, net.layers, interface, inputs, values)
    case .gru(let net):
      return recurrent(.gru, net.layers, interface, inputs, values)
    case .cnn(let net):
      return [convolutional(net, interface, inputs, values)]
    }
  }

  private static func stack(_ input: Numbers, _ values: [Numbers], _ activation: ActivationFunction) -> Numbers {
    var x = input
    for index in stride(from: 0, to: values.count, by: 2) {
      x = linear(x, values[index], values[index + 1])
      if index + 2 < values.count { x = x.map { apply(activation, $0) } }
    }
    return x
  }

  private static func recurrent(
    _ cell: Cell, _ layers: Int, _ interface: Interface, _ inputs: [Numbers], _ values: [Numbers]
  ) -> [Numbers] {
    var x = inputs
    for layer in 0..<layers {
      let everyStep = interface.everyStep || layer < layers - 1
      x = recurrence(cell, x, Array(values[(4 * layer)..<(4 * layer + 4)]), everyStep: everyStep)
    }
    return x.map { linear($0, values[4 * layers], values[4 * layers + 1]) }
  }

  private static func convolutional(
    _ net: ConvolutionalNet, _ interface: Interface, _ inputs: [Numbers], _ values: [Numbers]
  ) -> Numbers {
    // After conv number depth//3 and 2*depth//3, or after depth//2.
    let pools = net.pool == 2 ? [net.depth / 3, 2 * net.depth / 3] : net.pool == 1 ? [net.depth / 2] : []
    var (x, side) = (inputs, interface.side)
    for number in 1...net.depth {
      x = x.map { picture in
        convolution(picture, values[2 * number - 2], values[2 * number - 1], side: side).map {
          apply(net.activation, $0)
        }
      }
      guard pools.contains(number) else { continue }
      x = x.map { pool($0, side: side) }
      side /= 2
    }
    return linear(head(net.head, x), values[2 * net.depth], values[2 * net.depth + 1])
  }

  /// The losses as PyTorch defines them.
  static func loss(_ loss: Loss, _ outputs: [Numbers], _ targets: Targets) -> Double {
    switch (loss, targets) {
    case (.meanSquaredError, .values(let values)):
      let pairs = Array(zip(outputs.flatMap(\.elements), values.elements))
      return pairs.reduce(0) { $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1)) } / Double(pairs.count)
    case (.crossEntropy, .classes(let classes)):
      let scores = outputs.flatMap { output in
        (0..<output.rows).map { row in (0..<output.columns).map { output[row, $0] } }
      }
      let rows = zip(scores, classes).map { scores, target in
        log(scores.reduce(0) { $0 + exp($1) }) - scores[target]
      }
      return rows.reduce(0, +) / Double(rows.count)
    default:
      return outputs.reduce(0) { $0 + $1.elements.reduce(0, +) }
    }
  }
}
