import Training

/// `export torch`: a program in plain PyTorch that makes the steps which were made here, and prints their trace.
///
/// Written for people first: nothing but the code of this network, this task and these rules, with every change before
/// the step that it took effect in. What it prints is `TraceText`'s lines without `kernels` and `digest`.
public enum TorchExport {
  /// The program of one experiment, or of several, one after the other.
  public static func program(_ runs: [ExperimentRun]) -> String {
    let parts = runs.map { TorchParts(TorchPlan($0)) }
    var program = docstring(parts) + imports(parts) + helpers(parts)
    if parts.count == 1 {
      program += spaced(parts[0].definitions) + ["", ""] + parts[0].body
    } else {
      program += functions(parts)
    }
    return program.joined(separator: "\n") + "\n"
  }

  private static func docstring(_ parts: [TorchParts]) -> [String] {
    let experiments = parts.map(\.plan.title)
    let title = parts.count == 1 ? experiments[0] : "\(parts.count) experiments, one after the other"
    return [
      "\"\"\"\(title); written by clipscope for PyTorch 2.13.", "",
      "Prints a JSON line for each step: its loss, and the norms of its gradients before and after clipping.\"\"\"", "",
    ]
  }

  private static func imports(_ parts: [TorchParts]) -> [String] {
    let code = parts.flatMap { $0.definitions.joined() + $0.body }
    let table = code.contains { $0.contains("csv.") } ? ["import csv"] : []
    let functional = code.contains { $0.contains("F.") } ? ["import torch.nn.functional as F"] : []
    return table + ["import json", "import math", "", "import torch"] + functional + ["from torch import nn"]
  }

  private static func helpers(_ parts: [TorchParts]) -> [String] {
    spaced([
      [
        "def number(x):",
        "    \"\"\"A float32 in its shortest digits, or \"nan\", \"inf\", \"-inf\": JSON has no words for those.\"\"\"",
        "    digits = (float(f\"{x:.{n}g}\") for n in range(1, 10))",
        "    return next((v for v in digits if math.isfinite(v) and torch.tensor(v) == x), str(float(x)))",
      ]
    ])
  }

  private static func spaced(_ definitions: [[String]]) -> [String] { definitions.flatMap { ["", ""] + $0 } }

  // Each experiment is a function; what all of them define alike stands above them.
  private static func functions(_ parts: [TorchParts]) -> [String] {
    let shared = parts[0].definitions.filter { definition in parts.allSatisfy { $0.definitions.contains(definition) } }
    var lines = spaced(shared)
    var known: [[String]] = []
    var calls: [String] = []
    for part in parts {
      let body = part.definitions.filter { !shared.contains($0) }.flatMap { $0 + [""] } + part.body
      if !known.contains(body) {
        known.append(body)
        lines += ["", "", "def experiment_\(known.count)():", "    \"\"\"\(part.plan.title).\"\"\""] + body.indented
      }
      calls.append("experiment_\(known.firstIndex(of: body)! + 1)()")
    }
    return lines + ["", ""] + calls
  }
}

/// An experiment as it went: what it began with, what was changed where, and how many steps it made.
public struct ExperimentRun: Sendable {
  let timeline: Timeline<Command>
  let steps: Int

  /// A run of so many whole steps.
  public init(timeline: Timeline<Command>, steps: Int) {
    self.timeline = timeline
    self.steps = steps
  }
}

extension [String] {
  /// The lines one level deeper; empty ones stay empty.
  var indented: [String] { map { $0.isEmpty ? "" : "    " + $0 } }
}
