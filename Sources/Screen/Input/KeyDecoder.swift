import Language

/// Turns the bytes that a terminal sends into keys and pastes.
///
/// Bytes may come in any portions. A sequence that is not known is swallowed whole, so that its tail never acts as
/// keys; bytes that are not UTF-8 are dropped, and the key behind them is not. A paste is text, whatever is in it.
///
/// The one thing that bytes cannot tell is whether an Escape is a key or the beginning of a sequence; only time can.
/// While `patience` is not `nil`, call `flush()` when no byte has come for that long.
public struct KeyDecoder: Sendable, Equatable {
  /// What came in.
  public enum Input: Hashable, Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted, with line feeds between its lines.
    case paste(String)
    /// The mouse was used.
    case mouse(MouseEvent)
  }

  /// A paste of more bytes than this is cut.
  public static let longestPaste = 100_000
  /// How long a sequence may grow before it cannot be one.
  static let longestSequence = 4096

  /// The keys of this terminal beside those that all terminals share; `nil` for one that has no meaning here.
  private let sequences: [[UInt8]: Key?]
  private let beginnings: Set<[UInt8]>
  private var pending: [UInt8] = []
  private var pasted: [UInt8]?

  /// A decoder. `sequences` are what terminfo says of the terminal's keys; only those that begin with Escape count,
  /// because the others would take plain control keys away.
  public init(sequences: [[UInt8]: Key?] = [:]) {
    self.sequences = sequences.filter { $0.key.count > 1 && $0.key[0] == ASCII.escape }
    var beginnings: Set<[UInt8]> = []
    for sequence in self.sequences.keys {
      for length in 1..<sequence.count { beginnings.insert(Array(sequence[..<length])) }
    }
    self.beginnings = beginnings
  }

  /// How many milliseconds to wait for more before `flush()`; `nil` when nothing is open.
  ///
  /// 25 for an Escape, which a finger may have pressed. A longer beginning comes from the terminal, and its rest may
  /// hang in a slow connection. A paste is waited for without an end: half of it must not be taken for keys.
  public var patience: Int? {
    if pasted != nil || pending.isEmpty { return nil }
    return pending[0] == ASCII.escape && pending.count <= 2 ? 25 : 500
  }

  /// Decodes more bytes.
  /// - Returns: the keys and pastes that they complete.
  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Input] {
    var inputs: [Input] = []
    for byte in bytes {
      if pasted != nil {
        append(pasted: byte, to: &inputs)
      } else {
        pending.append(byte)
        decodePending(into: &inputs)
      }
    }
    return inputs
  }

  /// Time is up: what is pending was no beginning. An Escape alone is the key, any other beginning is dropped.
  public mutating func flush() -> [Input] {
    guard pasted == nil, !pending.isEmpty else { return [] }
    let bytes = pending
    pending = []
    guard bytes[0] == ASCII.escape else { return [] }
    switch bytes.count {
    case 1: return [.key(.named(.escape))]
    case 2 where bytes[1] == ASCII.escape: return [.key(.named(.escape)), .key(.named(.escape))]
    case 2 where bytes[1] < 0x80: return [.key(.alt(Character(Unicode.Scalar(bytes[1]))))]
    case 2: return [.key(.named(.escape))]
    default: return []
    }
  }

  /// Forgets what is pending, also a paste whose end never came.
  public mutating func reset() {
    pending = []
    pasted = nil
  }

  // MARK: Decoding

  private mutating func decodePending(into inputs: inout [Input]) {
    while !pending.isEmpty {
      switch parse(pending) {
      case .incomplete where pending.count < Self.longestSequence:
        return
      case .incomplete:
        pending = []
      case .key(let key, let length):
        if let key { inputs.append(.key(key)) }
        pending.removeFirst(length)
      case .mouse(let mouse, let length):
        inputs.append(.mouse(mouse))
        pending.removeFirst(length)
      case .beginPaste(let length):
        pending.removeFirst(length)
        pasted = []
        // Nothing follows: bytes are decoded one at a time.
        return
      }
    }
  }

  private func parse(_ bytes: [UInt8]) -> Parsed {
    if bytes[0] != ASCII.escape { return KeySequence.character(bytes) }
    if let key = sequences[bytes] { return .key(key, length: bytes.count) }
    if beginnings.contains(bytes) { return .incomplete }
    return KeySequence.escape(bytes)
  }

  // MARK: Pastes

  private mutating func append(pasted byte: UInt8, to inputs: inout [Input]) {
    let end = KeySequence.endOfPaste
    pending.append(byte)
    if pending == end {
      inputs.append(.paste(Self.text(pasted ?? [])))
      reset()
      return
    }
    // Whatever is not the beginning of the end is text.
    while !pending.isEmpty && !end.starts(with: pending) {
      let first = pending.removeFirst()
      if (pasted?.count ?? 0) < Self.longestPaste { pasted?.append(first) }
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    var scalars = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && !afterReturn) {
        scalars.append("\n")
      } else if scalar != "\n" {
        scalars.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return String(scalars)
  }
}

/// What the bytes so far are.
enum Parsed: Equatable {
  /// The beginning of something.
  case incomplete
  /// A key, or `nil` for something without a meaning, that takes the first `length` bytes.
  case key(Key?, length: Int)
  /// A report of the mouse.
  case mouse(MouseEvent, length: Int)
  /// From here on everything is pasted text.
  case beginPaste(length: Int)
}

enum ASCII {
  static let bell: UInt8 = 0x07
  static let escape: UInt8 = 0x1B
  static let delete: UInt8 = 0x7F
}
