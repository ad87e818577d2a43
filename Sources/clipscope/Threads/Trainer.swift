import CTerminal
import Foundation
import Language
import Numerics
import Screen
import Session

/// Training beside the screen: a thread that owns the stage, behind one locked mailbox.
///
/// The main thread posts lines and keys and looks at scenes of the stage; it never waits for a step. A scene is made only
/// when it was asked for, so a screen that draws 30 frames a second costs the training 30 scenes a second.
final class Trainer: Sendable {
  /// What the main thread sees.
  struct News: Sendable {
    /// The newest scene.
    var scene: Scene
    /// What commands ask of the view.
    var commands: [ViewCommand] = []
    /// Requests that still wait.
    var waiting: [ViewOutcome.Request] = []
    /// How far work has come that takes long, as a share of 1.
    var share: Double?
  }

  private struct Mailbox: Sendable {
    var news: News
    // How many requests there was no room for.
    var unheard = 0
    var isAskedFor = true
    var isStopping = false
    // What takes long is given up.
    var givesUp = false
    var workBegan: ContinuousClock.Instant?
    // What the end has to wait for: a trace to be put in place, requests that are being done.
    var isWriting = false
    var isAnswering = false
    // Whether a command is being done, and no step is made.
    var isActing = false
    // What is wrong with a trace.
    var problem: FileError?
  }

  /// Readable when there is a new scene or a command for the view.
  let wake: Int32
  private let wakeEnd: Int32
  private let mailbox: Monitor<Mailbox>
  // Until it begins: a session that was long has much to remember, and is remembered once.
  private let beginning: Monitor<Stage?>
  private let place: OutputPlace
  private let speed: Double?
  private let sessions: SessionFolder?

  /// A trainer of `stage`, at `speed` steps a second, whose session is kept in a folder, if there is one.
  init(_ stage: consuming Stage, _ place: OutputPlace, speed: Double?, sessions: SessionFolder?) {
    (self.place, self.speed, self.sessions) = (place, speed, sessions)
    mailbox = Monitor(Mailbox(news: News(scene: Scene(copy stage))))
    beginning = Monitor(stage)
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0, "a pipe needs two free descriptors")
    (wake, wakeEnd) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  // MARK: From the main thread

  /// Begins.
  func start() {
    let thread = Thread {
      // A stack of its own for the crash handlers: running out of stack here must give the terminal back, too.
      guard_protect_thread()
      Effort.$current.withValue(Effort { self.report($0) }) {
        guard let stage = self.beginning.withLock({ $0.take() }) else { preconditionFailure("it begins once") }
        var training = Training(
          consume stage, self.place, speed: self.speed, session: SessionFile(self.sessions), trainer: self)
        training.run()
      }
    }
    thread.stackSize = 8 << 20
    // It inherits what is held: signals come to the main thread alone, which is also the one that closes their pipe.
    guard_hold_signals()
    thread.start()
    guard_admit_signals()
  }

  /// Asks for something; it is done before the next step.
  func post(_ request: ViewOutcome.Request) {
    mailbox.withLock { mailbox in
      // A step may take long, and a key be held meanwhile.
      if mailbox.news.waiting.count < Stage.mostWaiting || !request.isTyped {
        mailbox.news.waiting.append(request)
      } else {
        mailbox.unheard += 1
      }
    }
  }

  /// What there is to see, and to do. Another scene follows as soon as there is something new.
  func look() -> News {
    mailbox.withLock { mailbox in
      defer { mailbox.news.commands = [] }
      mailbox.isAskedFor = true
      return mailbox.news
    }
  }

  /// Ends after the step that is being made and what was asked for before. Waits for that, at most so long, where something
  /// was asked for or a trace is to be put in place.
  /// - Returns: what is wrong with a trace.
  func stop(within time: Duration) -> FileError? {
    mailbox.withLock { ($0.isStopping, $0.givesUp) = (true, true) }
    let deadline = Date(timeIntervalSinceNow: time / .seconds(1))
    return mailbox.wait { mailbox in
      let isBusy = mailbox.isWriting || mailbox.isAnswering || !mailbox.news.waiting.isEmpty
      return isBusy && Date() < deadline ? .wait(until: deadline) : .done(mailbox.problem)
    }
  }

  /// Gives up what takes long.
  func giveUp() { mailbox.withLock { $0.givesUp = true } }

  /// Gives up a command that takes time, and a step that takes long.
  /// - Returns: whether there is one.
  func interrupt() -> Bool {
    mailbox.withLock { mailbox in
      let isWorking = mailbox.isActing && mailbox.workBegan != nil || mailbox.news.share != nil
      if isWorking { mailbox.givesUp = true }
      return isWorking
    }
  }

  // MARK: From the training thread

  // Work that takes more than a moment is shown, and asked whether it goes on.
  fileprivate func report(_ share: Double) -> Bool {
    let now = ContinuousClock.now
    let (goesOn, isNews) = mailbox.withLock { mailbox in
      if share >= 1 {
        defer { (mailbox.workBegan, mailbox.news.share) = (nil, nil) }
        return (!mailbox.givesUp, mailbox.news.share != nil)
      }
      let began = mailbox.workBegan ?? now
      mailbox.workBegan = began
      let isNews = now - began > .milliseconds(300) && share - (mailbox.news.share ?? -1) > 0.01
      if isNews { mailbox.news.share = share }
      return (!mailbox.givesUp, isNews)
    }
    if isNews { wakeMain() }
    return goesOn
  }

  /// The requests that have come in, none when it is time for a step; `nil` at the end.
  /// - Parameter nextStep: when to make a step, `nil` where there is none to make.
  fileprivate func requests(
    nextStep: ContinuousClock.Instant?
  ) -> (requests: [ViewOutcome.Request], unheard: Int)? {
    mailbox.wait { mailbox in
      mailbox.isAnswering = !mailbox.news.waiting.isEmpty
      if mailbox.isAnswering {
        defer { (mailbox.news.waiting, mailbox.unheard, mailbox.givesUp) = ([], 0, mailbox.isStopping) }
        return .done((mailbox.news.waiting, mailbox.unheard))
      }
      if mailbox.isStopping { return .done(nil) }
      guard let nextStep else { return .wait(until: nil) }
      let left = nextStep - ContinuousClock.now
      return left <= .zero ? .done(([], 0)) : .wait(until: Date(timeIntervalSinceNow: left / .seconds(1)))
    }
  }

  fileprivate func note(isActing: Bool) { mailbox.withLock { $0.isActing = isActing } }

  fileprivate var isAskedFor: Bool { mailbox.withLock { $0.isAskedFor } }

  fileprivate func publish(_ scene: Scene) {
    mailbox.withLock { ($0.news.scene, $0.isAskedFor) = (scene, false) }
    wakeMain()
  }

  fileprivate func notify(_ command: ViewCommand) {
    mailbox.withLock { $0.news.commands.append(command) }
    wakeMain()
  }

  fileprivate func note(isWriting: Bool, problem: FileError? = nil) {
    mailbox.withLock { ($0.isWriting, $0.problem) = (isWriting, problem) }
  }

  private func wakeMain() {
    var byte: UInt8 = 1
    _ = Foundation.write(wakeEnd, &byte, 1)
  }
}

/// What the training thread works on; nobody else sees it.
private struct Training {
  let trainer: Trainer
  private var stage: Stage
  private var speed: Double?
  private var nextStep = ContinuousClock.now
  private var files: FileEffects
  private var session: SessionFile

  init(_ stage: consuming Stage, _ place: OutputPlace, speed: Double?, session: SessionFile, trainer: Trainer) {
    (self.stage, self.speed, self.session, self.trainer) = (stage, speed, session, trainer)
    files = FileEffects(hasScreen: true, place: place)
  }

  mutating func run() {
    perform(stage.begin())
    keep(isIdle: true)
    noteWriting()
    trainer.publish(Scene(stage))
    while true {
      // Before it waits, so that a trace can be read up to here.
      if !stage.isBusy { try? files.flush(on: &stage) }
      guard let (requests, unheard) = trainer.requests(nextStep: dueTime) else { break }
      trainer.note(isActing: !requests.isEmpty || stage.workbench.activity == .idle)
      if requests.isEmpty { advance() } else { requests.forEach { answer($0) } }
      if unheard > 0 { stage.noteUnheard(unheard) }
      keep(isIdle: !requests.isEmpty || !stage.isBusy)
      // A scenario that waits or has ended, too, leaves an experiment to look at.
      if stage.workbench.activity == .idle, stage.player.state != .playing { perform(stage.begin()) }
      if !requests.isEmpty || !stage.isBusy || trainer.isAskedFor { trainer.publish(Scene(stage)) }
    }
    keep(isIdle: true)
    session.close()
    trainer.note(isWriting: false, problem: files.finish())
  }

  // The end waits for what is being written.
  private func noteWriting() { trainer.note(isWriting: files.isWriting || session.isKept) }

  private mutating func keep(isIdle: Bool) {
    guard let problem = session.write(&stage, isIdle: isIdle) else { return }
    stage.note(problem)
    noteWriting()
  }

  // Commands are given at once, steps at the speed that was chosen.
  private var dueTime: ContinuousClock.Instant? {
    guard stage.isBusy else { return nil }
    return speed == nil || stage.workbench.activity == .idle ? .now : nextStep
  }

  private mutating func advance() {
    if let speed, stage.workbench.activity != .idle {
      // A step that took longer than its time is not made up for: held keys and slow steps leave no backlog.
      nextStep = max(nextStep + .seconds(1 / speed), ContinuousClock.now)
    }
    perform(stage.advance())
    // The first step of what comes next is due at once: one key after the other is never behind the keys.
    if stage.workbench.activity == .idle { nextStep = .now }
  }

  private mutating func answer(_ request: ViewOutcome.Request) {
    switch request {
    case .line(let line): perform(stage.type(line))
    case .key(let key, let count): perform(stage.type(key, count: count))
    case .answer(let isAllowed, let question): perform(stage.answer(isAllowed, to: question))
    case .leave(let question): perform(stage.leave(question))
    case .abandon: stage.abandon()
    case .speed(let speed):
      self.speed = speed
      nextStep = ContinuousClock.now
    }
  }

  private mutating func perform(_ effects: [Effect]) {
    for effect in effects {
      if case .view(let command) = effect { trainer.notify(command) }
      // There is no trace of the command line's own, so nothing is thrown.
      try? files.perform(effect, on: &stage)
      if case .write = effect { noteWriting() }
    }
  }
}
