/// The lines of several runs as one text: what is the same in all of them stands once; a value that differs becomes an
/// argument, and lines that differ stand in branches by the number of the run.
struct PythonRuns {
  let count: Int
  /// The names of what differs, with the value of each run that needs it.
  private(set) var arguments: [(name: String, values: [String?])] = []

  init(count: Int) { self.count = count }

  /// A value of each run.
  mutating func expression(_ values: [PythonValue]) -> String {
    branch(values.map { [PythonLine(parts: [.value($0)])] })[0]
  }

  /// The lines of each run, in branches where they have not the same shape.
  mutating func branch(_ sections: [[PythonLine]]) -> [String] {
    let shapes = sections.map(\.shape)
    let distinct = shapes.reduce(into: [[String]]()) { if !$0.contains($1) { $0.append($1) } }
    let members = distinct.map { shape in shapes.indices.filter { shapes[$0] == shape } }
    guard distinct.count > 1 else { return shared(sections, members[0]) }
    // What is empty needs no branch.
    let branches = members.filter { !sections[$0[0]].isEmpty }
    var lines: [String] = []
    for (place, runs) in branches.enumerated() {
      let numbers = runs.map { "\($0 + 1)" }
      let condition = runs.count == 1 ? "run == \(numbers[0])" : "run in (\(numbers.joined(separator: ", ")))"
      let isLast = place == distinct.count - 1
      lines.append(isLast ? "else:" : "\(place == 0 ? "if" : "elif") \(condition):")
      lines += shared(sections, runs).indented
    }
    return lines
  }

  /// Sections one behind the other, each in branches of its own or together with the next, whichever is shortest.
  mutating func branch(_ sections: [[[PythonLine]]]) -> [String] {
    guard let first = sections.first else { return [] }
    guard sections.count > 1 else { return branch(first) }
    var (apart, together) = (self, self)
    let rest = Array(sections.dropFirst())
    let one = apart.branch(first) + apart.branch(rest)
    let both = together.branch([zip(first, rest[0]).map { $0 + $1 }] + rest.dropFirst())
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

/// Classes and functions of several runs. Those that differ in values alone are one, which asks for these values; where
/// two differ otherwise and have one name, the later one gets a number.
struct PythonDefinitions {
  private struct Definition {
    let original: [PythonLine]
    let name: String
    var members: [[PythonLine]]

    /// The names of the values that differ, and of those that stand beside one of them, in their order.
    var parameters: [String] {
      let values = members.map { $0.flatMap(\.values) }
      let differing = values[0].indices.filter { place in values.contains { $0[place] != values[0][place] } }
      var names = Set(differing.flatMap { values[0][$0].bases.map(\.name) })
      for value in values[0] where value.bases.contains(where: { names.contains($0.name) }) {
        names.formUnion(value.bases.map(\.name))
      }
      return values[0].flatMap(\.bases).map(\.name).reduce(into: []) { ordered, name in
        if names.contains(name) && !ordered.contains(name) { ordered.append(name) }
      }
    }

    var lines: [String] {
      let (parameters, title) = (parameters, members[0])
      let isParameter = { (value: PythonValue) in value.bases.contains { parameters.contains($0.name) } }
      return title.map { line in
        line.replacing { part in
          guard case .parameters(let separator) = part, !parameters.isEmpty else { return [part] }
          return [.text(separator + parameters.joined(separator: ", "))]
        }.text { isParameter($0) ? $0.named : $0.written }
      }
    }

    /// What the call in a run hands over.
    func arguments(_ lines: [PythonLine]) -> [PythonLine.Part] {
      let bases = lines.flatMap(\.values).flatMap(\.bases)
      return parameters.enumerated().flatMap { place, name in
        guard let base = bases.first(where: { $0.name == name }) else { return [PythonLine.Part]() }
        return [.text(place == 0 ? "" : ", "), .value(PythonValue(name, base.literal))]
      }
    }
  }

  private var definitions: [Definition] = []
  // Of each run, in the order of its definitions: which, and its lines.
  private var places: [[(original: String, place: Int, lines: [PythonLine])]] = []

  /// - Parameter runs: what each run defines; the first line of each is `class name(…` or `def name(…`.
  init(_ runs: [[[PythonLine]]]) {
    for run in runs {
      places.append([])
      for lines in run where !lines.isEmpty {
        let name = String(lines[0].shape.drop { $0 != " " }.dropFirst().prefix { $0 != "(" })
        let known = definitions.firstIndex { $0.original.shape == lines.shape }
        if let known {
          definitions[known].members.append(lines)
        } else {
          let count = definitions.filter { $0.original[0].shape == lines[0].shape }.count
          definitions.append(
            Definition(original: lines, name: count == 0 ? name : "\(name)\(count + 1)", members: [lines]))
        }
        places[places.count - 1].append((name, known ?? definitions.count - 1, lines))
      }
    }
  }

  /// The text of each.
  var lines: [[String]] {
    definitions.map { definition in
      let lines = definition.lines
      let name = definition.original[0].shape.drop { $0 != " " }.dropFirst().prefix { $0 != "(" }
      return [lines[0].replacing(" \(name)(", with: " \(definition.name)(")] + lines.dropFirst()
    }
  }

  /// Lines of a run, which call the definitions by their names and with what they ask for.
  func calling(_ lines: [PythonLine], in run: Int) -> [PythonLine] {
    lines.map { line in
      line.replacing { part in
        guard case .call(let name) = part, let found = places[run].first(where: { $0.original == name }) else {
          return [part]
        }
        let definition = definitions[found.place]
        return [.text(definition.name + "(")] + definition.arguments(found.lines) + [.text(")")]
      }
    }
  }
}
