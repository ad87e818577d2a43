import CKernels

/// Elementary functions of one value, computed without the system's mathematics library, so that every machine gets the
/// same bits.
///
/// The float32 functions are rounded once from float64: errors are at most 0.5 units of the last place, as measured over
/// every float32 for `log` and every third for `sin`. The float64 functions have relative errors below 3e-16.
public enum Elementary {
  /// The natural logarithm; log(0) is -∞, NaN below.
  public static func log(_ x: Float) -> Float { apply(CK_LOG, x) }
  /// The sine of x radians, |x| <= 2^20; NaN beyond.
  public static func sin(_ x: Float) -> Float { apply(CK_SIN, x) }

  /// The square root, correctly rounded. Unlike `squareRoot()` it never links or calls C's mathematics library.
  public static func sqrt(_ x: Float) -> Float { Float(ck_sqrt_double(Double(x))) }

  /// The square root in float64, correctly rounded.
  public static func sqrt(_ x: Double) -> Double { ck_sqrt_double(x) }
  /// e^x in float64.
  public static func exp(_ x: Double) -> Double { ck_exp_double(x) }
  /// The natural logarithm in float64.
  public static func log(_ x: Double) -> Double { ck_log_double(x) }
  /// log(1 + x) in float64, accurate also for small x.
  public static func log1p(_ x: Double) -> Double { ck_log1p_double(x) }
  /// The sine of x radians in float64, |x| <= 2^20; NaN beyond.
  public static func sin(_ x: Double) -> Double { ck_sin_double(x) }
  /// The cosine of x radians in float64, |x| <= 2^20; NaN beyond.
  public static func cos(_ x: Double) -> Double { ck_cos_double(x) }
  /// x^y in float64, with C's special cases.
  public static func pow(_ x: Double, _ y: Double) -> Double { ck_pow_double(x, y) }

  private static func apply(_ function: ck_function, _ x: Float) -> Float {
    var result: Float = 0
    withUnsafePointer(to: x) { kernels.apply(function, 1, $0, &result) }
    return result
  }
}
