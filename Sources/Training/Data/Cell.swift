/// What a field of a table is to a reader who looks at it.
enum Cell: Hashable, Sendable {
  /// A finite float32 in decimal digits.
  case number(Float)
  /// The same, with a comma for the decimal sign.
  case commaNumber(Float)
  /// Digits in groups: 1,234,567.
  case grouped
  /// Nothing, or a word for it.
  case missing
  /// A day or a time of day.
  case date
  /// A number with a sign that says of what: $ 5, 40 %.
  case marked
  /// A number beyond float32, or an infinite one.
  case tooLarge
  /// Digits to another base, 0x1F, which other programs read as a word.
  case coded
  /// Anything else.
  case word

  /// The words that stand for a value that is not there: pandas's, and the question mark of older tables.
  static let missingWords = [
    "", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "Null", "null", "<NA>",
  ]
  /// Words that stand for a missing value among numbers, and for something among words.
  static let weakWords: Set<[UInt8]> = Set(
    [
      ".", "..", "...", "-", "--", "None", "none", "\\N", "na", "Na", "Nan", "NAN", "NaT", "n.a.", "N.A.", "nil",
      "missing", "(null)",
      "#NV", "#DIV/0!", "#NULL!", "#VALUE!", "#REF!", "#NAME?", "-1.#IND", "1.#IND", "1.#QNAN", "-1.#QNAN", "*",
    ].map { Array($0.utf8) })
  private static let absent = Set(missingWords.map { Array($0.utf8) })

  /// Whether it is a number of whatever form.
  var isNumber: Bool {
    switch self {
    case .number, .commaNumber, .grouped: true
    default: false
    }
  }

  init(_ text: UnsafeBufferPointer<UInt8>) {
    guard let first = text.first, text.count <= 64 else {
      self = text.isEmpty ? .missing : .word
      return
    }
    if first.isDigit || first.isSign || first == .point {
      self = Self.beginningAsNumber(text)
    } else {
      self = text.count <= 4 && Self.absent.contains(Array(text)) ? .missing : Self.other(text)
    }
  }

  private static func beginningAsNumber(_ text: UnsafeBufferPointer<UInt8>) -> Cell {
    var commas = 0
    var isPlain = true
    for byte in text {
      if byte == .comma {
        commas += 1
      } else if !(byte.isDigit || byte.isSign || byte == .point || byte | 32 == 101) {
        isPlain = false
        break
      }
    }
    if isPlain, commas == 0, let number = Double(Substring(decoding: text, as: UTF8.self)) {
      // As a program does: a double first, then float32.
      return Float(number).isFinite ? .number(Float(number)) : .tooLarge
    }
    if isPlain, commas == 1, !text.contains(.point) {
      let digits = String(decoding: text.map { $0 == .comma ? .point : $0 }, as: UTF8.self)
      if let number = Double(digits) { return Float(number).isFinite ? .commaNumber(Float(number)) : .tooLarge }
    }
    // 1,234.5, 1,234,567 and 1.234,5.
    if isPlain, commas > 0, isGrouped(text) || commas == 1 && isGrouped(text.map(Self.exchanged)) { return .grouped }
    return other(text)
  }

  /// The same with points between the groups.
  static func isGroupedByPoints(_ text: UnsafeBufferPointer<UInt8>) -> Bool { isGrouped(text.map(exchanged)) }

  private static func exchanged(_ byte: UInt8) -> UInt8 { byte == .comma ? .point : byte == .point ? .comma : byte }

  /// Whether it is one to three digits and then groups of three behind commas, with a fraction perhaps.
  static func isGrouped(_ text: some Collection<UInt8>) -> Bool {
    let whole = text.drop { $0.isSign }.prefix { $0 != .point }
    let groups = whole.split(separator: .comma, omittingEmptySubsequences: false)
    return groups.count > 1 && (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.allSatisfy { $0.allSatisfy(\.isDigit) } && groups[0].first != 48
  }

  // −5 with a typographer's sign, 5-, 1_000, 1.0D+00, '01, 10 kg, EUR 100.
  private static func isClothed(_ word: String) -> Bool {
    func isNumber(_ text: some StringProtocol) -> Bool {
      text.contains(where: \.isNumber)
        && text.utf8.allSatisfy { $0.isDigit || $0 == .point || $0 == .comma || $0.isSign }
    }
    if let first = word.first, "−–'".contains(first) { return isNumber(word.dropFirst()) }
    if word.hasSuffix("-") { return isNumber(word.dropLast()) }
    let parts = word.split(whereSeparator: { " \u{A0}\u{202F}".contains($0) })
    if parts.count == 2 {
      let (unit, number) = isNumber(parts[0]) ? (parts[1], parts[0]) : (parts[0], parts[1])
      let isUnit = unit.count <= 4 && unit.allSatisfy { $0.isLetter || "°²³/µ".contains($0) }
      return isUnit && isNumber(number) && (isNumber(parts[0]) || unit.allSatisfy(\.isUppercase) && unit.count == 3)
    }
    let exponents = word.split(omittingEmptySubsequences: false) { "_dD".contains($0) }
    return exponents.count == 2 && exponents.allSatisfy { isNumber($0) }
  }

  // 1 234 567 with whatever blank, and 1'234'567.
  private static func isGroupedOtherwise(_ word: String) -> Bool {
    guard let sign = word.first(where: { " \u{A0}\u{202F}'’".contains($0) }) else { return false }
    var digits = Substring(word)
    if let fraction = digits.lastIndex(where: { ".,".contains($0) }) { digits = digits[..<fraction] }
    let groups = digits.map { $0 == sign ? "," : $0 }
    return groups.allSatisfy { $0.isASCII } && isGrouped(groups.compactMap(\.asciiValue))
  }

  private static func other(_ text: UnsafeBufferPointer<UInt8>) -> Cell {
    if Self.absent.contains(Array(text)) { return .missing }
    let word = String(decoding: text, as: UTF8.self)
    if isGroupedOtherwise(word) { return .grouped }
    let unsigned = word.lowercased().drop { $0 == "-" || $0 == "+" }
    if unsigned == "inf" || unsigned == "infinity" { return .tooLarge }
    let isCoded = ["0x", "0b", "0o"].contains(unsigned.prefix(2)) && unsigned.count > 2
    if isCoded, unsigned.dropFirst(2).allSatisfy({ $0.isHexDigit || $0 == "." || $0 == "p" }) { return .coded }
    if isDay(word) { return .date }
    if isClothed(word) { return .marked }
    // (1,234) is a loss, in the books.
    if word.hasPrefix("("), word.hasSuffix(")"), word.count > 2,
      word.dropFirst().dropLast().allSatisfy({ "0123456789,.".contains($0) })
    {
      return .marked
    }
    for sign in ["$", "€", "£", "¥", "%"]
    where word.hasPrefix(sign) || word.hasSuffix(sign) || word.hasPrefix("-" + sign) {
      let rest = word.filter { !"$€£¥% ,.-+\u{A0}\u{202F}".contains($0) }
      if !rest.isEmpty, rest.utf8.allSatisfy(\.isDigit) { return .marked }
    }
    return .word
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december",
  ]

  // Two or three numbers with - / . between them, or with the name of a month in one's place, and perhaps a time behind;
  // or a time alone.
  private static func isDay(_ word: String) -> Bool {
    let parts = word.split { $0 == " " || $0 == "T" || $0 == "Z" }
    guard let first = parts.first, parts.count <= 4 else { return false }
    if isTime(first), parts.dropFirst().allSatisfy({ isTime($0) || ["AM", "PM", "am", "pm"].contains($0) }) {
      return true
    }
    for sign: Character in ["-", "/", "."] {
      let fields = first.split(separator: sign, omittingEmptySubsequences: false)
      guard (2...3).contains(fields.count), fields.allSatisfy({ isDayPart($0) }) else { continue }
      // 1-2 is a range or a ratio as well: two numbers are a month only with four digits for the year.
      let hasMonth = fields.contains { !$0.utf8.allSatisfy(\.isDigit) }
      if fields.count == 2, sign == "." || !hasMonth && !fields.contains(where: { $0.utf8.count == 4 }) { continue }
      return parts.dropFirst().allSatisfy { isTime($0) || ["AM", "PM", "am", "pm"].contains($0) || $0.hasPrefix("+") }
    }
    // 5 Jan 2020, January 5, 2020.
    let words = parts.map { $0.hasSuffix(",") ? $0.dropLast() : $0 }
    return words.count >= 2 && words.allSatisfy { isDayPart($0) } && words.count { !$0.utf8.allSatisfy(\.isDigit) } == 1
  }

  private static func isDayPart(_ part: Substring) -> Bool {
    if !part.isEmpty, part.utf8.allSatisfy(\.isDigit) { return part.utf8.count <= 2 || part.utf8.count == 4 }
    return months.contains(part.lowercased())
  }

  private static func isTime(_ part: Substring) -> Bool {
    let fields = part.split(separator: ":", omittingEmptySubsequences: false)
    return (2...3).contains(fields.count)
      && fields.allSatisfy { field in
        !field.isEmpty && field.utf8.allSatisfy { $0.isDigit || $0 == .point || $0 == UInt8(ascii: "+") }
      }
  }
}

extension UInt8 {
  fileprivate static let comma = UInt8(ascii: ",")
  fileprivate static let point = UInt8(ascii: ".")
  fileprivate var isDigit: Bool { (48...57).contains(self) }
  fileprivate var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
}
