import CTerminal
import Commands
import Foundation
import Screen
import Training

/// Training beside the screen: a thread that owns the stage, behind one locked mailbox.
///
/// The main thread posts lines and keys and looks at copies of the stage; it never waits for a step. A copy is made only
/// when it was asked for, so a screen that draws 30 frames a second costs the training 30 copies a second.
final class Trainer: @unchecked Sendable {
  /// What the main thread may ask for.
  enum Request: Sendable {
    /// A line from the prompt.
    case line(String)
    /// A key that was pressed, with its count; what it types depends on how things stand when it takes effect.
    case key(Key, count: Int?)
    /// Whether a file that the scenario wants to write may be written.
    case permission(Bool)
    /// Steps a second, `nil` for as fast as it goes.
    case speed(Double?)
  }

  /// What the main thread has to do.
  enum Notice: Sendable {
    case help(String?)
    case view(ViewCommand)
    case bind(Key, line: String, otherwise: String?)
    case mayWrite(path: String)
    case quit
  }

  /// Readable when there is a new copy or a notice.
  let wake: Int32
  private let wakeEnd: Int32
  private let lock = NSCondition()

  // Guarded by the lock.
  private var inbox: [Request] = []
  private var outbox: [Notice] = []
  private var published: Stage
  private var digest: String?
  private var isAskedFor = true
  private var isStopping = false
  private var hasTrace = false

  // The thread's own.
  private var stage: Stage
  private var bindings = KeyBindings()
  private var speed: Double?
  private var nextStep = ContinuousClock.now
  private var trace: NewFile?
  private var wanted: Effect?

  /// A trainer of `stage`, at `speed` steps a second.
  init(_ stage: Stage, speed: Double?) {
    self.stage = stage
    self.speed = speed
    published = stage
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
    let thread = Thread { self.work() }
    thread.stackSize = 8 << 20
    // It inherits what is held: signals come to the main thread alone, which is also the one that closes their pipe.
    guard_hold_signals()
    thread.start()
    guard_admit_signals()
  }

  /// Asks for something; it is done before the next step.
  func post(_ request: Request) {
    lock.withLock { inbox.append(request) }
    lock.signal()
  }

  /// The newest copy of the stage and its digest, what there is to do, and the requests that still wait. Another copy
  /// follows as soon as there is something new.
  func look() -> (stage: Stage, digest: String?, notices: [Notice], waiting: [Request]) {
    lock.withLock {
      defer { outbox = [] }
      isAskedFor = true
      lock.signal()
      return (published, digest, outbox, inbox)
    }
  }

  /// Ends after the step that is being made. Waits for that, at most so long, where a trace is to be put in place.
  func stop(within time: Duration) {
    let deadline = Date(timeIntervalSinceNow: time / .seconds(1))
    lock.lock()
    defer { lock.unlock() }
    isStopping = true
    lock.signal()
    while hasTrace, lock.wait(until: deadline) { continue }
  }

  // MARK: On the thread

  private func work() {
    // A stack of its own for the crash handlers: running out of stack here must give the terminal back, too.
    guard_protect_thread()
    take(stage.settle(), isScenarios: false)
    publish()
    while let requests = waitForWork() {
      if requests.isEmpty {
        proceed()
      } else {
        requests.forEach(answer)
      }
      // A scenario that waits or has ended, too, leaves an experiment to look at.
      if stage.workbench.activity == .idle, stage.playback != .playing { take(stage.settle(), isScenarios: false) }
      publishIfAskedFor(always: !requests.isEmpty || !isBusy)
    }
    try? trace?.finish()
    lock.withLock { hasTrace = false }
    lock.signal()
  }

  private var isBusy: Bool { stage.isBusy && wanted == nil }

  /// Requests, or none when it is time for a step; `nil` at the end.
  private func waitForWork() -> [Request]? {
    lock.lock()
    defer { lock.unlock() }
    while true {
      if isStopping { return nil }
      if !inbox.isEmpty {
        defer { inbox = [] }
        return inbox
      }
      guard isBusy else {
        lock.wait()
        continue
      }
      let left = nextStep - ContinuousClock.now
      if speed == nil || stage.workbench.activity == .idle || left <= .zero { return [] }
      _ = lock.wait(
        until: Date(timeIntervalSinceNow: Double(left.components.attoseconds) / 1e18 + Double(left.components.seconds)))
    }
  }

  private func proceed() {
    if let speed, stage.workbench.activity != .idle {
      // A step that took longer than its time is not made up for: held keys and slow steps leave no backlog.
      nextStep = max(nextStep + .seconds(1 / speed), ContinuousClock.now)
    }
    let isScenarios = stage.isScenariosTurn
    take(stage.proceed(), isScenarios: isScenarios)
  }

  private func answer(_ request: Request) {
    switch request {
    case .line(let line): take(stage.type(line), isScenarios: false)
    case .key(let key, let count):
      // A key that the scenario waits for does its own work first: a step of the viewer's holds a scenario that plays.
      let isAwaited = stage.playback == .waiting(key)
      if !isAwaited, stage.press(key) { return }
      if !(isAwaited && key == .named(.space)) {
        for line in bindings.lines(for: key, count: count, stage) ?? [] {
          take(stage.type(line), isScenarios: false)
        }
      }
      if isAwaited { _ = stage.press(key) }
    case .permission(let isGiven): permit(isGiven)
    case .speed(let speed):
      self.speed = speed
      nextStep = ContinuousClock.now
    }
  }

  // MARK: Effects

  private func take(_ effects: [Effect], isScenarios: Bool) {
    for effect in effects {
      switch effect {
      case .began: write { TraceText.header($0) }
      case .stepped(let record): write { TraceText.line(record, $0) }
      case .save(let path, _), .trace(let path):
        if isScenarios {
          wanted = effect
          notify(.mayWrite(path: path))
        } else {
          keep(effect)
        }
      case .help(let topic): notify(.help(topic))
      case .view(let view): notify(.view(view))
      case .bind(let key, let line, let otherwise):
        bindings.bind(key, to: line, otherwise: otherwise)
        notify(.bind(key, line: line, otherwise: otherwise))
      case .quit: notify(.quit)
      case .phased, .note, .output, .said, .paused, .failed, .expected: break
      }
    }
  }

  private func permit(_ isGiven: Bool) {
    guard let effect = wanted else { return }
    wanted = nil
    if isGiven { keep(effect) } else { stage.note(.note("the file was not written")) }
  }

  private func keep(_ effect: Effect) {
    do throws(FileError) {
      switch effect {
      case .save(let path, let contents):
        let file = try NewFile(path, replaces: false)
        try file.write(line: contents.hasSuffix("\n") ? String(contents.dropLast()) : contents)
        try file.finish()
        stage.note(.note("saved as \(VisibleText.of(path))"))
      case .trace(let path):
        try trace?.finish()
        trace = try NewFile(path, replaces: false)
        lock.withLock { hasTrace = true }
        stage.note(.note("the trace goes to \(VisibleText.of(path)), which appears when clipscope ends"))
        write { TraceText.header($0) }
      default: break
      }
    } catch {
      stage.fileFailed(error)
    }
  }

  private func write(_ line: (Experiment) -> String) {
    guard let trace, let experiment = stage.workbench.experiment else { return }
    do throws(FileError) {
      try trace.write(line: line(experiment))
    } catch {
      self.trace = nil
      stage.fileFailed(error)
    }
  }

  // MARK: Publishing

  private func notify(_ notice: Notice) {
    lock.withLock { outbox.append(notice) }
    wakeMain()
  }

  private func publishIfAskedFor(always: Bool) {
    guard always || lock.withLock({ isAskedFor }) else { return }
    publish()
  }

  private func publish() {
    let digest = stage.workbench.experiment?.digest.text
    lock.withLock {
      published = stage
      self.digest = digest
      isAskedFor = false
    }
    wakeMain()
  }

  private func wakeMain() {
    var byte: UInt8 = 1
    _ = Foundation.write(wakeEnd, &byte, 1)
  }
}
