import Formats
import Language
import Training

/// `export torch`: a program in plain PyTorch that makes the steps which were made here, and prints their trace.
///
/// Written for people first: nothing but the code of these networks, tasks and rules, with every change before the step
/// that it took effect in. What it prints is `TraceText`'s lines without `kernels` and `digest`.
public enum TorchExport {
  /// The longest program that fits on a page; a longer one says the same in fewer lines where it can.
  static let page = 80

  /// The program of one experiment, or of several, one after the other; it says how many before them it leaves out.
  public static func program(_ runs: [Timeline], omitted: Int = 0) -> String {
    let plans = runs.map(TorchPlan.init)
    let title = title(plans, omitted)
    var shortest: [String]?
    for style in TorchStyle.allCases {
      let program = lines(plans, title, style)
      if program.count < shortest?.count ?? .max { shortest = program }
      if program.count <= page { break }
    }
    return (shortest ?? []).joined(separator: "\n") + "\n"
  }

  private static func title(_ plans: [TorchPlan], _ omitted: Int) -> String {
    if omitted > 0 { return "The last \(plans.count) of \(plans.count + omitted) experiments, one after the other" }
    return plans.count == 1 ? plans[0].title : "\(plans.count) experiments, one after the other"
  }

  private static func lines(_ plans: [TorchPlan], _ title: String, _ style: TorchStyle) -> [String] {
    let script = TorchScript(plans, style)
    let code = script.definitions.flatMap { ["", ""] + $0 } + ["", ""] + script.body
    return docstring(title, style.isTight) + imports(code) + number(style.isTight) + code
  }

  private static func docstring(_ title: String, _ isTight: Bool) -> [String] {
    let opening = "\"\"\"\(title); written by clipscope for PyTorch 2.13."
    guard !isTight else { return [opening + "\"\"\"", ""] }
    return [
      opening, "",
      "Prints a JSON line for each step: its loss, and the norms of its gradients before and after clipping.\"\"\"", "",
    ]
  }

  private static func imports(_ code: [String]) -> [String] {
    let table = code.contains { $0.contains("csv.") } ? ["import csv"] : []
    let ordered = code.contains { $0.contains("OrderedDict(") } ? ["from collections import OrderedDict"] : []
    let functional = code.contains { $0.contains("F.") } ? ["import torch.nn.functional as F"] : []
    return table + ["import json", "import math"] + ordered + ["", "import torch"] + functional + [
      "from torch import nn"
    ]
  }

  private static func number(_ isTight: Bool) -> [String] {
    let what = "A float32 in its shortest digits, or \"nan\", \"inf\", \"-inf\": JSON has no words for those."
    return ["", ""] + (isTight ? ["def number(x):  # \(what)"] : ["def number(x):", "    \"\"\"\(what)\"\"\""]) + [
      "    digits = (float(f\"{x:.{n}g}\") for n in range(1, 10))",
      "    return next((v for v in digits if math.isfinite(v) and torch.tensor(v) == x), str(float(x)))",
    ]
  }
}

/// How a program says things, from the most readable to the shortest.
enum TorchStyle: CaseIterable {
  /// With room between its parts.
  case spacious
  /// In as few lines as can be read.
  case tight
  /// The same, and all kinds of recurrent networks are one class.
  case shared

  /// Whether it must save lines.
  var isTight: Bool { self != .spacious }
}

extension [String] {
  /// The lines one level deeper; empty ones stay empty.
  var indented: [String] { map { $0.isEmpty ? "" : "    " + $0 } }
}
