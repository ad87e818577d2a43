/// What a piece of the screen means. A palette turns meanings into colours; nothing else knows colours.
public enum Ink: UInt8, CaseIterable, Hashable, Sendable {
  /// Ordinary text in the terminal's own colour.
  case plain
  /// Frames, axes, units: present, but not the point.
  case muted
  /// Titles and the key letters of the footer.
  case accent
  /// Norms before clipping.
  case before
  /// Norms after clipping.
  case after
  /// A run before the one of now.
  case ghost
  /// A second run beside the first.
  case twin
  /// The `max_norm` line.
  case limit
  /// The loss.
  case loss
  /// Something that went as it should.
  case good
  /// Something to look at: a step that was clipped.
  case warning
  /// NaN, infinity, an error.
  case danger
}

/// How a cell looks: a meaning and the attributes that carry the same message without colour.
public struct Style: Hashable, Sendable {
  /// What the text means.
  public var ink: Ink
  /// Heavier strokes.
  public var bold: Bool
  /// Foreground and background exchanged.
  public var reverse: Bool
  /// Fainter strokes.
  public var dim: Bool

  /// A style; without arguments ordinary text.
  public init(_ ink: Ink = .plain, bold: Bool = false, reverse: Bool = false, dim: Bool = false) {
    (self.ink, self.bold, self.reverse, self.dim) = (ink, bold, reverse, dim)
  }

  /// Ordinary text.
  public static let plain = Style()
}

/// How many colours a terminal shows.
public enum ColorDepth: Int, CaseIterable, Hashable, Sendable {
  /// No colour at all: attributes alone carry the message.
  case none = 0
  /// The eight colours of a Linux console.
  case eight = 8
  /// Eight colours, each also bright.
  case sixteen = 16
  /// xterm's palette of 256.
  case palette256 = 256
  /// 24 bits a pixel.
  case truecolor = 16_777_216
}
