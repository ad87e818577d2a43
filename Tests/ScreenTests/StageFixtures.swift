import Stories
import Language
import Screen
import Session
import Training

extension Stage {
  /// What has been measured, one line of the viewer's later.
  func after(_ line: String) -> Stage {
    var stage = self
    _ = stage.type(line)
    while stage.isBusy { _ = stage.advance() }
    return stage
  }
}

/// A stage as it is drawn.
func render(_ stage: Stage, _ view: ViewState, size: GridSize) -> CellGrid { render(Scene(stage), view, size: size) }

/// The stages that screens are drawn of, each in a state of its own.
enum Stages {
  static let recurrent = """
    seed 0; task adding length=12 batch=4; model rnn hidden=8; init radius=1.4; optimizer sgd lr=0.02
    """
  static let exploding =
    "seed 0; task regression rows=32 batch=4; model mlp hidden=6x5 activation=none; optimizer sgd lr=300"

  /// Infinite first, then NaN.
  static let overflowing =
    "seed 0; task regression rows=32 batch=4; model simplenet hidden=8; optimizer sgd lr=30"

  static let stories: [(name: String, story: String, waits: Bool)] = [
    ("empty", "seed 0", false), ("misfit", "task adding; model mlp", false), ("calm", "\(recurrent); step 60", false),
    ("clipped", "\(recurrent); clip norm max_norm=0.2; step 60; expect loss > 0; say \"Watch weight_hh.\"", false),
    ("inf and NaN", "\(exploding); step 12; expect loss < 0", false), ("one step", "\(recurrent); step", false),
    ("in a step", "\(recurrent); step 20; phase 4", false), ("waiting", "\(recurrent); step 9; pause c; step", true),
    ("failed", "\(exploding); clip norm max_norm=1e30 error_if_nonfinite=yes; step 50; step", true),
    ("zero gradients", "task sum; model simplenet; optimizer sgd lr=0.1; init gain=0; step 5", false),
    ("order", "\(recurrent); norm_type inf; step 3; norm_type 0; step 3; norm_type -1; step; clip value; step", false),
    ("many", "task adding length=3 batch=2; model rnn hidden=2 layers=30; step 3", false),
    ("long", "\(recurrent); step 3000", false),
  ]

  static func all() throws -> [(name: String, stage: Stage)] {
    try stories.map { ($0.name, try Stage.told($0.story, waits: $0.waits)) }
  }

  /// Everything that a viewer may have on the screen, by name.
  static func views() -> [(name: String, view: ViewState)] {
    var views = View.all.map { panel in
      var view = ViewState()
      view.panel = panel
      return (panel.name, view)
    }
    func add(_ name: String, _ change: (inout ViewState) -> Void) {
      var view = ViewState()
      change(&view)
      views.append((name, view))
    }
    add("help") { $0.help = (ViewState.help(KeyBindings()), 0) }
    add("help, far down") { $0.help = (ViewState.help(KeyBindings()), 10_000) }
    add("help, nothing") { $0.help = ([], 3) }
    add("prompt") { $0.entry = .prompt(LineEditor(text: "clip norm max_norm=0.5")) }
    add("long prompt") { $0.entry = .prompt(LineEditor(text: String(repeating: "say 語é ", count: 50))) }
    add("find") { $0.entry = .find(LineEditor(text: "weight")) }
    add("question") { $0.entry = .question(givesUp: "lesson rnn-explodes") }
    add("pending") { $0.pending = ["step 5", "norms"] }
    add("candidates") { $0.candidates = ["loss", "lr", "max_norm"] }
    add("count and cursor") { ($0.count, $0.cursor, $0.speed) = (9999, 200, 0.1) }
    add("negative cursor") { $0.cursor = -5 }
    return views
  }
}
