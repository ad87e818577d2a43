/// A key as the user's own language names it: `c`, `space`, `right`, `ctrl-l`.
public enum Key: Hashable, Sendable {
  /// A printable character.
  case character(Character)
  /// Control and a letter, the letter in lower case: `ctrl-l`.
  case control(Character)
  /// Alt (meta) and a character: `alt-b`.
  case alt(Character)
  /// A key with a name of its own.
  case named(Name)

  /// The keys that have names instead of characters.
  public enum Name: String, CaseIterable, Hashable, Sendable {
    case space, enter, tab, backtab, escape, backspace, delete, insert
    case up, down, left, right, home, end, pageup, pagedown
  }

  /// The key with this name, `nil` if there is none: `parse(key.name) == key` for every key.
  public init?(name: String) {
    if let named = Name(rawValue: name) {
      self = .named(named)
    } else if name.count == 1, let character = name.first, character != " " {
      self = .character(character)
    } else if name.hasPrefix("ctrl-"), name.count == 6, let letter = name.last {
      self = .control(letter.lowercased().first ?? letter)
    } else if name.hasPrefix("alt-"), name.count == 5, let letter = name.last {
      self = .alt(letter)
    } else {
      return nil
    }
  }

  /// The name under which `bind` knows the key.
  public var name: String {
    switch self {
    case .character(" "): Name.space.rawValue
    case .character(let character): String(character)
    case .control(let letter): "ctrl-\(letter)"
    case .alt(let letter): "alt-\(letter)"
    case .named(let named): named.rawValue
    }
  }
}
