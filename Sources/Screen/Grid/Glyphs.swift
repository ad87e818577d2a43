import Foundation
import Language

/// Text as glyphs that are one column wide each.
package enum Glyphs {
  /// What stands in the second cell of a letter that is two wide. No text contains it: control characters are made visible.
  package static let rightHalf: Unicode.Scalar = "\0"

  /// The glyphs of a text: control characters made visible, marks that combine left out, a right half behind each letter of
  /// two columns, and `▯` for what nobody knows the width of: nothing that a user's file contains can move what stands
  /// behind it.
  static func columns(of text: String) -> [Unicode.Scalar] {
    var glyphs: [Unicode.Scalar] = []
    let visible = VisibleText.of(text)
    // A letter and its accent are one scalar wherever there is one.
    let isPlain = visible.unicodeScalars.allSatisfy { $0.value < 0x300 }
    for scalar in (isPlain ? visible : visible.precomposedStringWithCanonicalMapping).unicodeScalars {
      guard scalar.value >= 0x300 else {
        glyphs.append(scalar)
        continue
      }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .spacingMark, .format: continue
      case .unassigned, .privateUse: glyphs.append("▯")
      default:
        // Hangul vowels and finals take no column of their own behind a consonant, and two without one.
        if isWide(scalar) {
          glyphs += [scalar, rightHalf]
        } else {
          glyphs.append(isOdd(scalar) ? "▯" : scalar)
        }
      }
    }
    return glyphs
  }

  /// How many columns a text takes.
  static func width(of text: String) -> Int { columns(of: text).count }

  /// A text of at most so many columns, with … for what was cut off.
  static func abridged(_ text: String, _ columns: Int) -> String {
    if width(of: text) <= columns { return text }
    var (shown, used) = ("", 0)
    for letter in text {
      let letterWidth = width(of: String(letter))
      if used + letterWidth >= columns { break }
      shown.append(letter)
      used += letterWidth
    }
    return shown + "…"
  }

  /// Whether a letter takes two columns: East Asian Width W and F of Unicode 15, in whole blocks, and the emoji that are
  /// one scalar.
  package static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18D08, 0x1B000...0x1B2FB,
      0x1F300...0x1F3FA, 0x1F400...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      scalar.value < 0x1F000 || scalar.value >= 0x20000 || scalar.properties.isEmojiPresentation
    default: false
    }
  }

  // What terminals disagree about: jamo that join, brackets that were narrow once, flags, tiles, emoji of several scalars.
  private static func isOdd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1160...0x11FF, 0x2329, 0x232A, 0xD7B0...0xD7FF, 0xFE10...0xFE19, 0x16FE0...0x16FFF, 0x1AFF0...0x1AFFF,
      0x1F000...0x1FAFF:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }
}

/// Text in lines of a width.
enum Paragraph {
  /// The lines of a text, broken at blanks, or anywhere where a word is longer than a line.
  /// - Parameter indent: what the second line and all others begin with.
  static func wrap(_ text: String, _ width: Int, indent: String = "") -> [String] {
    guard width > 10, Glyphs.width(of: text) > width else { return [text] }
    var lines: [String] = []
    var (line, used) = ("", 0)
    func end() {
      lines.append(line)
      (line, used) = (indent, indent.count)
    }
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let wordWidth = Glyphs.width(of: String(word))
      let isFirst = used == (lines.isEmpty ? 0 : indent.count)
      if !isFirst, used + 1 + wordWidth <= width || wordWidth > width, used + 1 < width {
        line += " "
        used += 1
      } else if !isFirst {
        end()
      }
      guard used + wordWidth > width else {
        line += word
        used += wordWidth
        continue
      }
      for letter in word {
        let letterWidth = Glyphs.width(of: String(letter))
        if used + letterWidth > width { end() }
        line.append(letter)
        used += letterWidth
      }
    }
    return lines + [line]
  }
}
