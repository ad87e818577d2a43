import Foundation
import Language
import Screen
import Session

/// The screen as a session: keys in, frames out, the trainer beside it.
///
/// The main thread waits in one place, for keys, signals, the trainer or the time of the next frame. A key is drawn at
/// once; what the trainer does is drawn at most so many times a second.
final class ScreenSession {
  private let terminal: TerminalSession
  private let trainer: Trainer
  private var view = ViewState()
  private var scene = Scene()
  private var lastFrame = ContinuousClock.now - .seconds(1)
  private var needsFrame = true
  private var status: Int32?

  private let frameTime: Duration

  /// How the session shows itself.
  struct Face {
    /// Steps a second to begin with, `nil` for as fast as it goes.
    var speed: Double?
    /// The least time between two frames that no key asked for.
    var frameTime = Duration.milliseconds(33)
    /// Whether panels are fewer and larger.
    var isBig = false
    /// Whether the page of lessons is in front.
    var beginsWithLessons = false
    /// Where the session is kept, `nil` for nowhere.
    var sessions: SessionFolder?
  }

  /// A session on a terminal that was taken over.
  init(_ terminal: TerminalSession, _ stage: consuming Stage, _ face: Face, _ place: OutputPlace) {
    self.terminal = terminal
    frameTime = face.frameTime
    trainer = Trainer(stage, place, speed: face.speed, sessions: face.sessions)
    view.speed = face.speed
    view.isBig = face.isBig
    view.isASCII = terminal.usesASCII
    if face.beginsWithLessons { view.panel = .lessons }
  }

  /// Runs until the viewer leaves or a signal comes.
  /// - Returns: the exit status.
  /// - Throws: what is wrong with a trace.
  func run() throws(FileError) -> Int32 {
    trainer.start()
    while true {
      // Set by a key, by a signal, or by what the trainer has told with the last frame.
      if let status { return try finish(status) }
      let frameTime = self.frameTime * terminal.slowness
      let wait = needsFrame ? max(0, Int((frameTime - (ContinuousClock.now - lastFrame)) / .milliseconds(1))) : nil
      let events = terminal.waitForEvents(wake: trainer.wake, timeoutMilliseconds: wait)
      for event in events { handle(event) }
      if status != nil { continue }
      if events.contains(where: { $0 != .woken }) {
        draw()
      } else if needsFrame, ContinuousClock.now - lastFrame >= frameTime {
        draw()
      }
    }
  }

  private func finish(_ status: Int32) throws(FileError) -> Int32 {
    // The step that is being made may take a while; whoever has left need not look at it.
    terminal.close()
    guard let problem = trainer.stop(within: status == 0 ? .seconds(60) : .milliseconds(500)) else { return status }
    if status == 0 { throw problem }
    StandardError.write("clipscope: \(CommandError.Problem.file(problem).message)")
    return status
  }

  private func draw() {
    let news = trainer.look()
    scene = news.scene
    for command in news.commands { perform(view.apply(command, scene, size: terminal.size)) }
    view.look(at: scene)
    view.pending = news.waiting.compactMap(pendingText)
    view.share = news.share
    terminal.draw(render(scene, view, size: terminal.size), cursor: cursorPosition(view, size: terminal.size))
    lastFrame = ContinuousClock.now
    needsFrame = false
  }

  private func pendingText(_ request: ViewOutcome.Request) -> String? {
    switch request {
    case .line(let line): line
    case .key(let key, let count): scene.lines(for: key, count: count)?.first
    case .answer, .leave, .speed, .abandon: nil
    }
  }

  // MARK: Events

  private func handle(_ event: TerminalEvent) {
    switch event {
    case .key(let key): perform(view.feed(key, scene, size: terminal.size))
    case .mouse(let mouse): perform(view.feed(mouse, scene, size: terminal.size))
    case .paste(let text): view.feed(paste: text)
    case .resize, .woken: needsFrame = true
    case .interrupted(let signal): status = 128 + signal
    case .hangup: status = 128 + SIGHUP
    }
  }

  private func perform(_ outcomes: [ViewOutcome]) {
    for outcome in outcomes {
      switch outcome {
      case .request(let request): trainer.post(request)
      case .giveUp: trainer.giveUp()
      case .redraw: terminal.redraw()
      case .suspend: terminal.suspend()
      case .interrupt: if !trainer.interrupt() { status = 128 + SIGINT }
      case .leave: status = 0
      }
    }
  }
}
