import Training

/// The lines that read a table as it was read here.
struct TorchTable {
  private let layout: TableLayout
  private let location: String
  private let hasClasses: Bool

  init(_ task: CSVTask) {
    (layout, location, hasClasses) = (task.data.layout, task.location, task.data.classes != nil)
  }

  /// From the file to `X` and `Y`.
  var lines: [String] {
    let names = "# \(list(layout.inputs.map(\.name))) tell \(PythonText.of(layout.target.name))"
    var inputs = inputs
    if inputs.count == 1, inputs[0].count + names.count < 110 {
      inputs[0] += "  " + names
    } else {
      inputs.insert(names, at: 0)
    }
    return reading + absent + inputs + filling + target + (layout.isStandardized ? [standardizing] : [])
  }

  private var isFilled: Bool { layout.hasMissing && layout.missing == .mean }

  private var reading: [String] {
    let lines = layout.preamble > 0 ? "file.readlines()[\(layout.preamble):]" : "file"
    let reader =
      switch layout.separator {
      case .blanks: "(\" \".join(line.split()) for line in \(lines)), delimiter=\" \""
      case .comma: "\(lines), skipinitialspace=True"
      case .tab: "\(lines), delimiter=\"\\t\", skipinitialspace=True"
      case .semicolon, .bar: "\(lines), delimiter=\"\(layout.separator.rawValue)\", skipinitialspace=True"
      }
    let names = layout.hasHeader ? "[1:]  # below the names" : ""
    let opening = "with open(\(PythonText.of(location)), encoding=\"utf-8-sig\", newline=\"\") as file:"
    // Python reads numbers with blanks around them as they are.
    guard hasClasses || layout.hasMissing || layout.inputs.contains(where: { $0.words != nil }) else {
      return [opening, "    rows = [row for row in csv.reader(\(reader)) if \"\".join(row).strip()]\(names)"]
    }
    return [
      opening, "    rows = [[cell.strip(\" \\t\") for cell in row] for row in csv.reader(\(reader))]",
      "rows = [row for row in rows if any(row)]\(names)",
    ]
  }

  // The rows that have no value somewhere go, or those that have no target.
  private var absent: [String] {
    guard layout.hasMissing else { return [] }
    let words = PythonText.call("absent = {", layout.missingWords.map { PythonText.of($0) }, "}")
    let used = isFilled ? [layout.target.index] : (layout.inputs.map(\.index) + [layout.target.index]).sorted()
    return words + ["rows = [row for row in rows if all(row[i] not in absent for i in \(Self.indices(used)))]"]
  }

  private var number: String {
    let cell = layout.hasDecimalCommas ? "float(row[i].replace(\",\", \".\"))" : "float(row[i])"
    return isFilled ? "math.nan if row[i] in absent else \(cell)" : cell
  }

  private var inputs: [String] {
    guard layout.inputs.contains(where: { $0.words != nil }) else {
      let indices = Self.indices(layout.inputs.map(\.index))
      return ["X = torch.tensor([[\(number) for i in \(indices)] for row in rows])"]
    }
    let isWord = "[float(row[i] == word) for word in words]"
    return [
      "def column(i):", "    return torch.tensor([[\(number)] for row in rows])", "def one_hot(i):",
      "    words = sorted({row[i] for row in rows}\(isFilled ? " - absent" : ""))",
      "    return torch.tensor([\(isFilled ? "[math.nan] * len(words) if row[i] in absent else " : "")\(isWord) for row in rows])",
    ] + PythonText.call("X = torch.cat([", parts, "], 1)")
  }

  // Neighbours of one kind in one word.
  private var parts: [String] {
    var runs: [(function: String, indices: [Int])] = []
    for column in layout.inputs {
      let function = column.words == nil ? "column" : "one_hot"
      if runs.last?.function == function {
        runs[runs.count - 1].indices.append(column.index)
      } else {
        runs.append((function, [column.index]))
      }
    }
    return runs.flatMap { function, indices in
      indices.count < 3 ? indices.map { "\(function)(\($0))" } : ["*map(\(function), \(Self.indices(indices)))"]
    }
  }

  private var filling: [String] {
    isFilled ? ["X = torch.where(X.isnan(), X.nanmean(0), X)  # what is missing is the column's mean"] : []
  }

  private var target: [String] {
    let index = layout.target.index
    guard hasClasses else {
      return ["Y = torch.tensor([[\(number.replacing("row[i]", with: "row[\(index)]"))] for row in rows])"]
    }
    return [
      "classes = sorted({row[\(index)] for row in rows})",
      "Y = torch.tensor([classes.index(row[\(index)]) for row in rows])",
    ]
  }

  private var standardizing: String {
    hasClasses ? "X = (X - X.mean(0)) / X.std(0)" : "X, Y = (X - X.mean(0)) / X.std(0), (Y - Y.mean(0)) / Y.std(0)"
  }

  private func list(_ names: [String]) -> String {
    names.prefix(3).map { PythonText.of($0) }.joined(separator: ", ")
      + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }

  // A range where they are one behind the other.
  private static func indices(_ indices: [Int]) -> String {
    if indices.count > 2, let first = indices.first, let last = indices.last, last - first == indices.count - 1 {
      return "range(\(first), \(last + 1))"
    }
    return "(" + indices.map(String.init).joined(separator: ", ") + (indices.count == 1 ? ",)" : ")")
  }
}
