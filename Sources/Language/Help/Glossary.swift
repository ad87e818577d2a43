/// The words that stand on the screen, and what they mean.
public enum Glossary {
  /// A word, or some that mean the same, and what it means.
  public struct Entry: Sendable {
    /// The words, the first as help lists it.
    public let words: [String]
    /// What they mean, in a sentence.
    public let meaning: String

    init(_ words: String..., is meaning: String) { (self.words, self.meaning) = (words, meaning) }
  }

  /// All entries, in the order of the screen.
  public static let entries = [
    Entry("gradient", "gradients", is: "for each number of the network: how the loss changes where that number does"),
    Entry(
      "norm", is: "the length of a list of numbers: how large they are together (norm_type says how they are added up)"),
    Entry(
      "total norm", "total_norm", "total", is: "the norm of all gradients together: what clip_grad_norm_ returns"),
    Entry("before", is: "the total norm before clipping, as the backward pass left it"),
    Entry("after", "total_norm_after", is: "the total norm after clipping: what the optimizer gets to see"),
    Entry("factor", is: "what clipping multiplies every gradient by: max_norm / (total norm + 0.000001), at most 1"),
    Entry("clipped", is: "steps in which the rule changed a gradient; 'of the last 100' counts the newest 100 steps"),
    Entry("duty", is: "the share of the last 100 steps that were clipped"),
    Entry(
      "max_norm",
      is: "the threshold: a total norm above it is scaled down to it; pink, a line as it was, and a dash behind a row"
    ),
    Entry(
      "norm_type", "order",
      is: "how a norm adds up: 2 the root of the sum of squares, 1 the sum of sizes, inf the largest size"),
    Entry("loss", is: "how wrong the network is on the batch of the step, before the update; training makes it small"),
    Entry("lr", "learning rate", is: "the learning rate: how far a step goes for each unit of gradient"),
    Entry("seed", is: "what torch.manual_seed gets: it decides all that is drawn at random"),
    Entry("init", is: "how the network's weights begin, where it is not as PyTorch begins them"),
    Entry(
      "step", "steps", is: "one update of the weights: a batch forward, its gradients backward, clipping, the optimizer"
    ),
    Entry(
      "digest",
      is:
        "the eight digits at the top right: a checksum of all that training has come to (weights, what optimizer and clipping "
        + "remember, the random numbers, the step); settings are not in it"),
    Entry(
      "share", "share of norm²", "of total",
      is: "what a parameter adds to the total: its norm to the power of the order (squared, for 2) over the total's"),
    Entry(
      "↗", "grows", "growing",
      is: "the median of the newest 25 of the last 100 norms is at least 3 times that of the oldest 25"),
    Entry("↘", "fades", "vanishing", is: "it is at most a third of that"),
    Entry(
      "saturated",
      is: "the share of hidden activations, of each unit for each example of the batch, that let no gradient "
        + "through: at the flat ends of tanh or sigmoid, or at zero behind relu. A relu at zero for one example is not dead"
    ),
    Entry(
      "dead", "units",
      is: "the share of relu units (of a convolution its channels) that were at zero for every example of the last "
        + "ten steps: they get no gradient"),
    Entry(
      "update", "largest update", "update_ratio",
      is: "how far the last step moved a parameter, over its own norm; a parameter that was 0 has none"),
    Entry(
      "scale",
      is:
        "each small chart goes from the smallest to the largest norm in it, a twin's too, and over no less than a decade"
    ),
    Entry("log", "log scale", is: "an axis on which equal distances are equal factors"),
    Entry("±log", is: "an axis for both signs: linear between -1 and 1, equal factors beyond"),
    Entry("linear", is: "an axis on which equal distances are equal differences"),
    Entry(
      "past", "◂",
      is:
        "you stand before the end of what was trained: charts show all of it with a line at now, numbers are those of now; "
        + "} goes to the end"),
    Entry("end", is: "the last position that was ever reached on this branch; from there on steps are new ones"),
    Entry(
      "time", "▾", "┄", "┅",
      is:
        "the line of time of this branch: ◆ now; behind it ━ steps that were clipped and ─ that were not, ahead ┅ and ┄ the "
        + "same, which walking on makes again with all that was changed; × not finite, ▾ a mark, · no step; a click goes there"
    ),
    Entry(
      "branch", "main", "b1",
      is: "a way that the experiment has gone: a change in the past begins one, and the old future stays, in grey; "
        + "goto main:end leads there"),
    Entry(
      "x1", "experiment",
      is: "an experiment: restart and set-up begin another, x2; goto x1:end leads back to the first, on its branch"),
    Entry(
      "twin",
      is: "a second run beside the first on the same batches, yellow and dashed; its words say what makes it another"),
    Entry("parted", "equal", is: "the first step after which run and twin have other parameters or optimizer state"),
    Entry("distance", is: "how far the twin's parameters are from the run's, over the length of the run's"),
    Entry("mark", is: "a position with a name: goto mark NAME leads there"),
    Entry("undone", "redone", is: "what undo or redo took back, and where that was given; nothing is lost by it"),
    Entry(
      "ghost", "↑",
      is: "the run before the last restart, in grey, to compare with; ↑ how far it went where the axis does not reach; "
        + "Esc sends it away"),
    Entry("×", "NaN", is: "not a number: once a norm is, every weight that it touches is, too"),
    Entry("∞", "inf", "INFINITE", is: "larger than a float32 can be, about 3.4e38"),
    Entry("CLIPPED", is: "the rule has changed the gradients of this step"),
    Entry("SKIPPED", "left out", is: "the rule skip has left this step out: nothing was updated"),
    Entry(
      "EXPLODING", is: "nothing was clipped, and the norm is above 10 times the median of up to 100 norms before it"),
    Entry("zero", is: "the first phase of a step: gradients to zero, optimizer.zero_grad()"),
    Entry("forward", is: "the second phase: the batch through the network, and its loss"),
    Entry("backward", is: "the third phase: loss.backward(), the gradients"),
    Entry(
      "held", "✓",
      is: "of a lesson: you have stopped it, and space lets it go on; of a line in the log: what it expects is so"),
    Entry(
      "session", "sessions",
      is:
        "what you do on a screen is kept: clipscope --resume goes on where the last one was left, clipscope sessions lists them"
    ),
    Entry("radius", is: "the spectral radius of a weight: how much it stretches, in the limit, what is fed back to it"),
    Entry("nonfinite", is: "how many parameters have a gradient with an element that is NaN or infinite"),
    Entry("idle", is: "nothing is being made: space trains"),
    Entry("parameter", "weight", "bias", is: "the network's numbers, in lists with PyTorch's names"),
    Entry("layer", is: "a weight and its bias; in the chart by layer each is one bar"),
    Entry(
      "mouse",
      is: "a click chooses a parameter, a second opens it, the wheel zooms; with Shift the terminal selects text, "
        + "with --no-mouse it always does"),
    Entry("phase", "phases", is: "one of the six parts of a step; . makes the next one"),
    Entry("clip_grad_norm_", is: "torch.nn.utils.clip_grad_norm_, which clip norm is: one factor for all gradients"),
    Entry("median", is: "the middle one of some numbers in order of size: a single spike does not move it"),
    Entry("off", is: "clipping does nothing: gradients are measured, and left as they are"),
    Entry("page", is: "a part of words that are longer than their panel; space turns it"),
    Entry("zoom", is: "4× shows a quarter of the steps; z and Z turn it, Esc shows all"),
    Entry("T", is: "how many time steps a sequence has"),
    Entry("[norm]", is: "the phase in brackets is the last that was made of an open step"),
    Entry(
      "▶", "◆", "‖", "●", is: "▶ a lesson plays, ◆ it waits for a key, ‖ nothing is being made, ● steps are being made"),
    Entry("to go", is: "how many steps that you asked for are still to be made; Esc forgets what waits behind them"),
    Entry("◌", is: "work that takes long, and how much of it is done; Esc stops it"),
    Entry("act", is: "a part of a lesson: 3/7 is the third of seven"),
    Entry("by layer", is: "one bar for each layer, the first at the left: blue is passed on, orange was clipped away"),
    Entry(
      "band", "dots",
      is: "where several steps share a column: dots from the smallest to the largest, the line is the last"),
  ]

  /// The entry of a word; `nil` if there is none.
  static func entry(_ word: String) -> Entry? {
    entries.first { $0.words.contains(word) }
      ?? entries.first { $0.words.contains { $0.lowercased() == word.lowercased() } }
  }

  /// The page about what stands on the screen.
  public static var screen: [String] {
    ["THIS SCREEN  (help WORD shows one of them)"]
      + entries.map { entry in
        "  " + entry.words[0] + String(repeating: " ", count: max(1, 14 - entry.words[0].count)) + entry.meaning
      }
  }
}
