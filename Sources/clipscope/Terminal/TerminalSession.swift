import CTerminal
import Language
import Screen

/// What the terminal has to say to the event loop.
enum TerminalEvent: Equatable {
  /// A key was pressed. Ctrl-C and Ctrl-Z are keys here, too; the same signals from outside are not.
  case key(Key)
  /// Text was pasted.
  case paste(String)
  /// The mouse was used.
  case mouse(MouseEvent)
  /// The terminal has a new size.
  case resize(GridSize)
  /// A byte came on the `wake` descriptor.
  case woken
  /// A signal asks to end: close the session and exit with 128 + `signal`.
  case interrupted(signal: Int32)
  /// The terminal is gone: close the session and exit with 129, as SIGHUP would.
  case hangup
}

/// The terminal, taken over for a full screen of cells and given back as it was, whatever happens.
///
/// Only the main thread may use it, and there is one at a time: ncurses is global. Every frame is assembled in memory
/// and leaves in one write that never waits, so a terminal that has stalled cannot stop the program. No query is ever
/// sent to the terminal: its answer could arrive as keys.
final class TerminalSession {
  /// What the command line says about the screen.
  struct Options {
    /// The colours to use; `nil` leaves it to `NO_COLOR` and the terminal. More than the terminal has are not used.
    var color: ColorDepth?
    /// The set of colours.
    var theme = Theme.dark
    /// Only characters below 128.
    var ascii = false
    /// Frames stand between the brackets of mode 2026, so that the terminal never shows half of one.
    var synchronizedOutput = true
    /// Clicks and the wheel are told.
    var usesMouse = true
    /// Writes down what the terminal gets.
    var recorder: CastRecorder?
  }

  /// How many colours are in use.
  let colorDepth: ColorDepth
  /// Whether only characters below 128 can be shown.
  let usesASCII: Bool
  /// How large the terminal is.
  private(set) var size: GridSize

  let options: Options
  let input: Int32
  let output: Int32
  let colors: TerminalColors
  var decoder: KeyDecoder
  /// When bytes last came in.
  var lastInput = 0
  /// Events that came about outside `waitForEvents`.
  var unreported: [TerminalEvent] = []
  /// The wake descriptor whose other end is closed.
  var closedWake: Int32?
  var inputIsClosed = false

  /// What the terminal shows, as far as all of it was sent; `nil` if nothing is known.
  var painted: CellGrid?
  /// A frame that waits for the terminal to take the one before it.
  var waiting: (grid: CellGrid, cursor: (column: Int, row: Int)?)?
  /// Bytes that the terminal has not taken yet.
  var outbox: [UInt8] = []
  /// When the frame began to leave that the terminal has not taken yet.
  var frameBegan: Int?
  /// How many times longer than usual to wait between frames that no key has asked for, as the line is slow: 1 to 16.
  var slowness = 1.0
  private var isOpen = true

  /// Takes the terminal over.
  init(options: Options) throws(TerminalError) {
    guard TerminalSystem.isTerminal(0) else { throw .notATerminal(stream: "input") }
    guard TerminalSystem.isTerminal(1) else { throw .notATerminal(stream: "output") }
    let name = TerminalSystem.environment("TERM")
    if name.isEmpty { throw .unnamedTerminal }
    // What it takes in all, so that nothing is missing once the terminal is taken.
    guard TerminalSystem.canOpen(16) else {
      throw .system(action: "open the screen", reason: "too few files may be open at a time (ulimit -n)")
    }
    self.options = options
    input = try Self.reopen(0, name: "input")
    output = try Self.reopen(1, name: "output")
    // The Linux console's fonts have no braille.
    usesASCII = !painter_use_locale() || options.ascii || name == "linux" || name.hasPrefix("linux-")
    try Self.openPainter(name)
    colors = TerminalColors(wanted: options.color, theme: options.theme)
    colorDepth = colors.depth
    decoder = KeyDecoder(sequences: TerminalCapabilities.keySequences)
    size = Self.currentSize(of: output)
    painter_resize(Int32(size.columns), Int32(size.rows))
    let undo = TerminalCapabilities.undo(synchronizedOutput: options.synchronizedOutput)
    guard guard_open(output, undo, undo.utf8.count) else {
      throw .system(action: "watch the terminal", reason: TerminalSystem.reason)
    }
    try acquire()
  }

  deinit { close() }

  /// Gives the terminal back as it was found, and prints what standard error held back meanwhile.
  func close() {
    guard isOpen else { return }
    isOpen = false
    guard_close()
    painter_close()
    TerminalSystem.closeDescriptor(input)
    TerminalSystem.closeDescriptor(output)
  }

  /// Clears the terminal and paints everything with the next `draw`.
  func redraw() {
    painter_forget_screen()
    painted = nil
  }

  /// Gives the terminal back, stops as Ctrl-Z does, and comes back when the shell continues the program.
  ///
  /// The next `draw` paints everything; a size that changed meanwhile is told by a `.resize` event.
  func suspend() {
    guard_give_back()
    guard_stop_process()
    reacquire()
    if updateSize() { unreported.append(.resize(size)) }
  }

  // MARK: Acquiring

  /// After somebody else had the terminal: puts it back into our state. If that fails, it is gone, and reading from it
  /// will say so.
  func reacquire() {
    try? acquire()
    redraw()
  }

  private func acquire() throws(TerminalError) {
    guard guard_take() else {
      throw .system(action: "switch the terminal to single keys", reason: TerminalSystem.reason)
    }
    waiting = nil
    let rows = Self.currentSize(of: output).rows
    outbox = Array(TerminalCapabilities.start(rows: rows, usesMouse: options.usesMouse).utf8)
    options.recorder?.begin(size)
    options.recorder?.output(outbox)
    flush()
  }

  /// Looks at the size anew; true if it has changed.
  func updateSize() -> Bool {
    let current = Self.currentSize(of: output)
    guard current != size else { return false }
    size = current
    options.recorder?.resize(size)
    painter_resize(Int32(size.columns), Int32(size.rows))
    painted = nil
    return true
  }

  private static func currentSize(of terminal: Int32) -> GridSize {
    let size = TerminalSystem.size(of: terminal) ?? (80, 24)
    return GridSize(columns: size.columns, rows: size.rows)
  }

  private static func reopen(_ descriptor: Int32, name: String) throws(TerminalError) -> Int32 {
    if let terminal = TerminalSystem.reopenTerminal(descriptor) { return terminal }
    throw .system(action: "open the terminal of standard \(name)", reason: TerminalSystem.reason)
  }

  private static func openPainter(_ name: String) throws(TerminalError) {
    switch painter_open(name) {
    case .ready: return
    case .unknownTerminal: throw .unknownTerminal(name)
    case .noDatabase: throw .noDatabase(name)
    case .dumbTerminal: throw .dumbTerminal(name)
    case .failed: throw .system(action: "start ncurses for TERM=\(name)", reason: TerminalSystem.reason)
    }
  }
}
