import Language

extension KeyBindings {
  /// What a key types, as things stand; `nil` for a key that is not bound.
  /// - Parameter count: the digits that were typed before it: so many steps or phases, or the line so many times.
  public func lines(for key: Key, count: Int?, _ stage: Stage) -> [String]? {
    guard let binding = bindings.first(where: { $0.key == key }) else { return nil }
    let line = binding.otherwise.flatMap { stage.isAlready(binding.line) ? $0 : nil } ?? binding.line
    guard let count, let command = try? Parser.commands(in: line).first?.command else { return [line] }
    switch command {
    case .step: return [Command.step(count).text]
    case .phase: return [Command.phase(count).text]
    case .run: return [Command.run(count).text]
    default: return Array(repeating: line, count: min(count, 60))
    }
  }
}

extension Stage {
  /// Whether a line would change nothing: it asks to run what runs, or to switch on what is on. A scenario that plays
  /// runs between its commands, too.
  func isAlready(_ line: String) -> Bool {
    let runs = workbench.activity != .idle || playback == .playing
    return switch try? Parser.commands(in: line).first?.command {
    case .run: runs
    case .clip(.on): workbench.settings.clipping.isOn
    case .clip(.off): !workbench.settings.clipping.isOn
    case .stop: !runs
    default: false
    }
  }
}
