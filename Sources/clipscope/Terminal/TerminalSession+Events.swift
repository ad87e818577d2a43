import CTerminal
import Screen

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension TerminalSession {
  /// Waits until there is something to do, at most `timeoutMilliseconds` (`nil`: without an end), and says what.
  ///
  /// `wake` is a descriptor that another thread writes to; its bytes are read here. A frame that waits for a stalled
  /// terminal leaves meanwhile. Nothing has happened when the result is empty.
  func waitForEvents(wake: Int32? = nil, timeoutMilliseconds: Int? = nil) -> [TerminalEvent] {
    let deadline = timeoutMilliseconds.map { TerminalSystem.milliseconds + max(0, $0) }
    var events = unreported
    unreported = []
    while true {
      let ready = waitOnce(wake: wake, deadline: events.isEmpty ? deadline : 0)
      if ready.output { flush() }
      if ready.signals { events += readSignals() }
      if ready.input { events += readInput() }
      if ready.wake, let wake, readWake(wake) { events.append(.woken) }
      if let end = sequenceDeadline, end <= TerminalSystem.milliseconds { events += decoder.flush().map(event) }
      if !events.isEmpty || (!ready.any && deadline ?? .max <= TerminalSystem.milliseconds) { return events }
    }
  }

  // MARK: Waiting

  private struct Ready {
    var input: Bool
    var signals: Bool
    var wake: Bool
    var output: Bool
    var any: Bool { input || signals || wake || output }
  }

  private func waitOnce(wake: Int32?, deadline: Int?) -> Ready {
    let end = [deadline, sequenceDeadline].compactMap { $0 }.min()
    let ready = TerminalSystem.wait(
      readable: [inputIsClosed ? nil : input, guard_signal_descriptor(), wake == closedWake ? nil : wake],
      writable: outbox.isEmpty || inputIsClosed ? nil : output,
      milliseconds: end.map { max(0, $0 - TerminalSystem.milliseconds) })
    return Ready(
      input: ready.readable[0], signals: ready.readable[1], wake: ready.readable[2], output: ready.writable)
  }

  /// When the beginning of a sequence that has come in is no longer one.
  private var sequenceDeadline: Int? { decoder.patience.map { lastInput + $0 } }

  // MARK: Reading

  private func readInput() -> [TerminalEvent] {
    if let bytes = TerminalSystem.readBytes(input), !bytes.isEmpty {
      lastInput = TerminalSystem.milliseconds
      return decoder.feed(bytes).map(event)
    } else if TerminalSystem.isTemporary {
      return []
    }
    inputIsClosed = true
    return [.hangup]
  }

  private func event(_ input: KeyDecoder.Input) -> TerminalEvent {
    switch input {
    case .key(let key): .key(key)
    case .paste(let text): .paste(text)
    case .mouse(let mouse): .mouse(mouse)
    }
  }

  /// False when the other end is closed; it would be readable for ever, and is not asked again.
  private func readWake(_ wake: Int32) -> Bool {
    if let bytes = TerminalSystem.readBytes(wake), bytes.isEmpty { closedWake = wake }
    return closedWake != wake
  }

  // MARK: Signals

  private func readSignals() -> [TerminalEvent] {
    var events: [TerminalEvent] = []
    var isContinued = false
    var isResized = false
    var isEnding = false
    var isTyped = false
    while case let number = guard_next_signal(&isTyped), number != 0 {
      if isTyped && [SIGINT, SIGQUIT, SIGTSTP].contains(number) { recoverFromTypedSignal() }
      switch number {
      case SIGWINCH: isResized = true
      case SIGCONT: isContinued = true
      case SIGTSTP: events.append(.key(.control("z")))
      case SIGINT where isTyped: events.append(.key(.control("c")))
      default:
        isEnding = true
        events.append(.interrupted(signal: number))
      }
    }
    // Stopped and continued behind our back, by SIGSTOP: the shell has had the terminal meanwhile.
    if isContinued && !isEnding { reacquire() }
    // Dragged away and back the terminal has the size that it had, and has lost what was painted meanwhile.
    if isResized { redraw() }
    if updateSize() || isContinued || isResized { events.append(.resize(size)) }
    return events
  }

  /// When Ctrl-C, Ctrl-Z or Ctrl-\ is typed the terminal throws away input that was not read, which is wanted, and
  /// output that was under way, so that nobody knows what it shows. It is also the way out of a paste without an end.
  private func recoverFromTypedSignal() {
    decoder.reset()
    guard_lost_output()
    outbox = Array(TerminalCapabilities.recovery.utf8)
    options.recorder?.output(outbox)
    redraw()
  }
}
