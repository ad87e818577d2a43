import ArgumentParser
struct FrameCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "frame") }
struct PlayCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "play") }
