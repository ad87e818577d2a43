import Foundation

/// Tensors as PyTorch prints them, with its default print options: four digits, lines of 80 columns, and beyond 1000
/// elements only three at each end (`torch/_tensor_str.py` is the behaviour that is followed).
public enum TensorText {
  private static let edge = 3
  private static let threshold = 1000
  private static let lineWidth = 80

  /// The lines of `print(tensor)`.
  /// - Parameters:
  ///   - values: the elements, row by row.
  ///   - shape: the sizes; none for a scalar.
  ///   - isParameter: whether to print it as an `nn.Parameter`.
  public static func of(_ values: [Float], _ shape: [Int], isParameter: Bool = false) -> [String] {
    guard !values.isEmpty else { return lines(ending(empty(shape), isParameter)) }
    let abridged = values.count > threshold
    let shown = offsets(shape, abridged).map { values[$0] }
    let format = NumberFormat(shown)
    let body = "tensor(" + text(values[...], shape[...], format, abridged, indent: 7)
    return lines(ending(body, isParameter))
  }

  private static func empty(_ shape: [Int]) -> String {
    let sizes = shape.map(String.init).joined(separator: ", ")
    return "tensor([]" + (shape.count == 1 ? "" : ", size=(\(sizes))")
  }

  // What stands behind the numbers goes to a line of its own where it would make the last one too long; torch counts two
  // columns more than there are.
  private static func ending(_ body: String, _ isParameter: Bool) -> String {
    guard isParameter else { return body + ")" }
    let suffix = "requires_grad=True"
    let last = body.split(separator: "\n", omittingEmptySubsequences: false).last!.count + 2
    let separator = last + suffix.count + 2 > lineWidth ? ",\n" + String(repeating: " ", count: 7) : ", "
    return "Parameter containing:\n" + body + separator + suffix + ")"
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  // The offsets of the elements that are printed.
  private static func offsets(_ shape: [Int], _ abridged: Bool) -> [Int] {
    shape.reduce([0]) { offsets, size in
      let kept = abridged && size > 2 * edge ? Array(0..<edge) + Array((size - edge)..<size) : Array(0..<size)
      return offsets.flatMap { offset in kept.map { offset * size + $0 } }
    }
  }

  private static func text(
    _ elements: ArraySlice<Float>, _ shape: ArraySlice<Int>, _ format: NumberFormat, _ abridged: Bool, indent: Int
  ) -> String {
    guard let size = shape.first else { return format.text(elements.first!) }
    let stride = shape.dropFirst().reduce(1, *)
    func part(_ index: Int) -> ArraySlice<Float> {
      elements[(elements.startIndex + index * stride)..<(elements.startIndex + (index + 1) * stride)]
    }
    let isCut = abridged && size > 2 * edge
    let indices = isCut ? Array(0..<edge) + Array((size - edge)..<size) : Array(0..<size)
    if shape.count == 1 {
      var words = indices.map { format.text(part($0).first!) }
      if isCut { words.insert(" ...", at: edge) }
      return "[" + wrap(words, width: format.width, indent: indent) + "]"
    }
    var slices = indices.map { text(part($0), shape.dropFirst(), format, abridged, indent: indent + 1) }
    if isCut { slices.insert("...", at: edge) }
    let separator = "," + String(repeating: "\n", count: shape.count - 1) + String(repeating: " ", count: indent + 1)
    return "[" + slices.joined(separator: separator) + "]"
  }

  private static func wrap(_ words: [String], width: Int, indent: Int) -> String {
    let perLine = max(1, (lineWidth - indent) / (width + 2))
    let lines = stride(from: 0, to: words.count, by: perLine).map { first in
      words[first..<min(first + perLine, words.count)].joined(separator: ", ")
    }
    return lines.joined(separator: ",\n" + String(repeating: " ", count: indent + 1))
  }

  /// One format for all numbers of a tensor: whole, with four decimals, or with an exponent.
  private struct NumberFormat {
    private enum Mode { case whole, decimal, scientific }
    private var mode = Mode.decimal
    private(set) var width = 1

    init(_ values: [Float]) {
      let magnitudes = values.filter { $0.isFinite && $0 != 0 }.map { Double($0.magnitude) }
      if let largest = magnitudes.max(), let smallest = magnitudes.min() {
        let isWide = largest / smallest > 1000 || largest > 1e8
        let allWhole = magnitudes.allSatisfy { $0 == $0.rounded() }
        mode = isWide || (!allWhole && smallest < 1e-4) ? .scientific : allWhole ? .whole : .decimal
      } else {
        mode = .whole
      }
      // Zeros and what is not finite do not count, as in PyTorch: they are padded, or stick out.
      width = values.filter { $0.isFinite && $0 != 0 }.map { bare($0).count }.max() ?? 1
    }

    private func bare(_ value: Float) -> String {
      guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
      switch mode {
      case .whole: return String(format: "%.0f.", Double(value))
      case .decimal: return String(format: "%.4f", Double(value))
      case .scientific: return String(format: "%.4e", Double(value))
      }
    }

    func text(_ value: Float) -> String {
      let text = bare(value)
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
  }
}
