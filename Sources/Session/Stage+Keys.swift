import Language

extension Stage {
  /// Does what a key types. A key that the scenario waits for does its own work first: a step of the viewer's holds a scenario
  /// that plays.
  /// - Returns: what there is to tell.
  public mutating func type(_ key: Key, count: Int?) -> [Effect] {
    let isAwaited = player.state == .waiting(key)
    if !isAwaited, press(key) { return [] }
    var effects: [Effect] = []
    let refused = refusals
    if isAwaited, key != .named(.space), beginsAfresh(key) {
      // It is the lesson's own restart, and does not end it.
      resumeAndPress(key, &effects)
      return effects
    }
    if !(isAwaited && key == .named(.space)) {
      for line in lines(for: key, count: count) ?? [] { effects += type(line) }
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
      isClipping: workbench.settings.clipping.isOn)
  }

  private func beginsAfresh(_ key: Key) -> Bool {
    (lines(for: key, count: nil) ?? []).contains { line in
      (try? Parser.commands(in: line))?.contains { $0.command.kind == .setUp } ?? false
    }
  }

  private mutating func resumeAndPress(_ key: Key, _ effects: inout [Effect]) {
    let line = player.lastLine
    _ = press(key)
    effects += press(key, at: line)
  }
}
