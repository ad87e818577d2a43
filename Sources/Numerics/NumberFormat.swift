import CKernels

/// The number formats that PyTorch has gradients in: its dtypes of real numbers that have norms.
public enum NumberFormat: String, Hashable, Sendable, CaseIterable {
  /// IEEE's binary16: 11 bits, up to 65504.
  case float16
  /// The upper half of a float32: 8 bits, its range.
  case bfloat16
  /// 24 bits.
  case float32
  /// 53 bits.
  case float64

  /// Bytes of a number.
  public var width: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// The largest finite number.
  public var largest: Double {
    switch self {
    case .float16: 65504
    case .bfloat16: 0x1.FEp127
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    }
  }

  /// The format that numbers of several formats are brought to, as `torch.promote_types` has it; float32 for none.
  public static func promoted(_ formats: some Sequence<NumberFormat>) -> NumberFormat {
    let formats = Set(formats)
    return formats.count == 1 ? formats.first! : formats.contains(.float64) ? .float64 : .float32
  }

  /// The nearest number of this format to the nearest float32, of two the even one: torch goes the same way.
  public func rounded(_ value: Double) -> Double {
    guard self != .float64 else { return value }
    var single = Float(value)
    withUnsafeMutablePointer(to: &single) { round(UnsafeMutableBufferPointer(start: $0, count: 1)) }
    return Double(single)
  }

  /// Rounds float32 numbers to those of this format, in place; float32 and float64 hold them all.
  public func round(_ values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .float16: kernels.round_to_float16(values.count, values.baseAddress)
    case .bfloat16: kernels.round_to_bfloat16(values.count, values.baseAddress)
    case .float32, .float64: return
    }
  }

  /// Reads little-endian numbers of 16 or 32 bits as float32.
  /// - Parameter bytes: as many numbers as fit into `values`, at an address that is a multiple of their width.
  public func read(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>) {
    precondition(bytes.count == values.count * width && self != .float64)
    guard let start = bytes.baseAddress, let target = values.baseAddress else { return }
    switch self {
    case .float16: kernels.widen_float16(values.count, start.assumingMemoryBound(to: UInt16.self), target)
    case .bfloat16: kernels.widen_bfloat16(values.count, start.assumingMemoryBound(to: UInt16.self), target)
    case .float32, .float64: UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
    }
  }
}

/// What can be seen of numbers at a glance.
public struct NumberCensus: Hashable, Sendable {
  /// How many there are.
  public private(set) var count = 0
  /// How many are 0.
  public private(set) var zeros = 0
  /// How many are not a number.
  public private(set) var nans = 0
  /// How many are infinite.
  public private(set) var infinities = 0
  /// The largest magnitude of those that are numbers; 0 of none.
  public private(set) var largest = 0.0

  /// Nothing yet.
  public init() {}

  /// Adds some numbers. O(count).
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    guard let start = values.baseAddress, !values.isEmpty else { return }
    let n = values.count
    count += n
    zeros += kernels.count_zeros(n, start)
    if kernels.count_nonfinite(n, start) == 0 {
      largest = max(largest, Double(kernels.largest_magnitude(n, start)))
      return
    }
    for value in values { addOutlier(Double(value)) }
  }

  /// Adds some numbers. O(count).
  public mutating func add(_ values: UnsafeBufferPointer<Double>) {
    count += values.count
    for value in values {
      if value == 0 { zeros += 1 }
      addOutlier(value)
    }
  }

  private mutating func addOutlier(_ value: Double) {
    if value.isNaN { nans += 1 } else { largest = max(largest, value.magnitude) }
    if value.isInfinite { infinities += 1 }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Multiplies all by a factor.
  public func scale(by factor: Float) { kernels.scale(count, factor, baseAddress) }
}
