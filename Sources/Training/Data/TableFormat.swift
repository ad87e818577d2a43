/// How a table is written: what stands between its columns, and whether its first line names them.
public struct TableFormat: Hashable, Sendable {
  /// What stands between two columns; `nil` where it is to be found.
  public var separator: Separator?
  /// What the first line is.
  public var header = HeaderLine.auto

  /// To be found out.
  public init() {}

  /// What stands between two columns.
  public enum Separator: String, Hashable, Sendable, CaseIterable {
    /// A comma (RFC 4180).
    case comma = ","
    /// A semicolon, as spreadsheets write where the comma is the decimal sign.
    case semicolon = ";"
    /// A tab.
    case tab
    /// A vertical bar.
    case bar = "|"
    /// Any number of blanks and tabs.
    case blanks

    /// The byte; for blanks a single one.
    var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .semicolon: UInt8(ascii: ";")
      case .tab: 9
      case .bar: UInt8(ascii: "|")
      case .blanks: 32
      }
    }

    /// Several of them.
    public var plural: String {
      switch self {
      case .comma: "commas"
      case .semicolon: "semicolons"
      case .tab: "tabs"
      case .bar: "vertical bars"
      case .blanks: "blanks"
      }
    }

    // Where several divide the lines evenly it is the first: commas stand in numbers, blanks in names.
    static let likeliestFirst: [Separator] = [.tab, .semicolon, .bar, .comma, .blanks]
  }

  /// What the first line is.
  public enum HeaderLine: String, Hashable, Sendable, CaseIterable {
    /// The names of the columns, unless it looks like a row of data: then the user is asked.
    case auto
    /// The names, whatever they look like.
    case yes
    /// A row of data: the columns are called 1, 2, 3, …
    case no
  }

  // How wide the first rows are, and the fields of the last of them; `nil` where they cannot be read in this way.
  private static func sample(
    _ bytes: [UInt8], from start: Int, _ separator: Separator, _ file: String
  ) -> (widths: [Int], last: [String])? {
    var reader = TableReader(bytes, from: start, separator: separator, file: file)
    var widths: [Int] = []
    do throws(DataError) {
      while widths.count < 50, let width = try reader.readRow() { widths.append(width) }
    } catch {
      return nil
    }
    return (widths, reader.takeFields().suffix(widths.last ?? 0))
  }

  private static func hasNumbersInOne(_ fields: [String]) -> Bool {
    fields.contains { field in
      let parts = field.split { $0 == " " }
      return parts.count > 1 && parts.allSatisfy { Array($0.utf8).withUnsafeBufferPointer { Cell($0).isNumber } }
    }
  }

  /// The separator that divides the first lines of a table evenly; where none does, the one that the first line has most of.
  static func separator(of bytes: [UInt8], from start: Int, file: String) -> Separator {
    for separator in Separator.likeliestFirst {
      guard let (widths, last) = sample(bytes, from: start, separator, file) else { continue }
      guard let header = widths.first, let width = widths.dropFirst().first ?? widths.first else { return .comma }
      // A line of names may be one short, without a name for the names of the rows, or have one separator too many.
      if width > 1, header > 1, widths.dropFirst().allSatisfy({ $0 == width }), (-1...1).contains(header - width) {
        // Numbers with blanks between are not one field: what stands between the columns are blanks, a tab among them.
        if separator == .tab, hasNumbersInOne(last), let (blank, _) = sample(bytes, from: start, .blanks, file),
          blank.dropFirst().allSatisfy({ $0 == blank[1] && $0 > width })
        {
          return .blanks
        }
        return separator
      }
    }
    let line = bytes[start...].prefix { $0 != 10 && $0 != 13 }
    func count(_ separator: Separator) -> Int { line.count { $0 == separator.byte } }
    let frequent = [Separator.comma, .semicolon, .tab].max { count($0) < count($1) }!
    return count(frequent) > 0 ? frequent : .comma
  }
}
