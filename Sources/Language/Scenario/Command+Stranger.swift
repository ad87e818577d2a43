extension FilesCommand {
  /// The path as it was written.
  package var path: String {
    switch self {
    case .save(let path), .exportTorch(let path), .trace(let path): path
    }
  }

  /// What its files are called, so that no file of another kind is made that some program would obey.
  package var ending: String {
    switch self {
    case .save: ".scenario"
    case .exportTorch: ".py"
    case .trace: ".jsonl"
    }
  }

  /// Refuses what a scenario may not write wherever it is: files of other kinds than clipscope's, hidden files and files in
  /// hidden folders, and paths that go upwards.
  package func checkScenarios() throws(CommandError.Problem) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, name.hasSuffix(ending), name.count > ending.count else {
      throw .file(FileError(path: path, reason: "is not what a scenario may write here: a name that ends in \(ending)"))
    }
    if let hidden = parts.first(where: { $0.hasPrefix(".") && $0 != "." }) {
      let what = hidden == ".." ? "leads upwards with .." : "is hidden, or in a hidden folder"
      throw .file(FileError(path: path, reason: "\(what); a scenario may not write there"))
    }
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
        default: break
        }
      }
    }
  }
}
