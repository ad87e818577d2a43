import ArgumentParser
import Foundation
import Language

/// Where scenarios and lessons are looked for.
struct ScenarioPlaceArguments: ParsableArguments {
  @ArgumentParser.Option(
    help: ArgumentHelp("Where scenarios are looked for that are not here.", valueName: "dir"), completion: .directory)
  var scenarios: String?

  var folders: ScenarioFolders { ScenarioFolders(option: scenarios) }
}

/// Which scenario, and what of it is replaced: the arguments that several faces of the program share.
struct ScenarioArguments: ParsableArguments {
  @ArgumentParser.Option(help: ArgumentHelp("Replaces the scenario's seed.", valueName: "n"))
  var seed: UInt64?

  @ArgumentParser.Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replaces the scenario's lines of that kind, e.g. --set \"optimizer sgd lr=0.1\".", valueName: "line"))
  var lines: [String] = []

  @OptionGroup var place: ScenarioPlaceArguments

  /// The scenario with its replacements, checked as a whole.
  func load(_ path: String, screen: Bool) throws -> Scenario {
    do {
      let found = place.folders.find(path)
      return try Scenario.checked(
        utf8: try DiskFiles().bytes(of: found, relativeTo: "", limit: Scenario.mostBytes), path: found,
        replacing: try ((seed.map { ["seed \($0)"] } ?? []) + lines).flatMap(replacements), files: DiskFiles(),
        screen: screen)
    } catch let error as ScenarioError {
      throw Failure.usage(error.report)
    } catch let error as FileError {
      let lessons = place.folders.lessons.map { VisibleText.of($0.name) }
      throw Failure.usage((Failure(error)?.lines ?? []) + (lessons.isEmpty ? [] : [Self.listing(lessons, path)]))
    }
  }

  private static func listing(_ lessons: [String], _ path: String) -> String {
    let guess = Suggestion.nearest(to: path, among: lessons).map { "did you mean \($0)? " } ?? ""
    return "\(guess)the lessons are \(lessons.joined(separator: ", "))"
  }

  private func replacements(_ line: String) throws -> [(ParsedCommand, String)] {
    do throws(CommandError) {
      return try Parser.commands(in: line).map { ($0, line) }
    } catch {
      throw Failure.usage(["clipscope: --set: \(error.message)"] + error.caret(under: line))
    }
  }
}

/// Where an installed clipscope finds the scenarios that came with it.
struct ScenarioFolders: LessonSource {
  let option: String?

  /// The folders, the first that has a file wins.
  var folders: [String] {
    let beside = (CommandLine.arguments.first.map(PathText.folder) ?? "") + "/../share/clipscope/scenarios"
    return [option, ProcessInfo.processInfo.environment["CLIPSCOPE_SCENARIOS"], beside, "scenarios"].compactMap(\.self)
  }

  /// The scenarios in the first folder that has any, in the order to take them.
  var lessons: [Lesson] {
    for folder in folders {
      let lessons = lessons(in: folder)
      if !lessons.isEmpty { return Lesson.inOrder(lessons) }
    }
    return []
  }

  private func lessons(in folder: String) -> [Lesson] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".scenario") && !$0.hasPrefix(".") }.compactMap { file in
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: folder + "/" + file, isDirectory: &isFolder)
      guard isThere, !isFolder.boolValue else { return nil }
      return Lesson(name: String(file.dropLast(9)), firstLine: Self.firstLine(of: folder + "/" + file))
    }
  }

  // Of a file that may be anything.
  private static func firstLine(of path: String) -> String {
    guard let bytes = try? DiskFiles().bytes(of: path, relativeTo: "", limit: Scenario.mostBytes) else { return "" }
    let line = bytes.prefix(300).split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
    return String(decoding: line.first ?? [], as: UTF8.self)
  }

  /// The scenario of a lesson, checked as a whole.
  func scenario(of lesson: Lesson) throws(CommandError.Problem) -> Scenario {
    // Where it was listed, whatever else has its name.
    let folder = folders.first { !lessons(in: $0).isEmpty } ?? "scenarios"
    let path = folder + "/" + lesson.name + ".scenario"
    do throws(FileError) {
      let bytes = try DiskFiles().bytes(of: path, relativeTo: "", limit: Scenario.mostBytes)
      return try checked(bytes, path)
    } catch {
      throw .file(error)
    }
  }

  private func checked(_ bytes: [UInt8], _ path: String) throws(FileError) -> Scenario {
    do throws(ScenarioError) {
      return try Scenario.checked(utf8: bytes, path: path, files: DiskFiles(), screen: true)
    } catch {
      // The report begins with the path.
      let report = (error.report.first ?? "").dropFirst(VisibleText.of(path).count)
      throw FileError(path: path, reason: "is no lesson\(report.hasPrefix(":") ? report : ": " + report)")
    }
  }

  /// The path as it stands if there is such a file; else the file of that name, with or without its ending, in the first
  /// folder that has it; else the path as it stands, for the message that it is missing.
  func find(_ path: String) -> String {
    let fileManager = FileManager.default
    if fileManager.fileExists(atPath: path) || path.hasPrefix("/") { return path }
    for folder in folders {
      for name in [path, path + ".scenario"] where fileManager.fileExists(atPath: folder + "/" + name) {
        return folder + "/" + name
      }
    }
    return path
  }
}
