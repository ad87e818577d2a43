import ArgumentParser
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
