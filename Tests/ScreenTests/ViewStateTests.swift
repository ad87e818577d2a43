import Language
import Optimization
import Screen
import Session
import Stories
import Testing
import Training

/// What keys do to the view, without a terminal; and scenes that no experiment has filled.
@Suite struct ViewStateTests {
  private let size = GridSize(columns: 80, rows: 24)

  private func scene(_ story: String = "\(small); step 3", waits: Bool = false) throws -> Scene {
    Scene(try Stage.told(story, waits: waits))
  }

  /// Feeds keys one after the other, and returns what they came to.
  private func feed(_ view: inout ViewState, _ keys: [Key], _ scene: Scene) -> [ViewOutcome] {
    keys.flatMap { view.feed($0, scene, size: size) }
  }

  private func type(_ text: String) -> [Key] { text.map { $0 == " " ? .named(.space) : .character($0) } }

  @Test("Keys of the experiment are handed on, with their count; keys of the view change it and nothing else")
  func commandKeys() throws {
    var view = ViewState()
    let scene = try scene()
    #expect(feed(&view, type("n"), scene) == [.request(.key(.character("n"), count: nil))])
    #expect(feed(&view, type("12n"), scene) == [.request(.key(.character("n"), count: 12))])
    #expect(view.count == nil)
    #expect(feed(&view, [.named(.down), .named(.down), .named(.up)], scene).isEmpty && view.cursor == 1)
    #expect(feed(&view, [.named(.end)], scene).isEmpty && view.cursor == 3)
    #expect(feed(&view, [.named(.tab)], scene).isEmpty && view.panel == .total)
    #expect(feed(&view, [.named(.escape)], scene).isEmpty && view.panel == .overview)
    #expect(feed(&view, [.control("l"), .control("z")], scene) == [.redraw, .suspend])
    #expect(feed(&view, type("]"), scene) == [.request(.speed(nil))])
    #expect(feed(&view, type("xQ"), scene).isEmpty, "no key of that name")
    #expect(feed(&view, type("q"), scene) == [.leave])
    #expect(feed(&view, [.control("c")], scene) == [.interrupt])
  }

  @Test("Escape stops what takes long, and closes nothing with it; Ctrl-C is heard also in front of a question")
  func stopsWhatTakesLong() throws {
    var scene = try scene()
    var view = ViewState()
    (view.share, view.panel) = (0.25, .total)
    #expect(feed(&view, [.named(.escape)], scene) == [.giveUp] && view.panel == .total)
    #expect(feed(&view, [.control("c")], scene) == [.interrupt] && view.panel == .total)
    (scene.step, scene.player) = (5, .none)
    #expect(feed(&view, type("N"), scene).isEmpty)
    guard case .question = view.entry else {
      Issue.record("there is no question")
      return
    }
    #expect(feed(&view, [.control("c")], scene) == [.interrupt])
  }

  @Test(
    "What gives up what there is asks first: y does it, n and Escape do not, other keys wait. What undo brings back does not"
  )
  func givesUp() throws {
    var scene = try scene()
    (scene.step, scene.player) = (5, .none)
    for (key, outcomes) in [
      (Key.character("y"), [ViewOutcome.request(.line("lesson next"))]), (.character("n"), []), (.named(.escape), []),
    ] {
      var view = ViewState()
      #expect(feed(&view, type("r"), scene) == [.request(.key(.character("r"), count: nil))])
      #expect(feed(&view, type("N") + type("xz"), scene).isEmpty)
      #expect(feed(&view, [key], scene) == outcomes)
      guard case .none = view.entry else {
        Issue.record("the question is answered")
        return
      }
    }
  }

  @Test("A scenario's question comes when nothing else is entered, and goes when it is no longer asked")
  func question() throws {
    func ask(_ number: Int) throws -> (Player.Question, Scene) {
      let question = Player.Question(.trace(path: "x.jsonl"), number: number)
      var scene = try scene()
      scene.player = .asking(question)
      return (question, scene)
    }
    let (question, asking) = try ask(1)
    var view = ViewState()
    _ = feed(&view, type(":n"), asking)
    view.look(at: asking)
    #expect(feed(&view, type("y"), asking).isEmpty, "that is typed at the prompt")
    _ = feed(&view, [.named(.escape)], asking)
    view.look(at: asking)
    // A key that is held, and Enter alone, which may be meant for the lesson, answer nothing.
    for held in ["y", "yyyy", "n", "", " ", "YES", "yes "] {
      #expect(feed(&view, type(held) + [.named(.enter)], asking).isEmpty, "\(held)")
      guard case .permission(question, _) = view.entry else {
        Issue.record("\(held) is no answer")
        return
      }
    }
    #expect(feed(&view, type("yes"), asking).isEmpty, "before Enter it is not said")
    #expect(feed(&view, [.named(.enter)], asking) == [.request(.answer(true, to: question))])
    // The scene is still the old one: the question is not asked twice.
    view.look(at: asking)
    guard case .none = view.entry else {
      Issue.record("it is answered")
      return
    }
    // The same file once more is another question; and one that nobody answered gives way to the next.
    for number in [2, 3] {
      let (next, its) = try ask(number)
      view.look(at: its)
      guard case .permission(next, _) = view.entry else {
        Issue.record("question \(number) is asked")
        return
      }
    }
    view.look(at: try scene())
    #expect(feed(&view, type("n"), try scene()) == [.request(.key(.character("n"), count: nil))])
  }

  @Test("The prompt hands on a line, does the view's own commands at once, and keeps a line that is wrong")
  func prompt() throws {
    let scene = try scene()
    var view = ViewState()
    #expect(feed(&view, type(":step 3; norms") + [.named(.enter)], scene) == [.request(.line("step 3; norms"))])
    #expect(feed(&view, type(":scroll last; panel next") + [.named(.enter)], scene).isEmpty)
    #expect(view.cursor == 3 && view.panel == .total)
    #expect(feed(&view, type(":bind x norms") + [.named(.enter)], scene) == [.request(.line("bind x norms"))])
    #expect(feed(&view, type(":stpe 3") + [.named(.enter)], scene).isEmpty)
    #expect(view.candidates.first?.contains("did you mean step") == true)
    guard case .prompt(let editor) = view.entry else {
      Issue.record("the line is there to be mended")
      return
    }
    #expect(editor.text == "stpe 3")
    view.feed(paste: " # no")
    _ = feed(&view, [.named(.escape)], scene)
    view.feed(paste: "q")
    #expect(
      feed(&view, type(":") + [.named(.up), .named(.up), .named(.enter)], scene) == [.request(.line("bind x norms"))])
  }

  @Test("A key that the scenario waits for is handed on, also where it means something else")
  func awaited() throws {
    let waiting = try scene("\(small); step 3; pause r; step", waits: true)
    var view = ViewState()
    #expect(feed(&view, type("r"), waiting) == [.request(.key(.character("r"), count: nil))])
    #expect(feed(&view, type("?"), waiting).isEmpty && view.help != nil)
  }

  @Test("Tab passes over views that have nothing to show, and a view that is no longer there gives way to the overview")
  func views() throws {
    let misfit = try scene("task adding; model mlp")
    var view = ViewState()
    view.panel = .loss
    #expect(render(misfit, view, size: size) == render(misfit, ViewState(), size: size))
    view.panel = .overview
    _ = feed(&view, [.named(.tab)], misfit)
    #expect(view.panel == .log)
    _ = feed(&view, [.named(.tab)], misfit)
    #expect(view.panel == .overview)
    let inTab = View.all.filter { $0 != .lessons }
    let whole = try scene()
    var seen: [String] = []
    for _ in inTab {
      seen.append(view.panel.name)
      _ = feed(&view, [.named(.tab)], whole)
    }
    #expect(seen == inTab.map(\.name) && view.panel == .overview)
    let help = ViewState.help(KeyBindings()).joined(separator: "\n")
    for view in View.all { #expect(help.contains("  " + view.title) && help.contains(view.reading)) }
  }

  @Test("A log of a run elsewhere fills a scene: every 500th step, no experiment, no session")
  func elsewhere() {
    var scene = Scene()
    scene.title = Scene.Title(model: "gpt 12 layers", task: "wikitext", optimizer: "adamw lr 3e-4", details: ["run 7"])
    scene.parameters = [
      Scene.Parameter(name: "wte.weight", shape: [50257, 768]), Scene.Parameter(name: "h.0.attn", shape: [2304]),
    ]
    scene.history = History(parameters: 2)
    for step in stride(from: 500, through: 40_000, by: 500) {
      let norms = GradientNorms(perParameter: [3, 4], total: step == 9000 ? 5000 : 5, order: 2)
      var clipping = Clipping()
      clipping.isOn = step > 20_000
      clipping.rule = .norm(ClipNorm(maxNorm: step > 30_000 ? 20 : 2))
      scene.clipping = clipping
      let record = StepRecord(
        step: step, loss: 4, before: norms, outcome: .untouched(norms), nonfinite: [], weightNorms: [1, 1],
        updateRatios: [0.1, 0.1], saturated: nil, learningRate: 3e-4, clipping: clipping)
      scene.history.append(record)
      scene.present = Present(record)
    }
    scene.step = 40_000
    for panel in View.all {
      var view = ViewState()
      view.panel = panel
      let text = render(scene, view, size: GridSize(columns: 120, rows: 36)).plainText
      #expect(text.contains("gpt 12 layers · wikitext · adamw lr 3e-4 · run 7") && text.contains("step 40000"))
      if panel == .overview || panel == .parameters { #expect(text.contains("wte.weight")) }
      guard panel == .total else { continue }
      #expect(text.contains("1e3┤") && (text.contains("⢸") || text.contains("⡇")), "\(text)")
      #expect(text.contains("└500─") && text.contains("step 40000"), "the ends of the axis of steps")
      // Over each record at the value that it had: dashed for the first half, then drawn at 2, then at 20. What is passed on
      // is drawn over it.
      let grid = render(scene, view, size: GridSize(columns: 120, rows: 36))
      let limits = (0..<36).map { row in (0..<120).map { grid[$0, row] }.filter { $0.style.ink == .limit } }
      #expect(
        limits.contains { $0.contains { $0.glyph == "╌" } } && limits.count { $0.contains { $0.glyph == "─" } } == 2,
        "\(text)")
    }
  }
}
