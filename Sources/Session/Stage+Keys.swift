import Language

extension Stage {
  // Does what a key types, as things stand.
  mutating func perform(_ key: Key, _ count: Int?) -> [Effect] {
    let isAwaited = player.state == .waiting(key) && !isAway
    if !isAwaited, press(key) { return [] }
    var effects: [Effect] = []
    let refused = refusals
    if isAwaited, key != .named(.space), beginsAfresh(key) {
      // It is the lesson's own restart, and does not end it.
      resumeAndPress(key, &effects)
      return effects
    }
    if !(isAwaited && key == .named(.space)) {
      let lines = (lines(for: key, count: count) ?? []).map { (try? Parser.commands(in: $0)) ?? [] }
      effects = perform(lines: lines, from: bindings.origin(of: key))
    }
    // What was refused has done nothing: a lesson that waits for it waits on.
    if isAwaited, refusals == refused { _ = press(key) }
    return effects
  }

  /// What a key types, as things stand; `nil` for a key that is not bound.
  /// - Parameter count: the digits that were typed before it: so many steps or phases, or the line so many times.
  public func lines(for key: Key, count: Int?) -> [String]? {
    bindings.lines(
      for: key, count: count, isRunning: workbench.activity != .idle || player.state == .playing,
      isClipping: workbench.settings.clipping.isOn, hasTwin: workbench.twin != nil)
  }

  private func beginsAfresh(_ key: Key) -> Bool {
    commands(of: .key(.init(key: key, count: nil))).contains { $0.command.kind == .setUp }
  }

  private mutating func resumeAndPress(_ key: Key, _ effects: inout [Effect]) {
    let line = player.lastLine
    _ = press(key)
    effects += press(key, at: line)
  }
}

extension Waiting {
  /// What a queue holds, and the steps in front of it that a stage makes for the viewer.
  init(_ queue: TypedQueue, _ stage: Stage, withSteps: Bool = true) {
    if withSteps, stage.workbench.stepsAreViewers {
      switch stage.workbench.activity {
      case .idle, .running: break
      case .stepping(let left): steps = left
      case .phasing(let left): add("\(left) phase\(left == 1 ? "" : "s")")
      case .until(let condition, _, _): add("until \(condition.text)")
      }
    }
    // Many keys are few different ones.
    var stepsOfKeys: [TypedQueue.Stroke: Int?] = [:]
    for input in queue.all {
      switch input {
      case .line(let commands), .rest(let commands, _):
        for parsed in commands {
          if let count = parsed.command.steps { steps += count } else { add(parsed.text) }
        }
      case .key(let stroke):
        let known =
          stepsOfKeys[stroke]
          ?? stage.commands(of: input).reduce(0) { sum, parsed in
            sum.flatMap { sum in parsed.command.steps.map { sum + $0 } }
          }
        stepsOfKeys[stroke] = .some(known)
        if let count = known { steps += count } else { add(stroke.key.label) }
      }
    }
  }
}

extension Command {
  /// How many steps it makes, of one that only makes so many.
  fileprivate var steps: Int? { if case .steps(.step(let count)) = self { count } else { nil } }

  /// Whether it changes what a key types.
  var isBinding: Bool { if case .view(.bind) = self { true } else { false } }
}
