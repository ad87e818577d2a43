import Training

/// `export torch`: a program in plain PyTorch that makes the steps which were made here, and prints their trace.
///
/// Written for people: nothing but the code of these networks, tasks and rules, with every change before the step that it
/// took effect in. What it prints is `TraceText`'s lines without `kernels` and `digest`.
public enum TorchProgram {
  /// The program of one experiment, or of several, one after the other; it says how many before them it leaves out.
  public static func text(of runs: [Timeline], omitted: Int = 0) -> String {
    let plans = runs.map(TorchPlan.init)
    let distinct = plans.reduce(into: [TorchPlan]()) { if !$0.contains($1) { $0.append($1) } }
    let networks = distinct.map { TorchNetwork($0.settings) }
    let classes = classes(networks)
    let scripts = zip(distinct, networks).map { plan, network in
      let className = classes.first { $0.lines == network.lines }?.name
      return TorchScript(plan, network, className: className, isFunction: plans.count > 1).lines
    }

    var code = classes.map { ["class \($0.name)(nn.Module):"] + $0.lines.indented }
    if plans.count == 1 {
      code += scripts
    } else {
      code += scripts.indices.map { index in
        ["def experiment_\(index + 1)():", "    \"\"\"\(distinct[index].title)\"\"\""] + scripts[index].indented
      }
      code.append(plans.compactMap(distinct.firstIndex).map { "experiment_\($0 + 1)()" })
    }
    let title = plans.count == 1 ? plans[0].title : title(plans.count, omitted: omitted)
    let lines = opening(title, code.joined()) + code.flatMap { ["", ""] + $0 }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func title(_ count: Int, omitted: Int) -> String {
    (omitted > 0 ? "The last \(count) of \(count + omitted)" : "\(count)") + " experiments, one after the other"
  }

  // The classes that networks are: equal ones are one, and a number tells others of the same name apart.
  private static func classes(_ networks: [TorchNetwork]) -> [(name: String, lines: [String])] {
    networks.reduce(into: []) { classes, network in
      guard let name = network.className, !classes.contains(where: { $0.lines == network.lines }) else { return }
      let count = classes.count { $0.name.prefix(while: \.isLetter) == name }
      classes.append((count == 0 ? name : "\(name)\(count + 1)", network.lines))
    }
  }

  private static func opening(_ title: String, _ code: some Sequence<String>) -> [String] {
    ["\"\"\"\(title); written by clipscope for PyTorch 2.13.\"\"\"", ""]
      + (code.contains { $0.contains("csv.") } ? ["import csv"] : []) + ["import json", "import math", "import torch"]
      + (code.contains { $0.contains("F.") } ? ["import torch.nn.functional as F"] : [])
      + [
        "from torch import nn", "", "",
        "def number(x):  # A float32 in its shortest digits, or \"nan\", \"inf\", \"-inf\": JSON has no words for those.",
        "    digits = (float(f\"{x:.{n}g}\") for n in range(1, 10))",
        "    return next((v for v in digits if math.isfinite(v) and torch.tensor(v) == x), str(float(x)))",
      ]
  }
}
