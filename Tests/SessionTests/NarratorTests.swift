import Language
import Session
import Stories
import Testing
import Training

/// What somebody hears of a run.
@Suite struct NarratorTests {
  /// The sentences of a scenario, from its beginning to its end.
  private func told(_ story: String, every: Int? = nil, hasViewer: Bool = false) throws -> [String] {
    var stage = Stage(
      scenario: try Scenario(utf8: Array(story.utf8), path: "story"), files: MemoryFiles(), waitsForViewer: hasViewer)
    var narrator = Narrator(every: every, hasViewer: hasViewer)
    var sentences: [String] = []
    while stage.isBusy {
      for effect in stage.advance() { sentences += narrator.sentences(effect, stage.workbench) }
    }
    return sentences
  }

  private static let clipped = "seed 0; task sum; model simplenet; optimizer sgd lr=0.01; clip norm max_norm=1; step 30"

  @Test("An ordinary run is three sentences: where it begins, and where each command has led")
  func quiet() throws {
    let sentences = try told("task regression; model simplenet; optimizer sgd lr=0.01; step 400; step")
    #expect(sentences.count == 3, "\(sentences)")
    #expect(sentences[0].hasPrefix("A new experiment: simplenet hidden=100 activation=none, task regression "))
    #expect(sentences[0].hasSuffix(", seed 0, no clipping."))
    #expect(sentences[1].firstMatch(of: /^Step 400: loss [0-9.]+, total norm [0-9.]+\.$/) != nil, "\(sentences[1])")
    #expect(sentences[2].hasPrefix("Step 401: "))
  }

  @Test("Clipping is told where it starts and where it stops, with the numbers of the step")
  func clipping() throws {
    let sentences = try told(Self.clipped + "; clip off; step 3")
    #expect(sentences[1] == "Clipping starts.")
    #expect(sentences[2] == "Step 1: loss \(try loss(1)), total norm 27 clipped to 1 by factor 0.0371.")
    #expect(sentences[3].hasPrefix("Step 30: "))
    #expect(sentences[4] == "Clipping has stopped: 30 of 30 steps from step 1 to 30 were clipped.")
    #expect(sentences[5].hasPrefix("Step 31: ") && sentences[6].hasPrefix("Step 33: "))
    #expect(sentences.count == 7, "\(sentences)")
  }

  private func loss(_ step: Int) throws -> String {
    var stage = Stage(
      scenario: try Scenario(utf8: Array(Self.clipped.utf8), path: "story"), files: MemoryFiles(), waitsForViewer: false
    )
    while stage.isBusy { _ = stage.advance() }
    return NumberText.short(try #require(stage.workbench.history[step: step]).loss)
  }

  @Test("A spike is told once, and that it is over; every so many steps only if asked for")
  func spike() throws {
    let story =
      "task regression; model simplenet; optimizer sgd lr=0.3; clip norm max_norm=1; step 60; outlier scale=100; step 40"
    let sentences = try told(story)
    #expect(sentences.count { $0.hasPrefix("Spike: the norm jumped to ") } == 1, "\(sentences)")
    #expect(sentences.count { $0.hasPrefix("The spike is over: ") && $0.contains("at step 61, ") } == 1, "\(sentences)")
    #expect(try told(story, every: 10).count { $0.hasPrefix("Step ") } >= 10)
    #expect(sentences.count { $0.hasPrefix("Step ") } < 10)
  }

  @Test("Infinity and NaN are told once each, with the first parameter that has it")
  func nan() throws {
    let sentences = try told(
      "seed 0; task regression rows=32 batch=4; model simplenet hidden=8; optimizer sgd lr=30; step 40")
    let told = sentences.filter { $0.hasPrefix("The total norm is ") }
    #expect(
      told == [
        "The total norm is infinite: each gradient is finite, but their norm is too large for a number.",
        "The total norm is NaN: 4 of 4 gradients are not finite, the first is that of fc1.weight.",
      ], "\(sentences)")
    #expect(sentences.contains { $0.hasPrefix("Step 40: loss NaN, total norm NaN") })
  }

  @Test("Inside a step each phase says what it has found")
  func phases() throws {
    let sentences = try told("task sum; model simplenet; clip norm; phase 5").dropFirst()
    #expect(sentences.count == 5)
    for (sentence, part) in zip(
      sentences,
      [
        "zero: all gradients are zero. Next is forward.", "forward: the loss is ", "backward: the gradients are there.",
        "norm: the total norm is 27. Next is clip.", "clip: clipped to 1. Next is step.",
      ])
    {
      #expect(sentence.hasPrefix("Step 1, \(part)"), "\(sentence)")
    }
  }

  @Test("A pause says which key it waits for, where there is somebody to press it")
  func pauses() throws {
    #expect(try told("step; pause", hasViewer: true).last == "Press Enter to go on.")
    #expect(try told("step; pause c", hasViewer: true).last == "Waiting for the key c: type it and press Enter.")
    #expect(try told("step; pause c").count == 2)
  }
}
