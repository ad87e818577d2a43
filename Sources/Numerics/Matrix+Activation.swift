import CKernels

// Each activation and its gradient, side by side. y = f(x); a gradient is upstream · f'(x), PyTorch's arithmetic in
// PyTorch's order.
extension Matrix {
  /// self = tanh(x).
  public mutating func setTanh(of x: Matrix) {
    combine(with: x) { kernels.apply(CK_TANH, $0, $1, $2) }
  }

  /// self = upstream · (1 - y²).
  public mutating func setTanhGradient(output y: Matrix, upstream: Matrix) {
    combine(with: y, upstream) { kernels.gradient(CK_TANH_GRADIENT, $0, $1, $2, $3) }
  }

  /// self = 1 / (1 + exp(-x)).
  public mutating func setSigmoid(of x: Matrix) {
    combine(with: x) { kernels.apply(CK_SIGMOID, $0, $1, $2) }
  }

  /// self = upstream · (1 - y) · y.
  public mutating func setSigmoidGradient(output y: Matrix, upstream: Matrix) {
    combine(with: y, upstream) { kernels.gradient(CK_SIGMOID_GRADIENT, $0, $1, $2, $3) }
  }

  /// self = max(x, 0); NaN stays NaN.
  public mutating func setReLU(of x: Matrix) {
    combine(with: x) { kernels.apply(CK_RELU, $0, $1, $2) }
  }

  /// self = upstream where y > 0, otherwise 0. Where y is NaN, upstream passes, as in PyTorch's `threshold_backward`.
  public mutating func setReLUGradient(output y: Matrix, upstream: Matrix) {
    combine(with: y, upstream) { kernels.gradient(CK_RELU_GRADIENT, $0, $1, $2, $3) }
  }

  /// self = x Φ(x) with the normal distribution Φ: the exact form, PyTorch's default (Hendrycks, Gimpel 2016).
  public mutating func setGELU(of x: Matrix) {
    combine(with: x) { kernels.apply(CK_GELU, $0, $1, $2) }
  }

  /// self = upstream · (Φ(x) + x φ(x)).
  public mutating func setGELUGradient(input x: Matrix, upstream: Matrix) {
    combine(with: x, upstream) { kernels.gradient(CK_GELU_GRADIENT, $0, $1, $2, $3) }
  }

  /// self = exp(self), as in a softmax.
  public mutating func applyExp() {
    elements.withUnsafeMutableBufferPointer { kernels.apply(CK_EXP, $0.count, $0.baseAddress, $0.baseAddress) }
  }
}
