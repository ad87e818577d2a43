import ArgumentParser
import Foundation
import Language
import Numerics
import Session

/// `clipscope sessions`: the sessions that were kept.
struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "Lists the sessions that were kept; --resume goes on with one.")

  func run() throws {
    guard let folder = SessionFolder.usual else {
      throw Failure.usage(["clipscope: there is no home, so none are kept"])
    }
    let entries = folder.entries
    if entries.isEmpty { print("no sessions are kept in \(VisibleText.of(folder.path))") }
    let dates = DateFormatter()
    dates.locale = Locale(identifier: "en_US_POSIX")
    dates.dateFormat = "yyyy-MM-dd HH:mm:ss"
    for entry in entries {
      let state = entry.isOpen ? "  (open)" : ""
      print("\(dates.string(from: entry.date))  \(VisibleText.of(entry.path))  at \(VisibleText.of(entry.end))\(state)")
    }
  }
}

extension Stage {
  /// A stage as a session has left it: everything that was done is done again.
  /// - Parameter file: the session; the last one if it is not told.
  /// - Throws: why it cannot be: a file that it read has changed, a digest is another one.
  static func resumed(
    _ file: String?, memory: Int, lessons: ScenarioFolders, output: OutputArguments
  ) throws -> Stage {
    let session = try SessionText(path: try file ?? last())
    try session.checkReads()
    let scenario: Scenario
    do throws(ScenarioError) {
      let text = session.lines.joined(separator: "\n")
      scenario = try Scenario.checked(utf8: Array(text.utf8), path: session.path, files: DiskFiles(), screen: true)
    } catch {
      throw Failure.usage(error.report)
    }
    var stage = Stage(
      scenario: scenario, files: DiskFiles(), lessons: lessons, waitsForViewer: true,
      asksBeforeWriting: output.output == nil, outputFolder: output.output, memory: memory)
    stage.goOn(until: session.end)
    _ = stage.begin()
    let here = stage.workbench.run?.experiment.digest.text
    let kept = session.end.split(separator: " ").last.map(String.init)
    guard !session.end.contains("digest") || kept == here else {
      let reason = "does not lead to where it was: its digest is \(kept ?? "–"), here it is \(here ?? "–")"
      throw Failure.usage(["clipscope: \(VisibleText.of(session.path)) \(reason)"])
    }
    stage.takeOver("resumed at \(session.end)")
    return stage
  }

  // There is no screen yet: what takes longer than a second says how far it has come.
  private mutating func goOn(until end: String) {
    let isSeen = TerminalSystem.isTerminal(2)
    let end = end.prefix { $0 != " " }
    var told = ContinuousClock.now
    while isBusy, !player.isHeld {
      _ = advance()
      guard isSeen, .now - told > .seconds(1), let run = workbench.run else { continue }
      told = .now
      let here = PlaceText(experiment: run.number, branch: run.branch.name, run.position)
      StandardError.write("going through the session again: at \(here.text) on the way to \(end)")
    }
  }

  private static func last() throws -> String {
    guard let entry = SessionFolder.usual?.entries.first(where: { !$0.isOpen }) else {
      throw Failure.usage(["clipscope: there is no session to resume; clipscope sessions lists them"])
    }
    return entry.path
  }
}
