import Language
import Testing

/// The kind of a command decides what else it does.
@Suite struct KindTests {
  @Test("Each row's commands are of the row's kind", arguments: CommandTable.rows.map(\.name))
  func kinds(name: String) throws {
    let row = try #require(CommandTable.rows.first { $0.name == name })
    #expect(try Parser.commands(in: row.example).map(\.command.kind) == [row.kind], "\(row.example)")
  }

  @Test(
    "Lessons alone give up what there is; set-up, steps and travels take over; words, travels and views stand in no log"
  )
  func meanings() {
    #expect(Command.Kind.allCases.filter(\.givesUp) == [.lessons])
    #expect(Command.Kind.allCases.filter(\.takesOver) == [.setUp, .steps, .travel, .lessons])
    #expect(Command.Kind.allCases.filter(\.isLogged) == [.setUp, .change, .steps, .twin, .look, .files, .lessons])
    #expect(
      CommandTable.rows.filter { $0.kind == .setUp }.map(\.name) == [
        "seed", "model", "init", "task", "optimizer", "restart",
      ])
  }
}
