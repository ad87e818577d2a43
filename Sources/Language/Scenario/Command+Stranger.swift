extension FilesCommand {
  /// The path as it was written.
  package var path: String {
    switch self {
    case .save(let path), .saveAll(let path), .exportTorch(let path), .trace(let path): path
    }
  }

  /// What its files are called, so that no file of another kind is made that some program would obey.
  package var ending: String {
    switch self {
    case .save, .saveAll: ".scenario"
    case .exportTorch: ".py"
    case .trace: ".jsonl"
    }
  }

  /// Refuses what a scenario may not write wherever it is: files of other kinds than clipscope's, hidden files and files in
  /// hidden folders, and paths that go upwards.
  package func checkScenarios() throws(CommandError.Problem) {
    // Bytes and not characters: a dot with a mark on it is a dot to the file system.
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, name.utf8.count > ending.utf8.count,
      name.utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    else {
      throw .file(FileError(path: path, reason: "is not what a scenario may write here: a name that ends in \(ending)"))
    }
    if let hidden = parts.first(where: { $0.utf8.first == UInt8(ascii: ".") && !$0.utf8.elementsEqual(".".utf8) }) {
      let what = hidden.utf8.elementsEqual("..".utf8) ? "leads upwards with .." : "is hidden, or in a hidden folder"
      throw .file(FileError(path: path, reason: "\(what); a scenario may not write there"))
    }
    guard path.unicodeScalars.allSatisfy(Self.isPlain) else {
      throw .file(
        FileError(
          path: path, reason: "has a character that a scenario's file may not have: write letters, digits, - _ . +"))
    }
  }

  // What can be seen, and told from all others, where a question shows a path.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if "-_.+/ ".unicodeScalars.contains(scalar) { return true }
    let properties = scalar.properties
    return (properties.isAlphabetic || properties.numericType != nil) && !properties.isDefaultIgnorableCodePoint
  }
}

extension ViewCommand {
  /// Refuses to bind the keys that are the viewer's own, and lines that a scenario may not say; it is known before a key is
  /// pressed.
  package func checkScenarios() throws(CommandError.Problem) {
    guard case .bind(let key, let line, let otherwise) = self else { return }
    if KeyBindings.viewersOwn.contains(key) { throw .viewersKey(key) }
    for line in [line, otherwise].compactMap(\.self) {
      for parsed in (try? Parser.commands(in: line)) ?? [] {
        switch parsed.command {
        case .files(let file): try file.checkScenarios()
        case .view(let view): try view.checkScenarios()
        case .lesson: throw .viewersOnly
        default: break
        }
      }
    }
  }
}
