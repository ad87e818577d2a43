import CKernels

// What a recurrent layer does between its products, for the rows of one time step. Axes: T time, B batch, H hidden.
// A sequence is one matrix of T·B rows, time after time; gates are blocks of H columns side by side, in PyTorch's order.
//
// Tiny gradients through time, of a magnitude below 2⁻¹⁰⁰, count as 0: products with smaller numbers leave the normal
// range of float32, where processors take a hundred times as long, and beside the gradients of the later time steps,
// which they are added to, they do not show.
extension Matrix {
  /// The rows of self from `row` on = tanh(x).
  public mutating func setTanh(of x: Matrix, at row: Int) { apply(CK_TANH, x, row) }
  /// The rows of self from `row` on = max(x, 0).
  public mutating func setReLU(of x: Matrix, at row: Int) { apply(CK_RELU, x, row) }

  /// The rows of self from `row` on = upstream[B×H] · (1 - y²) with some rows of y, without what is tiny.
  public mutating func setTanhGradient(output y: Matrix, rows: Range<Int>, upstream: Matrix, at row: Int) {
    applyGradient(CK_TANH_GRADIENT, y, rows, upstream, row)
  }
  /// The rows of self from `row` on = upstream[B×H] where y > 0, else 0, without what is tiny.
  public mutating func setReLUGradient(output y: Matrix, rows: Range<Int>, upstream: Matrix, at row: Int) {
    applyGradient(CK_RELU_GRADIENT, y, rows, upstream, row)
  }

  /// self[B×N] += the rows of another.
  public mutating func add(rows: Range<Int>, of other: Matrix) {
    precondition(rows.count == self.rows && columns == other.columns && rows.upperBound <= other.rows)
    elements.withUnsafeMutableBufferPointer { out in
      other.elements.withUnsafeBufferPointer { kernels.add(out.count, $0.row(rows, other), out.baseAddress) }
    }
  }

  /// self = the rows of another, as many as it has.
  public mutating func copy(rows: Range<Int>, of other: Matrix) {
    precondition(rows.count == self.rows && columns == other.columns && rows.upperBound <= other.rows)
    elements.withUnsafeMutableBufferPointer { out in
      other.elements.withUnsafeBufferPointer { from in
        guard let to = out.baseAddress, let from = from.row(rows, other) else { return }
        to.update(from: from, count: out.count)
      }
    }
  }

  private mutating func apply(_ function: ck_function, _ x: Matrix, _ row: Int) {
    precondition(x.columns == columns && row + x.rows <= rows)
    let first = row * columns
    elements.withUnsafeMutableBufferPointer { out in
      x.elements.withUnsafeBufferPointer {
        guard let out = out.baseAddress else { return }
        kernels.apply(function, $0.count, $0.baseAddress, out + first)
      }
    }
  }

  private mutating func applyGradient(
    _ f: ck_gradient, _ y: Matrix, _ rows: Range<Int>, _ upstream: Matrix, _ row: Int
  ) {
    upstream.requireShape(rows.count, columns)
    precondition(y.columns == columns && rows.upperBound <= y.rows && row + rows.count <= self.rows)
    let (first, count) = (row * columns, rows.count * columns)
    elements.withUnsafeMutableBufferPointer { out in
      y.elements.withUnsafeBufferPointer { from in
        upstream.elements.withUnsafeBufferPointer { upstream in
          guard let out = out.baseAddress, let y = from.row(rows, y) else { return }
          kernels.cell_gradient(f, count, y, upstream.baseAddress, out + first)
        }
      }
    }
  }
}

extension UnsafeBufferPointer<Float> {
  fileprivate func row(_ rows: Range<Int>, _ matrix: Matrix) -> UnsafePointer<Float>? {
    baseAddress.map { $0 + rows.lowerBound * matrix.columns }
  }
}

/// The cell of `nn.LSTM` but for its products, over the rows of one time step.
public enum LongShortTermMemory {
  /// gates[T·B×4H]: in, the sums of the projections; out, i, f, g, o. c = f c₋₁ + i g, bounded = tanh(c), h = o bounded,
  /// each T·B×H; c₋₁ stands one time step above in `memory`, or is `initial`[B×H].
  public static func forward(
    rows: Range<Int>, gates: inout Matrix, memory: inout Matrix, bounded: inout Matrix, hidden: inout Matrix,
    initial: Matrix
  ) {
    check(rows, initial, gates, 4, memory)
    bounded.requireShape(of: memory)
    hidden.requireShape(of: memory)
    kernels.lstm_forward(
      rows.lowerBound, rows.count, initial.columns, &gates.elements, initial.elements, &memory.elements,
      &bounded.elements, &hidden.elements)
  }

  /// From dL/dh[B×H] and dL/dc by the later steps in `carried`[B×H]: dL by the gates' sums in the rows of `gradients` from
  /// `row` on, and in `carried` dL/dc₋₁, both without what is tiny.
  public static func backward(
    rows: Range<Int>, upstream: Matrix, gates: Matrix, memory: Matrix, bounded: Matrix, initial: Matrix,
    carried: inout Matrix, gradients: inout Matrix, at row: Int
  ) {
    check(rows, initial, gates, 4, memory)
    bounded.requireShape(of: memory)
    precondition(gradients.columns == gates.columns && row + rows.count <= gradients.rows)
    upstream.requireShape(of: initial)
    carried.requireShape(of: initial)
    kernels.lstm_backward(
      rows.lowerBound, rows.count, initial.columns, row, upstream.elements, gates.elements, initial.elements,
      memory.elements,
      bounded.elements, &carried.elements, &gradients.elements)
  }
}

/// The cell of `nn.GRU` but for its products, over the rows of one time step.
public enum GatedRecurrence {
  /// gates[T·B×3H]: in, the projection of the input; out, r, z, n. h = (h₋₁ - n) z + n with n = tanh(a_n + r b_n), b being
  /// fromHidden[T·B×3H].
  public static func forward(
    rows: Range<Int>, gates: inout Matrix, fromHidden: Matrix, hidden: inout Matrix, initial: Matrix
  ) {
    check(rows, initial, gates, 3, hidden)
    fromHidden.requireShape(of: gates)
    kernels.gru_forward(
      rows.lowerBound, rows.count, initial.columns, &gates.elements, fromHidden.elements, initial.elements,
      &hidden.elements)
  }

  /// From dL/dh[B×H]: dL by the two projections, which differ in the block of n, from row `row` on, and in `direct`[B×H]
  /// the part of dL/dh₋₁ that does not pass through the weights, all without what is tiny.
  public static func backward(
    rows: Range<Int>, upstream: Matrix, gates: Matrix, fromHidden: Matrix, hidden: Matrix, initial: Matrix,
    direct: inout Matrix, byInput: inout Matrix, byHidden: inout Matrix, at row: Int
  ) {
    check(rows, initial, gates, 3, hidden)
    fromHidden.requireShape(of: gates)
    precondition(byInput.columns == gates.columns && row + rows.count <= byInput.rows)
    byHidden.requireShape(of: byInput)
    upstream.requireShape(of: initial)
    direct.requireShape(of: initial)
    kernels.gru_backward(
      rows.lowerBound, rows.count, initial.columns, row, upstream.elements, gates.elements, fromHidden.elements,
      initial.elements, hidden.elements, &direct.elements, &byInput.elements, &byHidden.elements)
  }
}

private func check(_ rows: Range<Int>, _ initial: Matrix, _ gates: Matrix, _ count: Int, _ state: Matrix) {
  precondition(rows.count == initial.rows && rows.lowerBound % rows.count == 0 && rows.upperBound <= state.rows)
  gates.requireShape(state.rows, count * initial.columns)
  state.requireShape(state.rows, initial.columns)
}
