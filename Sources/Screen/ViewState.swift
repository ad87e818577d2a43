import Language
import Session
import Training

/// What the viewer looks at and types: everything on the screen that is not the scene's.
public struct ViewState: Sendable {
  /// What stands in the last line instead of the keys.
  public enum Entry: Sendable {
    /// The keys.
    case none
    /// The prompt.
    case prompt(LineEditor)
    /// The search for a parameter.
    case find(LineEditor)
    /// Whether this line, which gives up the experiment that there is, is meant: y or n.
    case question(givesUp: String)
    /// Whether the scenario may write a file: a word and Enter, so that no key that is held answers it.
    case permission(Player.Question, LineEditor)
  }

  /// The least steps a second: at fewer nobody would know whether it runs.
  public static let slowest = 0.1

  /// The view in front.
  public var panel = View.overview
  /// The parameter under the cursor.
  public var cursor = 0
  /// The choice under the cursor of the page of lessons.
  public var choice = 0
  /// The page of a lesson's words, from 0.
  public var page = 0
  /// How many lines the log is scrolled back.
  public var logScroll = 0
  /// How many times the charts were zoomed in: each shows half of the steps.
  public var zoom = 0
  /// The record that the charts stay around; the newest ones where it is `nil`.
  public var center: Int?
  /// What is being entered.
  public var entry = Entry.none
  /// What Tab found at the prompt.
  public var candidates: [String] = []
  /// The lines of help, where help is open, and how far they are scrolled.
  public var help: (lines: [String], scroll: Int)?
  /// Lines that were typed while a step was being made, and wait for its end.
  public var pending: [String] = []
  /// How far work has come that takes long and keeps steps from being made, as a share of 1.
  public var share: Double?
  /// Digits typed before a key.
  public var count: Int?
  /// Steps a second of a replay, `nil` for as fast as it goes.
  public var speed: Double?
  /// Whether panels are fewer and larger, for a class room.
  public var isBig = false
  /// Whether only characters below 0x80 may be used.
  public var isASCII = false
  /// The lines entered at the prompt.
  var promptHistory: [String] = []
  // The words that `page` is of, and the ghost that was sent away.
  private var read: (words: [String], begun: Int) = ([], 0)
  private var dismissed: Int?
  // What was given up, as long as the scene still has it: the next Esc closes something else.
  var abandoned: (waiting: Waiting, pending: [String])?
  // The scenario's question that was answered, as long as the scene still asks it.
  var answered: Player.Question?

  /// The overview, nothing typed.
  public init() {}

  /// There is a new scene. A scenario's question waits until nothing else is entered, so that no key meant for that answers
  /// it; it goes with the scene that asks it.
  public mutating func look(at scene: Scene) {
    cursor = min(cursor, max(0, scene.parameters.count - 1))
    // Words that are added leave the page where it is; other words begin at their first.
    if !scene.passage.starts(with: read.words) || scene.begun != read.begun { page = 0 }
    // Another run is looked at as a whole.
    if scene.begun != read.begun { (zoom, center) = (0, nil) }
    read = (scene.passage, scene.begun)
    while zoom > 0, scene.history.count >> (zoom - 1) <= ChartWindow.shortest { zoom -= 1 }
    if zoom == 0 || center ?? 0 >= scene.history.count { center = nil }
    if !scene.hasQueue, pending.isEmpty { abandoned = nil }
    var asked: Player.Question?
    if case .asking(let question) = scene.player { asked = question }
    if asked != answered { answered = nil }
    if case .permission(let question, _) = entry, question != asked { entry = .none }
    if let asked, answered == nil, case .none = entry { entry = .permission(asked, LineEditor()) }
  }
}

extension ViewState {
  /// What else the charts show; the run before a restart as long as nobody has sent it away.
  func others(of scene: Scene) -> [Scene.Other] {
    scene.others.filter { !$0.isGhost || scene.ghostNumber != dismissed }
  }

  /// Sends the ghost away.
  /// - Returns: whether there was one.
  mutating func dismissGhost(of scene: Scene) -> Bool {
    guard others(of: scene).contains(where: \.isGhost) else { return false }
    dismissed = scene.ghostNumber
    return true
  }

  /// The records that the charts show.
  package func window(on scene: Scene) -> ChartWindow {
    let count = scene.history.count
    guard zoom == 0 else { return ChartWindow(count: count, zoom: zoom, center: center) }
    let shown = scene.isRunning ? ChartWindow.horizon(count) : count
    return ChartWindow(
      count: others(of: scene).reduce(max(shown, scene.twin?.history.count ?? 0)) { max($0, $1.history.count) },
      zoom: 0, center: nil)
  }

  /// The part of the screen between the header and the line of time, or the phases.
  package static func area(_ size: GridSize) -> Rectangle {
    Rectangle(
      column: 0, row: 1, width: size.columns, height: max(0, size.rows - 3 - (ScrubBar.row(size) == nil ? 0 : 1)))
  }

  /// The view that is drawn: the one in front, if the scene has anything for it.
  func shown(_ scene: Scene) -> View { panel.isThere(scene) ? panel : .overview }
}
