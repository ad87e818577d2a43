import CKernels

// The optimizers' updates of a parameter, in place. Each returns the 2-norm of what it changed, as measured on the values.
extension Matrix {
  /// One step of `torch.optim.SGD`: d = g + λ w; b = μ b + (1 - τ) d, the first time b = d; w -= lr (nesterov ? d + μ b : b).
  /// - Parameter buffer: b, in the shape of self; `nil` without momentum.
  public mutating func updateSGD(
    _ gradient: Matrix, buffer: inout Matrix, rate: Float, momentum: Float, share: Float, decay: Float, nesterov: Bool,
    isFirst: Bool
  ) -> Float {
    requireShape(of: gradient)
    var options = ck_sgd(
      rate: rate, momentum: momentum, share: share, decay: decay, nesterov: nesterov, is_first: isFirst)
    guard momentum != 0 else { return Self.length(kernels.sgd(count, &options, gradient.elements, nil, &elements)) }
    requireShape(of: buffer)
    return Self.length(kernels.sgd(count, &options, gradient.elements, &buffer.elements, &elements))
  }

  /// One step of `torch.optim.Adam` or `AdamW`: w *= shrink; g += λ w; m += (1 - β₁)(g - m); v = β₂ v + (1 - β₂) g²;
  /// w += size m / (√v / root + ε).
  public mutating func updateAdam(
    _ gradient: Matrix, mean: inout Matrix, square: inout Matrix, meanShare: Float, squareKept: Float,
    squareShare: Float, size: Float, root: Float, epsilon: Float, decay: Float, shrink: Float
  ) -> Float {
    requireShape(of: gradient)
    requireShape(of: mean)
    requireShape(of: square)
    var options = ck_adam(
      mean_share: meanShare, square_kept: squareKept, square_share: squareShare, size: size, root: root,
      epsilon: epsilon, decay: decay, shrink: shrink)
    return Self.length(
      kernels.adam(count, &options, gradient.elements, &mean.elements, &square.elements, &elements))
  }

  /// One step of `torch.optim.RMSprop`: v = kept v + share g²; w -= lr g / (√v + ε).
  public mutating func updateRMSprop(
    _ gradient: Matrix, square: inout Matrix, rate: Float, kept: Float, share: Float, epsilon: Float
  ) -> Float {
    requireShape(of: gradient)
    requireShape(of: square)
    return Self.length(
      kernels.rmsprop(count, rate, kept, share, epsilon, gradient.elements, &square.elements, &elements))
  }

  // As float32 sums of squares overflow, so does this one.
  private static func length(_ sum: Double) -> Float { Elementary.sqrt(Float(sum)) }
}
