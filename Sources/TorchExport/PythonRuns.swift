/// The lines of several runs as one text: what is the same in all of them stands once; a value that differs becomes an
/// argument, and lines that differ stand in branches by the number of the run.
struct PythonRuns {
  let count: Int
  /// The names of what differs, with the value of each run that needs it.
  private(set) var arguments: [(name: String, values: [String?])] = []

  /// An argument by which branches are told where it is the same in all runs of a branch, and another in all others.
  struct Label {
    let name: String
    let literals: [String]

    /// The condition that holds in these runs and no others, `nil` if the label does not tell them apart.
    func condition(_ runs: [Int]) -> String? {
      let literal = literals[runs[0]]
      let tells = literals.indices.allSatisfy { (literals[$0] == literal) == runs.contains($0) }
      return tells ? "\(name) == \(literal)" : nil
    }
  }

  init(count: Int) { self.count = count }

  /// A value of each run.
  mutating func expression(_ values: [PythonValue]) -> String {
    branch(values.map { [PythonLine(parts: [.value($0)])] })[0]
  }

  /// The lines of each run, in branches where they have not the same shape.
  mutating func branch(_ sections: [[PythonLine]], by label: Label? = nil) -> [String] {
    let shapes = sections.map(\.shape)
    let distinct = shapes.reduce(into: [[String]]()) { if !$0.contains($1) { $0.append($1) } }
    let members = distinct.map { shape in shapes.indices.filter { shapes[$0] == shape } }
    guard distinct.count > 1 else { return shared(sections, members[0]) }
    // What is empty needs no branch.
    let branches = members.filter { !sections[$0[0]].isEmpty }
    var lines: [String] = []
    for (place, runs) in branches.enumerated() {
      let condition = label?.condition(runs) ?? Self.condition(runs)
      let isLast = place == distinct.count - 1
      lines.append(isLast ? "else:" : "\(place == 0 ? "if" : "elif") \(condition):")
      lines += shared(sections, runs).indented
    }
    return lines
  }

  private static func condition(_ runs: [Int]) -> String {
    let numbers = runs.map { "\($0 + 1)" }
    return runs.count == 1 ? "run == \(numbers[0])" : "run in (\(numbers.joined(separator: ", ")))"
  }

  /// Sections one behind the other, each in branches of its own or together with the next, whichever is shortest.
  mutating func branch(_ sections: [[[PythonLine]]], by label: Label? = nil) -> [String] {
    guard let first = sections.first else { return [] }
    guard sections.count > 1 else { return branch(first, by: label) }
    var (apart, together) = (self, self)
    let rest = Array(sections.dropFirst())
    let one = apart.branch(first, by: label) + apart.branch(rest, by: label)
    let both = together.branch([zip(first, rest[0]).map { $0 + $1 }] + rest.dropFirst(), by: label)
    self = both.count < one.count ? together : apart
    return both.count < one.count ? both : one
  }

  // The lines of some runs whose shapes are the same.
  private mutating func shared(_ sections: [[PythonLine]], _ runs: [Int]) -> [String] {
    sections[runs[0]].indices.map { index in
      let lines = runs.map { sections[$0][index] }
      let values = lines.map(\.values)
      var place = -1
      return lines[0].text { value in
        place += 1
        guard lines.indices.contains(where: { values[$0][place].written != value.written }) else {
          return value.written
        }
        for (run, values) in zip(runs, values) { values[place].bases.forEach { pass($0, to: run) } }
        return value.named
      }
    }
  }

  private mutating func pass(_ base: PythonValue.Base, to run: Int) {
    let known = arguments.firstIndex { $0.name == base.name }
    if known == nil { arguments.append((base.name, Array(repeating: nil, count: count))) }
    arguments[known ?? arguments.count - 1].values[run] = base.literal
  }
}
