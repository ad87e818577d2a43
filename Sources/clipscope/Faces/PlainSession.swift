import Foundation
import Language
import Session

/// `--plain`: the program without a screen of cells, line by line, for who hears it, for dumb terminals and for logs.
///
/// It takes the same commands, and keys as lines: `n` and Enter is a step, `10n` ten of them, `c` switches clipping. Enter
/// alone goes on with a lesson that waits, and stops what runs.
struct PlainSession {
  private var run: PlainRun
  private var input: InputLines
  private let isInteractive: Bool

  /// A session on `stage`.
  /// - Parameter isInteractive: whether somebody types; then there is a prompt, and a run may be stopped.
  init(_ stage: Stage, every: Int?, isInteractive: Bool, output: OutputArguments) throws(FileError) {
    run = try PlainRun(
      stage: stage, shows: .sentences(Narrator(every: every, hasViewer: isInteractive)), output: output)
    self.isInteractive = isInteractive
    input = InputLines(isTyped: isInteractive)
  }

  /// Runs until the viewer leaves, or nothing more comes in.
  mutating func play(name: String) throws {
    if isInteractive {
      print("clipscope \(version), line by line. Type help for all commands and keys, quit to leave.")
      if run.stage.player.state == .none, !run.stage.lessons.isEmpty {
        print("Type lessons for the lessons that there are, lesson NAME to play one.")
      }
    }
    var problem: FileError?
    do { try PlainRun.patiently { try loop() } } catch { problem = error as? FileError }
    do throws(FileError) { try run.finish() } catch { problem = problem ?? error }
    if let problem { throw problem }
    if run.isInterrupted { return }
    // Whoever types may mistype: only a program that feeds us is told by the status.
    if isInteractive { return print("The end: step \(run.stage.workbench.position.step).") }
    try run.conclude(name: name)
  }

  private mutating func loop() throws(FileError) {
    while !run.stage.hasQuit, !run.isInterrupted {
      // Lines from a pipe are taken one after the other; somebody who types may come between two steps.
      if run.stage.isBusy, !isInteractive || !input.hasMore {
        try run.advance()
        continue
      }
      if isInteractive, !run.stage.isBusy { print("> ", terminator: "") }
      try run.flush()
      guard let line = try input.next() else { break }
      try perform(line)
    }
    try run.endOfInput()
  }

  private mutating func perform(_ line: String) throws(FileError) {
    let text = line.trimmingCharacters(in: .whitespaces)
    if text.isEmpty { return try enter() }
    guard let (key, count) = key(text) else {
      return try isInteractive ? run.begin(line) : run.type(line, number: input.number)
    }
    try run.begin(key, count: count)
  }

  private mutating func enter() throws(FileError) {
    if run.stage.isBusy {
      try run.begin("stop")
    } else if case .waiting = run.stage.player.state {
      _ = try run.press(.named(.enter))
    } else if run.stage.player.isHeld {
      try run.begin("run")
    }
  }

  // `n`, `10n`, `space`: what is bound, and no command.
  private func key(_ text: String) -> (Key, count: Int?)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let key = Key(name: String(text.dropFirst(digits.count))),
      run.stage.bindings.bindings.contains(where: { $0.key == key })
    else { return nil }
    return (key, digits.isEmpty ? nil : Int(digits).map { min($0, 9999) })
  }
}
