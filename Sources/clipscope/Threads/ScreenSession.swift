import Foundation
import Language
import Screen
import Session
import Training

/// The screen as a session: keys in, frames out, the trainer beside it.
///
/// The main thread waits in one place, for keys, signals, the trainer or the time of the next frame. A key is drawn at
/// once; what the trainer does is drawn at most so many times a second.
final class ScreenSession {
  private let terminal: TerminalSession
  private let trainer: Trainer
  private var view = ViewState()
  private var stage: Stage
  private var history: [String] = []
  private var lastFrame = ContinuousClock.now - .seconds(1)
  private var needsFrame = true
  private var status: Int32?
  // What the scenario asks; it waits until nothing else is entered, so that no key meant for that answers it.
  private var permission: String?

  private let frameTime: Duration

  /// How the session shows itself.
  struct Face {
    /// Steps a second to begin with, `nil` for as fast as it goes.
    var speed: Double?
    /// The least time between two frames that no key asked for.
    var frameTime = Duration.milliseconds(33)
    /// Whether panels are fewer and larger.
    var isBig = false
  }

  /// A session on a terminal that was taken over.
  init(_ terminal: TerminalSession, _ stage: Stage, _ face: Face) {
    self.terminal = terminal
    self.stage = stage
    frameTime = face.frameTime
    trainer = Trainer(stage, speed: face.speed)
    view.speed = face.speed
    view.isBig = face.isBig
    view.isASCII = terminal.usesASCII
  }

  /// Runs until the viewer leaves or a signal comes.
  /// - Returns: the exit status.
  func run() -> Int32 {
    trainer.start()
    while true {
      let frameTime = self.frameTime * terminal.slowness
      let wait = needsFrame ? max(0, Int((frameTime - (ContinuousClock.now - lastFrame)) / .milliseconds(1))) : nil
      let events = terminal.waitForEvents(wake: trainer.wake, timeoutMilliseconds: wait)
      for event in events { take(event) }
      if let status { return finish(status) }
      if events.contains(where: { $0 != .woken }) {
        draw()
      } else if needsFrame, ContinuousClock.now - lastFrame >= frameTime {
        draw()
      }
    }
  }

  private func finish(_ status: Int32) -> Int32 {
    // The step that is being made may take a while; whoever has left need not look at it.
    terminal.close()
    trainer.stop(within: status == 0 ? .seconds(60) : .milliseconds(500))
    return status
  }

  private func draw() {
    let news = trainer.look()
    stage = news.stage
    view.digest = news.digest
    news.notices.forEach(take)
    if let question = permission, case .none = view.entry {
      view.entry = .question(question, line: "")
      permission = nil
    }
    view.pending = news.waiting.compactMap(pendingText)
    view.cursor = min(view.cursor, max(0, stage.workbench.parameterNames.count - 1))
    terminal.draw(render(stage, view, size: terminal.size), cursor: cursorPlace(view, size: terminal.size))
    lastFrame = ContinuousClock.now
    needsFrame = false
  }

  private func pendingText(_ request: Trainer.Request) -> String? {
    switch request {
    case .line(let line): line
    case .key(let key, let count): view.bindings.lines(for: key, count: count, stage)?.first
    case .permission, .speed: nil
    }
  }

  // MARK: Events

  private func take(_ event: TerminalEvent) {
    switch event {
    case .key(let key): press(key)
    case .paste(let text): paste(text)
    case .resize, .woken: needsFrame = true
    case .interrupted(let signal): status = 128 + signal
    case .hangup: status = 128 + SIGHUP
    }
  }

  // Pasted text belongs to the prompt; elsewhere it would be commands that nobody typed.
  private func paste(_ text: String) {
    switch view.entry {
    case .prompt(var editor):
      editor.insert(paste: text)
      view.entry = .prompt(editor)
    case .find(var editor):
      editor.insert(paste: text)
      view.entry = .find(editor)
    case .none, .question: break
    }
  }

  private func press(_ key: Key) {
    view.candidates = []
    switch view.entry {
    case .prompt(let editor): pressAtPrompt(key, editor)
    case .find(let editor): pressAtFind(key, editor)
    case .question(_, let line): answer(key, line)
    case .none:
      if key == .control("c") {
        status = 128 + SIGINT
      } else if view.help != nil {
        pressInHelp(key)
      } else {
        pressCommandKey(key)
      }
    }
  }

  private func pressCommandKey(_ key: Key) {
    if case .character(let digit) = key, digit.isASCII, let value = digit.wholeNumberValue,
      value > 0 || view.count != nil
    {
      view.count = min(9999, (view.count ?? 0) * 10 + value)
      return
    }
    defer { view.count = nil }
    if case .waiting(let awaited) = stage.playback {
      let goesOn = awaited.map { $0 == key } ?? [.named(.space), .named(.enter), .character(" ")].contains(key)
      if goesOn { return trainer.post(.key(key, count: nil)) }
    }
    guard let lines = view.bindings.lines(for: key, count: view.count, stage) else { return }
    if lines.contains(where: beginsAfresh) {
      view.entry = .question("Begin again at step 0?", line: lines.joined(separator: "; "))
    } else if lines.allSatisfy({ viewCommands(in: $0) != nil }) {
      lines.flatMap { viewCommands(in: $0) ?? [] }.forEach(take)
    } else {
      trainer.post(.key(key, count: view.count))
    }
  }

  private func beginsAfresh(_ line: String) -> Bool {
    (try? Parser.commands(in: line))?.contains { $0.command.beginsAfresh } ?? false
  }

  // The commands of a line, if all of them are the screen's own and need not wait for a step.
  private func viewCommands(in line: String) -> [Trainer.Notice]? {
    guard let commands = try? Parser.commands(in: line) else { return nil }
    var notices: [Trainer.Notice] = []
    for parsed in commands {
      switch parsed.command {
      case .view(let command): notices.append(.view(command))
      case .help(let topic): notices.append(.help(topic))
      case .quit: notices.append(.quit)
      default: return nil
      }
    }
    return notices
  }

  private func answer(_ key: Key, _ line: String) {
    if key == .control("c") { status = 128 + SIGINT }
    guard [.character("y"), .character("n"), .named(.escape)].contains(key) else { return }
    view.entry = .none
    if line.isEmpty {
      trainer.post(.permission(key == .character("y")))
    } else if key == .character("y") {
      trainer.post(.line(line))
    }
  }

  // MARK: Prompt and search

  private func pressAtPrompt(_ key: Key, _ editor: LineEditor) {
    var editor = editor
    let names = stage.workbench.parameterNames
    let outcome = editor.feed(key) { Completion.candidates(for: $0, parameters: names) }
    view.entry = .prompt(editor)
    switch outcome {
    case .editing: break
    case .candidates(let candidates): view.candidates = candidates
    case .cancelled: closeEntry(editor)
    case .submitted(let line): submit(line, editor)
    }
  }

  private func closeEntry(_ editor: LineEditor) {
    history = editor.history
    view.entry = .none
  }

  private func submit(_ line: String, _ editor: LineEditor) {
    do throws(CommandError) {
      let commands = try Parser.commands(in: line)
      closeEntry(editor)
      guard !commands.isEmpty else { return }
      if let notices = viewCommands(in: line) {
        notices.forEach(take)
      } else {
        trainer.post(.line(line))
      }
    } catch {
      // The line stays, to be mended, with the cursor where it is wrong.
      history = editor.history
      view.entry = .prompt(LineEditor(text: line, history: history))
      view.candidates = ["column \(error.column): \(error.message)"]
    }
  }

  private func pressAtFind(_ key: Key, _ editor: LineEditor) {
    var editor = editor
    let names = stage.workbench.parameterNames
    let outcome = editor.feed(key) { line in names.filter { $0.contains(line) } }
    view.entry = .find(editor)
    switch outcome {
    case .editing: break
    case .candidates(let candidates): view.candidates = candidates
    case .cancelled: view.entry = .none
    case .submitted(let text):
      view.entry = .none
      find(text)
    }
  }

  private func find(_ text: String) {
    let names = stage.workbench.parameterNames
    let places = names.indices.filter { names[$0].contains(text) }
    guard let next = places.first(where: { $0 > view.cursor }) ?? places.first else {
      view.candidates = ["no parameter has \"\(text)\" in its name"]
      return
    }
    view.cursor = next
  }

  // MARK: What the screen itself does

  private func take(_ notice: Trainer.Notice) {
    switch notice {
    case .help(let topic):
      view.help = (topic.map(HelpText.command) ?? HelpText.overview(view.bindings), 0)
    case .view(let command): take(command)
    case .bind(let key, let line, let otherwise): view.bindings.bind(key, to: line, otherwise: otherwise)
    case .mayWrite(let path):
      permission = "The scenario wants to write \(VisibleText.of(path)). May it?"
    case .quit: status = 0
    }
  }

  private func take(_ command: ViewCommand) {
    switch command {
    case .scroll(let scroll): self.scroll(scroll)
    case .panel(let direction):
      let count = ViewState.Panel.allCases.count
      let step = direction == .next ? 1 : count - 1
      view.panel = ViewState.Panel.allCases[(view.panel.rawValue + step) % count]
    case .speed(let turn): turnSpeed(turn)
    case .find(let text):
      if let text { find(text) } else { view.entry = .find(LineEditor()) }
    case .prompt: view.entry = .prompt(LineEditor(history: history))
    case .redraw: terminal.redraw()
    case .suspend: terminal.suspend()
    case .back:
      view.help = nil
      view.panel = .overview
    }
  }

  private func scroll(_ scroll: ViewCommand.Scroll) {
    let last = max(0, stage.workbench.parameterNames.count - 1)
    let page = max(1, terminal.size.rows / 3)
    switch scroll {
    case .up: view.cursor = max(0, view.cursor - 1)
    case .down: view.cursor = min(last, view.cursor + 1)
    case .pageup: view.cursor = max(0, view.cursor - page)
    case .pagedown: view.cursor = min(last, view.cursor + page)
    case .first: view.cursor = 0
    case .last: view.cursor = last
    }
  }

  // Three rungs of the ladder a key: a factor of two.
  private func turnSpeed(_ turn: Turn) {
    let now = view.speed ?? 2000
    let next: Double
    switch turn {
    case .to(let speed): next = speed
    case .up: next = (0..<3).reduce(now) { value, _ in Ladder.up(from: value) }
    case .down: next = (0..<3).reduce(now) { value, _ in Ladder.down(from: value) }
    }
    view.speed = next > 1000 ? nil : max(0.1, next)
    trainer.post(.speed(view.speed))
  }

  private func pressInHelp(_ key: Key) {
    guard var help = view.help else { return }
    let page = max(1, terminal.size.rows - 6)
    switch key {
    case .named(.up), .character("k"): help.scroll -= 1
    case .named(.down), .character("j"): help.scroll += 1
    case .named(.pageup): help.scroll -= page
    case .named(.pagedown), .named(.space), .character(" "): help.scroll += page
    case .named(.home): help.scroll = 0
    case .named(.end): help.scroll = .max / 2
    case .control("l"): terminal.redraw()
    case .control("z"): terminal.suspend()
    case .named(.escape), .character("q"), .character("?"), .named(.enter):
      view.help = nil
      return
    default: return
    }
    help.scroll = helpScroll(help.scroll, of: help.lines, size: terminal.size)
    view.help = help
  }
}
