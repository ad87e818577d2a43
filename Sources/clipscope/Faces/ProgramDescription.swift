import ArgumentParser
import Foundation

/// The faces of the program and their arguments, as argument-parser describes them.
struct ProgramDescription: Decodable {
  struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let subcommands: [Command]?
    let arguments: [Argument]?

    /// The faces, those within faces among them, by what one types; `help` is argument-parser's own.
    func faces(_ prefix: String = "") -> [(call: String, command: Command)] {
      (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { face -> [(call: String, command: Command)] in
        let call = prefix + face.commandName
        let inner = face.faces(call + " ")
        return inner.isEmpty ? [(call, face)] : inner
      }
    }
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
      var written: String { kind == "long" ? "--" + name : "-" + name }
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let isOptional: Bool

    /// `--seed n`, `file`, `-h, --help`.
    var written: String {
      let value = valueName ?? ""
      guard let names, kind != "positional" else { return isOptional ? "[\(value)]" : value }
      return names.map(\.written).joined(separator: ", ") + (kind == "option" ? " " + value : "")
    }
  }

  let command: Command

  /// This program's.
  static func ours() throws -> ProgramDescription {
    try JSONDecoder().decode(ProgramDescription.self, from: Data(Clipscope._dumpHelp().utf8))
  }
}
