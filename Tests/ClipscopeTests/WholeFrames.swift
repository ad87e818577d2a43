/// The screen of a program that writes frames, as it is at the end of each of them and never in between.
///
/// A frame is what stands between the two marks of private mode 2026. The program writes it in one piece, but who reads
/// gets it in as many as the system likes, or several at once. So nothing of a frame is seen before its end has come, and
/// of several each is seen, in order.
///
///     var frames = WholeFrames(columns: 80, rows: 24)
///     while frames.next(in: terminal.output) { print(frames.screen.text) }
struct WholeFrames {
  /// The screen at the end of the last frame that was gone on to. Before the first one it is blank, and its `frames` is 0.
  private(set) var screen: TerminalScreen

  // The screen with all that was read, which may end within a frame.
  private var current: TerminalScreen
  private var read = 0
  // Since a resize: how often the screen had been cleared before it.
  private var clearsBeforeResize: Int?

  init(columns: Int, rows: Int) {
    screen = TerminalScreen(columns: columns, rows: rows)
    current = screen
  }

  /// Whether no frame has come since the size was changed: `screen` is then of the size before.
  var isOutdated: Bool { clearsBeforeResize != nil }

  /// Goes on to the end of the next frame in all that the program has written; false if that has not come yet.
  mutating func next(in output: [UInt8]) -> Bool {
    while read < output.count {
      let frames = current.frames
      current.feed(CollectionOfOne(output[read]))
      read += 1
      guard current.frames > frames else { continue }
      // What was painted for the size before is no picture at this one: the program clears the screen for a new size.
      if current.clears == clearsBeforeResize { continue }
      clearsBeforeResize = nil
      screen = current
      return true
    }
    return false
  }

  /// The next frames are those for a screen of another size. What has come so far was for the one before.
  mutating func resize(columns: Int, rows: Int, after output: [UInt8]) {
    while next(in: output) { continue }
    current.resize(columns: columns, rows: rows)
    clearsBeforeResize = current.clears
  }

  /// The output will be empty the next time; all of it is looked at now.
  mutating func forget(_ output: [UInt8]) {
    while next(in: output) { continue }
    read = 0
  }

  /// The screen with every byte that has come, also of a frame that is not whole.
  func rawScreen(after output: [UInt8]) -> TerminalScreen {
    var screen = current
    screen.feed(output[read...])
    return screen
  }
}
