/// The mean of a table's column as `x.mean(0)` and `x.nanmean(0)` have it of float32, to the bit: where it is far above the
/// column's deviation, only its last bits are left of the two apart, so that a better mean would be another number.
///
/// ATen's `SumKernel.cpp` adds in blocks of 16 and more rows, the sums of the blocks in blocks, and so on over four levels
/// (a cascade); some columns are four such sums of every fourth row. Which columns depends on the width of the vectors:
/// 8 numbers here, those of AVX2.
public enum TorchMean {
  private static let lanes = 8

  /// The mean of a column of a table with `count` columns, of which it is the one at `index`; NaN is left out. O(rows).
  public static func of(_ column: [Float], at index: Int, among count: Int) -> Float {
    let present = column.count { !$0.isNaN }
    let values = present == column.count ? column : column.map { $0.isNaN ? 0 : $0 }
    return sum(values, at: index, among: count) / Float(present)
  }

  private static func sum(_ column: [Float], at index: Int, among count: Int) -> Float {
    if count == 1 { return column.count < lanes ? interleaved(column, 0, 1, column.count) : contiguous(column) }
    let together = count < lanes ? 4 : 4 * lanes
    return index < count / together * together
      ? cascade(column, 0, 1, column.count) : interleaved(column, 0, 1, column.count)
  }

  // Numbers one behind the other are added in vectors.
  private static func contiguous(_ values: [Float]) -> Float {
    let whole = values.count / lanes
    var total = values[(whole * lanes)...].reduce(0, +)
    for lane in 0..<lanes { total += interleaved(values, lane, lanes, whole) }
    return total
  }

  // Four cascades over every fourth value, added at the end.
  private static func interleaved(_ values: [Float], _ start: Int, _ stride: Int, _ count: Int) -> Float {
    let whole = count / 4
    var sums = (0..<4).map { cascade(values, start + $0 * stride, 4 * stride, whole) }
    for index in (4 * whole)..<count { sums[0] += values[start + index * stride] }
    return sums[0] + sums[1] + sums[2] + sums[3]
  }

  private static func cascade(_ values: [Float], _ start: Int, _ stride: Int, _ count: Int) -> Float {
    let power = max(4, (count < 2 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount) / 4)
    let block = 1 << power
    var (sums, index) = ([Float](repeating: 0, count: 4), 0)
    while index + block <= count {
      for _ in 0..<block {
        sums[0] += values[start + index * stride]
        index += 1
      }
      for level in 1..<4 {
        sums[level] += sums[level - 1]
        sums[level - 1] = 0
        if index & ((block - 1) << (level * power)) != 0 { break }
      }
    }
    while index < count {
      sums[0] += values[start + index * stride]
      index += 1
    }
    return ((sums[0] + sums[1]) + sums[2]) + sums[3]
  }
}
