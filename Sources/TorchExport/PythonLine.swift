/// A number or word of the settings in a line of a program: written out where all runs agree in it, by name where not.
struct PythonValue: Equatable {
  /// What the name stands for, or the names in it: those become arguments.
  let bases: [Base]
  /// The text in a run that shares it.
  let written: String
  /// The text in a line that several runs with different values share.
  let named: String

  /// A name and its value in Python.
  struct Base: Equatable {
    let name: String
    let literal: String
  }

  /// A value that stands by itself.
  init(_ name: String, _ literal: String) {
    self.init(literal, named: name, bases: [Base(name: name, literal: literal)])
  }

  /// A whole number that stands by itself.
  init(_ name: String, _ number: Int) { self.init(name, "\(number)") }

  /// Text that is made of other values: `size + 1`.
  init(_ written: String, named: String, from values: PythonValue...) {
    self.init(written, named: named, bases: values.flatMap(\.bases))
  }

  private init(_ written: String, named: String, bases: [Base]) {
    self.bases = bases
    self.written = written
    self.named = named
  }
}

/// A line of a program in which some text depends on the run.
struct PythonLine: Equatable, ExpressibleByStringInterpolation {
  enum Part: Equatable {
    case text(String)
    case value(PythonValue)
    /// `name(…)`, with what its definition asks for.
    case call(String)
    /// What a definition asks for, behind a separator where there is anything.
    case parameters(after: String)
  }

  private(set) var parts: [Part]

  init(parts: [Part]) { self.parts = parts }
  init(stringLiteral text: String) { parts = [.text(text)] }
  init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ text: String) { if !text.isEmpty { parts.append(.text(text)) } }
    mutating func appendInterpolation(_ text: String) { appendLiteral(text) }
    mutating func appendInterpolation(_ number: Int) { appendLiteral("\(number)") }
    mutating func appendInterpolation(_ value: PythonValue) { parts.append(.value(value)) }
    mutating func appendInterpolation(call name: String) { parts.append(.call(name)) }
    mutating func appendInterpolation(parametersAfter separator: String) { parts.append(.parameters(after: separator)) }
    mutating func appendInterpolation(_ line: PythonLine) { parts += line.parts }
  }

  /// What runs that can share the line have in common.
  var shape: String { text { $0.named } }

  /// The values in it.
  var values: [PythonValue] {
    parts.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }

  /// The line with its values as they are told.
  func text(_ value: (PythonValue) -> String) -> String {
    parts.reduce(into: "") { text, part in
      switch part {
      case .text(let words): text += words
      case .value(let one): text += value(one)
      case .call(let name): text += name + "()"
      case .parameters: break
      }
    }
  }

  static func + (first: PythonLine, second: PythonLine) -> PythonLine { PythonLine(parts: first.parts + second.parts) }

  /// The line with some parts replaced.
  func replacing(_ replacement: (Part) -> [Part]) -> PythonLine { PythonLine(parts: parts.flatMap(replacement)) }
}

extension [PythonLine] {
  /// The lines one level deeper; empty ones stay empty.
  var indented: [PythonLine] { map { $0.shape.isEmpty ? $0 : "    \($0)" } }
  /// The shapes of all lines.
  var shape: [String] { map(\.shape) }
}
