/// Classes and functions of several runs. Those that differ in values alone are one, which asks for these values; where
/// two differ otherwise and have one name, the later one gets a number.
struct PythonDefinitions {
  private struct Definition {
    /// The name in the words of the runs.
    let title: String
    /// The name in the program.
    let name: String
    /// Its lines in each run, all of one shape.
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
      let parameters = parameters
      let isParameter = { (value: PythonValue) in value.bases.contains { parameters.contains($0.name) } }
      let lines = members[0].map { line in
        line.replacing { part in
          guard case .parameters(let separator) = part, !parameters.isEmpty else { return [part] }
          return [.text(separator + parameters.joined(separator: ", "))]
        }.text { isParameter($0) ? $0.named : $0.written }
      }
      return [lines[0].replacing(" \(title)(", with: " \(name)(")] + lines.dropFirst()
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
  // Of each run: which definitions it has, and their lines in it.
  private var places: [[(definition: Int, lines: [PythonLine])]] = []

  /// - Parameter runs: what each run defines; the first line of each is `class name(…` or `def name(…`.
  init(_ runs: [[[PythonLine]]]) {
    for run in runs {
      places.append([])
      for lines in run where !lines.isEmpty {
        let title = String(lines[0].shape.drop { $0 != " " }.dropFirst().prefix { $0 != "(" })
        let known = definitions.firstIndex { $0.members[0].shape == lines.shape }
        if let known {
          definitions[known].members.append(lines)
        } else {
          let count = definitions.filter { $0.title == title }.count
          let name = count == 0 ? title : "\(title)\(count + 1)"
          definitions.append(Definition(title: title, name: name, members: [lines]))
        }
        places[places.count - 1].append((known ?? definitions.count - 1, lines))
      }
    }
  }

  /// The text of each.
  var lines: [[String]] { definitions.map(\.lines) }

  /// Lines of a run, which call the definitions by their names and with what they ask for.
  func calling(_ lines: [PythonLine], in run: Int) -> [PythonLine] {
    lines.map { line in
      line.replacing { part in
        guard case .call(let title) = part,
          let found = places[run].first(where: { definitions[$0.definition].title == title })
        else { return [part] }
        let definition = definitions[found.definition]
        return [.text(definition.name + "(")] + definition.arguments(found.lines) + [.text(")")]
      }
    }
  }
}
