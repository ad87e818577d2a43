import Language
import Session
import Stories
import Testing

/// Conditions over every kind of number: NaN fails every comparison, also `!=`.
@Suite struct ConditionTests {
  static let values: [Double] = [-.infinity, -1, -0.0, 0, 1, 2, .infinity, .nan]

  private func condition(_ text: String) throws -> Condition {
    guard case .steps(.until(let condition, _)) = try Parser.commands(in: "until " + text).first?.command else {
      throw CommandError(.openQuote, column: 1, length: 1)
    }
    return condition
  }

  @Test("Comparisons are those of numbers; NaN fails all of them")
  func comparisons() throws {
    let rows: [(String, (Double, Double) -> Bool)] = [
      ("<", { $0 < $1 }), ("<=", { $0 <= $1 }), (">", { $0 > $1 }), (">=", { $0 >= $1 }), ("==", { $0 == $1 }),
      ("!=", { $0 != $1 }),
    ]
    for (sign, means) in rows {
      for bound in Self.values where !bound.isNaN {
        let condition = try condition("loss \(sign) \(NumberText.of(bound))")
        for value in Self.values {
          #expect(condition.holds(for: value) == (!value.isNaN && means(value, bound)), "\(value) \(sign) \(bound)")
        }
      }
    }
  }

  @Test("Kinds of numbers")
  func kinds() throws {
    let rows: [(String, (Double) -> Bool)] = [
      ("nan", { $0.isNaN }), ("inf", { $0.isInfinite }), ("finite", { $0.isFinite }), ("nonfinite", { !$0.isFinite }),
    ]
    for (kind, means) in rows {
      let condition = try condition("loss is \(kind)")
      for value in Self.values { #expect(condition.holds(for: value) == means(value), "\(value) is \(kind)") }
    }
  }

  @Test("A bound means the float32 that it reads as, where equality is asked")
  func equality() throws {
    #expect(try condition("loss == 0.1").holds(for: Double(Float(0.1))))
    #expect(try !condition("loss != 0.1").holds(for: Double(Float(0.1))))
    #expect(try !condition("loss == 0.1").holds(for: Double(Float(0.1).nextUp)))
  }

  @Test("Every measured number has a value after a step, and the right one")
  func quantities() throws {
    let stage = try Stage.told(
      """
      \(small); clip norm max_norm=0.01; model mlp hidden=8x2; lr 0.05; step 3
      print loss; print radius(1.weight); print norm(0.weight)
      """)
    #expect(stage.errors.isEmpty == false, "names of this network are not 0.weight")
    let names = stage.workbench.parameterNames
    var told = stage
    for measure in Quantity.Measure.allCases where measure != .radius {
      for name in names {
        told.enter("expect \(measure.rawValue)(\(name)) > 0; expect \(measure.rawValue)(\(name)) is finite always")
      }
    }
    let record = try #require(told.workbench.history.last)
    let rows: [(String, Double)] = [
      ("loss", Double(record.loss)), ("total_norm", Double(record.before.total)),
      ("total_norm_after", Double(record.outcome.after.total)), ("factor", Double(record.outcome.factor)),
      ("duty", 1), ("clipped", 1), ("nonfinite", 0), ("lr", 0.05), ("max_norm", 0.01), ("step", 3),
    ]
    for (name, value) in rows { told.enter("expect \(name) == \(NumberText.of(value))") }
    told.enter("expect total_norm_after < total_norm; expect saturated >= 0; expect saturated <= 1")
    #expect(told.failedExpectations == 0)
    #expect(told.errors.count == stage.errors.count + 1, "total_norm is no bound: \(told.errors)")
  }

  @Test("The spectral radius is of square weights, on demand only")
  func radius() throws {
    let stage = try Stage.told(
      """
      task adding length=5 batch=2; model rnn hidden=6; init radius=1.25; step
      expect radius(rnn.weight_hh_l0) > 1; expect radius(rnn.weight_hh_l0) < 1.5
      expect radius(rnn.weight_ih_l0) > 1; expect error
      expect radius(rnn.weight_hh_l0) > 1 always; expect error
      until radius(rnn.weight_hh_l0) > 1; expect error
      """)
    #expect(stage.isGood)
    #expect(
      stage.errors == [
        "line 3: radius(rnn.weight_ih_l0) does not exist: rnn.weight_ih_l0 is 6×2, not square",
        "line 4: radius(rnn.weight_hh_l0) is computed on demand only: expect it without at, within and always",
        "line 5: radius(rnn.weight_hh_l0) is computed on demand only: expect it without at, within and always",
      ])
  }

  @Test(
    "A number that this experiment never has is an error, not an endless wait",
    arguments: [
      ("until saturated > 0.5", "saturated does not exist: this network has no units that could saturate"),
      ("clip value; until max_norm > 0.5", "max_norm does not exist: the clipping rule has none"),
      ("step; expect saturated > 0", "line 1: saturated does not exist: this network has no units that could saturate"),
      ("clip value; expect max_norm > 0", "line 1: max_norm does not exist: the clipping rule has none"),
    ])
  func neverThere(line: String, message: String) throws {
    let stage = try Stage.told(line)
    #expect(stage.errors == [message])
    #expect(stage.wasStopped)
    #expect(stage.workbench.history.count <= 1)
  }
}
