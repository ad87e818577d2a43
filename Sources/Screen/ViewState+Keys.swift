import Language
import Session

/// What a key leads to beside what it does to the view itself.
public enum ViewOutcome: Hashable, Sendable {
  /// Something to be done with the experiment.
  case request(Request)
  /// Work that takes long is given up.
  case giveUp
  /// The terminal is painted anew.
  case redraw
  /// The terminal is given back to the shell.
  case suspend
  /// Ctrl-C: what takes long is stopped, and where nothing does it is the end.
  case interrupt
  /// The end.
  case leave

  /// What whoever drives the stage is asked for.
  public enum Request: Hashable, Sendable {
    /// A line is typed.
    case line(String)
    /// A key is pressed that is not the view's; what it types depends on how things stand when it takes effect.
    case key(Key, count: Int?)
    /// The scenario's question is answered.
    case answer(Bool, to: Player.Question)
    /// It is not answered: nothing is written, and the scenario is held.
    case leave(Player.Question)
    /// What waits is given up.
    case abandon
    /// So many steps a second, `nil` for as fast as it goes.
    case speed(Double?)

    /// Whether it is a line or a key.
    public var isTyped: Bool {
      switch self {
      case .line, .key: true
      case .answer, .leave, .abandon, .speed: false
      }
    }
  }
}

extension ViewState {
  /// A key is pressed.
  /// - Returns: what there is to do beyond the view.
  public mutating func feed(_ key: Key, _ scene: Scene, size: GridSize) -> [ViewOutcome] {
    candidates = []
    switch entry {
    case .prompt(let editor): return feedPrompt(key, editor, scene, size)
    case .find(let editor): return feedFind(key, editor, scene)
    case .question(let line): return answer(key, line)
    case .permission(let question, let editor): return answer(key, question, editor, size)
    case .none where key == .control("c"): return [.interrupt]
    case .none where help != nil: return feedHelp(key, size)
    case .none: return feedCommandKey(key, scene, size)
    }
  }

  /// Text is pasted. It belongs to the prompt; elsewhere it would be commands that nobody typed.
  public mutating func feed(paste text: String) {
    switch entry {
    case .prompt(var editor):
      editor.insert(paste: text)
      entry = .prompt(editor)
    case .find(var editor):
      editor.insert(paste: text)
      entry = .find(editor)
    case .none, .question, .permission: break
    }
  }

  // MARK: Keys that are commands

  private mutating func feedCommandKey(_ key: Key, _ scene: Scene, _ size: GridSize) -> [ViewOutcome] {
    if case .character(let digit) = key, digit.isASCII, let value = digit.wholeNumberValue, value > 0 || count != nil {
      count = min(9999, (count ?? 0) * 10 + value)
      return []
    }
    defer { count = nil }
    if panel == .lessons, let outcomes = feedLessons(key, scene) { return outcomes }
    // Words that have another page are turned by the key that their panel names.
    if key == .named(.space), turnPage(scene, size) { return [] }
    if case .waiting(let awaited) = scene.player {
      if key == .named(.enter), turnPage(scene, size) { return [] }
      // Space and Enter are the lesson's while it waits, also for another key: it says which.
      if awaited == key || [.named(.space), .named(.enter)].contains(key) {
        return [.request(.key(key, count: nil))]
      }
    }
    guard let lines = scene.lines(for: key, count: count) else { return [] }
    if lines.contains(where: Self.givesUp), !isFree(lines, scene) {
      entry = .question(givesUp: lines.joined(separator: "; "))
      return []
    }
    let commands = lines.map(Self.viewCommands)
    guard commands.allSatisfy({ $0 != nil }) else { return [.request(.key(key, count: count))] }
    return commands.flatMap { $0 ?? [] }.flatMap { apply($0, scene, size: size) }
  }

  // Where nothing has been done yet, and at a lesson's end, another lesson costs nothing.
  private func isFree(_ lines: [String], _ scene: Scene) -> Bool {
    let isLesson = lines.allSatisfy { line in
      (try? Parser.commands(in: line))?.allSatisfy { $0.command.kind == .lessons } ?? false
    }
    return isLesson && (scene.player == .ended || scene.step == 0 && scene.player == .none)
  }

  // MARK: Words and lessons

  // Words that have another page are turned before the lesson goes on.
  private mutating func turnPage(_ scene: Scene, _ size: GridSize) -> Bool {
    guard hasNextPage(scene, size) else { return false }
    page += 1
    return true
  }

  /// Whether a lesson's words go on behind the page that is shown.
  func hasNextPage(_ scene: Scene, _ size: GridSize) -> Bool {
    guard scene.player != .playing, scene.activity == .idle else { return false }
    guard let area = shown(scene).words(scene, self, Self.area(size)) else { return false }
    return page + 1 < WordsPanel.pages(scene, self, in: area)
  }

  // What the page of lessons does with a key; `nil` where it does what it always does.
  private mutating func feedLessons(_ key: Key, _ scene: Scene) -> [ViewOutcome]? {
    let last = LessonsPage.choices(scene).count - 1
    switch key {
    case .named(.up), .character("k"): choice = max(0, choice - 1)
    case .named(.down), .character("j"), .named(.tab): choice = min(last, choice + 1)
    case .named(.home), .named(.pageup): choice = 0
    case .named(.end), .named(.pagedown): choice = last
    case .named(.enter), .named(.space): return choose(scene)
    default: return nil
    }
    return []
  }

  mutating func choose(_ scene: Scene) -> [ViewOutcome] {
    let choices = LessonsPage.choices(scene)
    guard choices.indices.contains(choice) else { return [] }
    switch choices[choice] {
    case .lesson(let lesson):
      let line = Command.lesson(.named(lesson.name)).text
      panel = .overview
      if isFree([line], scene) { return [.request(.line(line))] }
      entry = .question(givesUp: line)
    case .own: panel = .overview
    case .help: help = (Self.help(scene.bindings), 0)
    }
    return []
  }

  private static func givesUp(_ line: String) -> Bool {
    (try? Parser.commands(in: line))?.contains { $0.command.kind.givesUp } ?? false
  }

  // The commands of a line, if all of them are the view's own and need not wait for a step.
  private static func viewCommands(in line: String) -> [ViewCommand]? {
    guard let commands = try? Parser.commands(in: line) else { return nil }
    let own = commands.compactMap { parsed -> ViewCommand? in
      switch parsed.command {
      case .view(.bind): nil
      case .view(let command): command
      default: nil
      }
    }
    return own.count == commands.count ? own : nil
  }

  private mutating func answer(_ key: Key, _ line: String) -> [ViewOutcome] {
    let isYes = key == .character("y")
    if key == .control("c") { return [.interrupt] }
    guard isYes || key == .character("n") || key == .named(.escape) else { return [] }
    entry = .none
    return isYes ? [.request(.line(line))] : []
  }

  private mutating func answer(
    _ key: Key, _ question: Player.Question, _ editor: LineEditor, _ size: GridSize
  ) -> [ViewOutcome] {
    if key == .control("c") { return [.interrupt] }
    var editor = editor
    let outcome = key == .named(.escape) ? .cancelled : editor.feed(key) { _ in [] }
    entry = .permission(question, editor)
    let isAllowed: Bool
    switch outcome {
    case .cancelled, .submitted("no"): isAllowed = false
    case .submitted("yes") where PermissionPanel(question: question).isWhole(on: size): isAllowed = true
    case .submitted("yes"):
      candidates = ["make the window larger: what is not seen cannot be allowed"]
      return []
    case .editing, .candidates: return []
    case .submitted:
      // Enter alone may be meant for the lesson that has just asked.
      candidates = ["type yes or no, and Enter"]
      return []
    }
    entry = .none
    answered = question
    // Who has enough of its questions is out of them.
    return [.request(outcome == .cancelled ? .leave(question) : .answer(isAllowed, to: question))]
  }

  // MARK: Prompt and search

  private mutating func feedPrompt(
    _ key: Key, _ editor: LineEditor, _ scene: Scene, _ size: GridSize
  ) -> [ViewOutcome] {
    var editor = editor
    let outcome = editor.feed(key) { Completion.candidates(for: $0, parameters: scene.parameters.map(\.name)) }
    promptHistory = editor.history
    entry = .prompt(editor)
    switch outcome {
    case .editing: return []
    case .candidates(let candidates):
      self.candidates = candidates
      return []
    case .cancelled:
      entry = .none
      return []
    case .submitted(let line): return submit(line, scene, size)
    }
  }

  private mutating func submit(_ line: String, _ scene: Scene, _ size: GridSize) -> [ViewOutcome] {
    do throws(CommandError) {
      let commands = try Parser.commands(in: line)
      entry = .none
      guard !commands.isEmpty else { return [] }
      guard let own = Self.viewCommands(in: line) else { return [.request(.line(line))] }
      return own.flatMap { apply($0, scene, size: size) }
    } catch {
      // The line stays, to be mended.
      entry = .prompt(LineEditor(text: line, history: promptHistory))
      candidates = ["column \(error.column): \(error.message)"]
      return []
    }
  }

  private mutating func feedFind(_ key: Key, _ editor: LineEditor, _ scene: Scene) -> [ViewOutcome] {
    var editor = editor
    let outcome = editor.feed(key) { line in scene.parameters.map(\.name).filter { $0.contains(line) } }
    entry = .find(editor)
    switch outcome {
    case .editing: break
    case .candidates(let candidates): self.candidates = candidates
    case .cancelled: entry = .none
    case .submitted(let text):
      entry = .none
      find(text, scene)
    }
    return []
  }

  private mutating func find(_ text: String, _ scene: Scene) {
    let found = scene.parameters.indices.filter { scene.parameters[$0].name.contains(text) }
    guard let next = found.first(where: { $0 > cursor }) ?? found.first else {
      candidates = ["no parameter has \"\(text)\" in its name"]
      return
    }
    cursor = next
  }

  // MARK: Commands of the view

  /// Does what a command of the view's says.
  /// - Returns: what there is to do beyond the view.
  public mutating func apply(_ command: ViewCommand, _ scene: Scene, size: GridSize) -> [ViewOutcome] {
    switch command {
    case .scroll(let scroll): self.scroll(scroll, scene, size)
    case .open: panel = panel == .parameter ? .overview : .parameter
    case .zoom(let zoom): self.zoom(zoom, scene)
    case .lessons: (panel, help) = (.lessons, nil)
    case .panel(let direction): panel = panel.neighbour(direction, in: scene)
    case .speed(let turn):
      turnSpeed(turn)
      return [.request(.speed(speed))]
    case .find(let text?): find(text, scene)
    case .find(nil): entry = .find(LineEditor())
    case .prompt(let text): entry = .prompt(LineEditor(text: text, history: promptHistory))
    case .close: return close(scene)
    case .help(let topic): help = (topic.map(HelpText.topic) ?? Self.help(scene.bindings), 0)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return [.leave]
    case .bind: break
    }
    return []
  }

  /// What `help` shows on the screen: what stands on it, all keys, all views, all commands.
  public static func help(_ bindings: KeyBindings) -> [String] {
    Glossary.screen + [""] + HelpText.keys(bindings) + [""] + View.help + [""] + HelpText.commands
  }

  // The innermost first: what is open, then what waits, then a view, then a zoom, then the ghost.
  private mutating func close(_ scene: Scene) -> [ViewOutcome] {
    if help != nil {
      help = nil
    } else if share != nil {
      return [.giveUp]
    } else if scene.hasQueue && scene.waiting != abandoned?.waiting || !pending.isEmpty && pending != abandoned?.pending
    {
      abandoned = (scene.waiting, pending)
      return [.request(.abandon)]
    } else if panel != .overview {
      (panel, logScroll) = (.overview, 0)
    } else if zoom > 0 {
      (zoom, center) = (0, nil)
    } else {
      _ = dismissGhost(of: scene)
    }
    return []
  }

  private mutating func zoom(_ zoom: ViewCommand.Zoom, _ scene: Scene) {
    switch zoom {
    case .in: if scene.history.count >> self.zoom > ChartWindow.shortest { self.zoom += 1 }
    case .out: self.zoom = max(0, self.zoom - 1)
    case .all: self.zoom = 0
    }
    if self.zoom == 0 { center = nil }
  }

  private mutating func scroll(_ scroll: ViewCommand.Scroll, _ scene: Scene, _ size: GridSize) {
    if panel == .log { return scrollLog(scroll, scene, size) }
    let last = max(0, scene.parameters.count - 1)
    let page = max(1, size.rows / 3)
    switch scroll {
    case .up: cursor = max(0, cursor - 1)
    case .down: cursor = min(last, cursor + 1)
    case .pageup: cursor = max(0, cursor - page)
    case .pagedown: cursor = min(last, cursor + page)
    case .first: cursor = 0
    case .last: cursor = last
    }
  }

  private mutating func scrollLog(_ scroll: ViewCommand.Scroll, _ scene: Scene, _ size: GridSize) {
    let inside = LogPanel.inside(View.inside(Self.area(size), scene, self))
    let lines = LogPanel.lines(scene, self, width: inside.width, hasWords: false, atMost: nil).count
    let rows = max(1, inside.height)
    let top = max(0, lines - rows)
    logScroll =
      switch scroll {
      case .up: min(top, logScroll + 1)
      case .down: max(0, logScroll - 1)
      case .pageup: min(top, logScroll + rows)
      case .pagedown: max(0, logScroll - rows)
      case .first: top
      case .last: 0
      }
  }

  // Three rungs of the ladder a key: a factor of two.
  private mutating func turnSpeed(_ turn: Turn) {
    let now = speed ?? 2000
    let next =
      switch turn {
      case .to(let speed): speed
      case .up: (0..<3).reduce(now) { value, _ in Ladder.up(from: value) }
      case .down: (0..<3).reduce(now) { value, _ in Ladder.down(from: value) }
      }
    speed = next > 1000 ? nil : max(Self.slowest, next)
  }

  private mutating func feedHelp(_ key: Key, _ size: GridSize) -> [ViewOutcome] {
    guard let (lines, scroll) = help else { return [] }
    let page = max(1, size.rows - 6)
    let next: Int
    switch key {
    case .named(.up), .character("k"): next = scroll - 1
    case .named(.down), .character("j"): next = scroll + 1
    case .named(.pageup): next = scroll - page
    case .named(.pagedown), .named(.space): next = scroll + page
    case .named(.home): next = 0
    case .named(.end): next = .max / 2
    case .control("l"): return [.redraw]
    case .control("z"): return [.suspend]
    case .named(.escape), .character("q"), .character("?"), .named(.enter):
      help = nil
      return []
    default: return []
    }
    help = (lines, helpScroll(next, of: lines, size: size))
    return []
  }
}
