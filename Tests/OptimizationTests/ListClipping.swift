import Numerics
import Optimization

/// `torch.nn.utils.clip_grad_norm_` and `clip_grad_value_` on lists, put together from the product's parts as its readers of dumps do:
/// so that torch's tests and its recorded cases can be held against them.
extension GradientClipping {
  @discardableResult
  static func clipNorm(
    _ gradients: inout [[Float]], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
  ) throws(NonfiniteTotal) -> Double {
    let norms = gradients.map { values in
      norm(.float32, normType) { sum in values.withUnsafeBufferPointer { sum.add($0) } }
    }
    let (total, factor) = try factor(norms, .float32, maxNorm, normType, errorIfNonfinite)
    for index in gradients.indices { gradients[index].withUnsafeMutableBufferPointer { $0.scale(by: Float(factor)) } }
    return total
  }

  @discardableResult
  static func clipNorm(
    _ gradients: inout [[Double]], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
  ) throws(NonfiniteTotal) -> Double {
    let norms = gradients.map { values in
      norm(.float64, normType) { sum in values.withUnsafeBufferPointer { sum.add($0) } }
    }
    let (total, factor) = try factor(norms, .float64, maxNorm, normType, errorIfNonfinite)
    for index in gradients.indices { gradients[index] = gradients[index].map { $0 * factor } }
    return total
  }

  static func clipValue<Scalar: BinaryFloatingPoint>(_ gradients: inout [[Scalar]], clipValue: Double) {
    for index in gradients.indices {
      gradients[index].withUnsafeMutableBufferPointer { _ = clamp($0, to: Scalar(clipValue)) }
    }
  }

  private static func norm(
    _ format: NumberFormat, _ order: Double, _ add: (inout GradientNormSum) -> Void
  ) -> Double {
    var sum = GradientNormSum(order: order, format: format)
    add(&sum)
    return sum.norm
  }

  private static func factor(
    _ norms: [Double], _ format: NumberFormat, _ maxNorm: Double, _ order: Double, _ isStrict: Bool
  ) throws(NonfiniteTotal) -> (total: Double, factor: Double) {
    let total = GradientNormSum.total(of: norms, formats: norms.map { _ in format }, order: order)
    if isStrict, !total.isFinite {
      throw NonfiniteTotal(total: total, normType: order, firstGradient: norms.firstIndex { !$0.isFinite })
    }
    return (total, coefficient(total: total, maxNorm: maxNorm, format: format))
  }
}
