import Language
import Testing

/// Help comes from the tables: nothing is left out, and what it shows works.
@Suite struct HelpTextTests {
  @Test("Every command is listed with its summary, under its kind")
  func everyRow() {
    let lines = HelpText.commands
    for row in CommandTable.rows {
      let kind = lines.firstIndex(of: row.kind.rawValue.uppercased())
      let line = lines.firstIndex { $0.hasPrefix("  \(row.name) ") && $0.hasSuffix(row.summary) }
      #expect(kind != nil && line != nil && kind! < line!, "\(row.name)")
    }
    #expect(Set(CommandTable.rows.map(\.name)).count == CommandTable.rows.count)
  }

  @Test("help COMMAND shows all forms, all options with their summaries, and an example that works")
  func eachCommand() throws {
    for row in CommandTable.rows {
      let lines = HelpText.command(row.name)
      #expect(lines.first == "\(row.name): \(row.summary)")
      for usage in row.usage {
        #expect(lines.contains("  " + usage))
        for option in usage.split(separator: " ").dropFirst().filter({
          $0.contains("=") && row.kind != .setUp || $0.contains("|")
        }) {
          #expect(lines.contains { $0.contains(option) }, "\(option)")
        }
      }
      #expect(lines.last == "for example: " + row.example)
      #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }
    #expect(HelpText.command("frobnicate").isEmpty)
    #expect(
      HelpText.command("model").contains {
        $0.hasPrefix("    hidden=N") && $0.hasSuffix("recurrent layers on top of each other") == false
      })
  }

  @Test("Every key is in help, with the line it types; a bound key appears at once")
  func keys() {
    var bindings = KeyBindings()
    bindings.bind(.character("Z"), to: "step 7; norms", otherwise: nil)
    let lines = HelpText.keys(bindings)
    for binding in bindings.bindings {
      #expect(lines.contains { $0.contains(binding.key.label) && $0.contains(binding.line) }, "\(binding.key)")
    }
    #expect(lines.contains { $0.contains("Z") && $0.contains("step 7; norms") })
  }

  @Test(
    "Nothing is promised that is not there yet",
    arguments: ["why", "surface", "advise", "watch"])
  func absent(word: String) {
    #expect(!(HelpText.keys(KeyBindings()) + HelpText.commands).joined(separator: " ").contains(word))
    #expect(throws: CommandError.self) { try Parser.commands(in: word) }
  }
}
