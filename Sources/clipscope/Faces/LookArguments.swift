import ArgumentParser
import Foundation
import Language
import Screen

/// How the screen looks: the arguments that the screen and a frame of it share.
struct LookArguments: ParsableArguments {
  @ArgumentParser.Option(
    help: ArgumentHelp(
      "The set of colours: dark, light, or of high contrast for projectors, contrast and contrast-light.",
      valueName: "name"))
  var theme: Theme?

  @ArgumentParser.Option(
    help: ArgumentHelp("How many colours: 0, 8, 16, 256 or true.", valueName: "n"))
  var color: ColorArgument?

  @Flag(help: "Fewer and larger panels, for a class room.")
  var big = false

  @Flag(help: "Uses only characters below 0x80.")
  var ascii = false

  /// The theme that the environment names, `nil` where it names none. What the user says goes before it.
  static func themeOfEnvironment() throws -> Theme? {
    let name = ProcessInfo.processInfo.environment["CLIPSCOPE_THEME"] ?? ""
    if name.isEmpty { return nil }
    if let theme = Theme(rawValue: name) { return theme }
    let problem = CommandError.Problem.unknown(what: "theme", name, known: Theme.allCases.map(\.rawValue))
    throw Failure.usage(["clipscope: CLIPSCOPE_THEME: " + problem.message])
  }
}

extension Theme: ExpressibleByArgument {}

/// `0`, `8`, `16`, `256`, `true`.
struct ColorArgument: ExpressibleByArgument {
  let depth: ColorDepth

  init(depth: ColorDepth) { self.depth = depth }

  init?(argument: String) {
    switch argument {
    case "true": depth = .truecolor
    default:
      guard let count = Int(argument), count != ColorDepth.truecolor.rawValue, let depth = ColorDepth(rawValue: count)
      else { return nil }
      self.depth = depth
    }
  }
}
