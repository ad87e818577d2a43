import Foundation
import Testing

/// Files that are named are there.
@Suite struct PathTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOf: projectRoot.appending(path: path), encoding: .utf8)
  }

  private func files(in folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: projectRoot.appending(path: folder).path)
    return (all?.compactMap { $0 as? String } ?? []).map { folder + "/" + $0 }
  }

  @Test(
    "Each path on a page is one of the repository's",
    arguments: [
      "README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/SCREEN.md", "docs/TERMINAL.md", "docs/speed.md",
    ])
  func pages(page: String) throws {
    for match in try text(page).matches(
      of: /`((?:Sources|Tests|docs|scripts|scenarios|Benchmarks)\/[A-Za-z0-9_+.\/-]+)`/)
    {
      let path = String(match.1)
      #expect(FileManager.default.fileExists(atPath: projectRoot.appending(path: path).path), "\(page): \(path)")
    }
  }

  @Test("The architecture names each target, and the file of the formula on the way of a norm")
  func whole() throws {
    let page = try text("docs/ARCHITECTURE.md")
    for target in try FileManager.default.contentsOfDirectory(atPath: projectRoot.appending(path: "Sources").path) {
      #expect(page.contains("`\(target)`"), "\(target)")
    }
    let formula = "Sources/Optimization/GradientClipping.swift"
    #expect(page.contains("`\(formula)`"))
    #expect(try text(formula).contains("(1 / (total + 1e-6)) * maxNorm"))
  }

  @Test("No comment names a file that is not there")
  func comments() throws {
    let sources = ["Sources", "Tests", "scripts", "Benchmarks/Sources"].flatMap(files)
    let names = Set((sources + files(in: "docs") + files(in: "scenarios")).map { ($0 as NSString).lastPathComponent })
      .union(["README.md", "CONTRIBUTING.md", "Package.swift"])
    for path in sources where path.hasSuffix(".swift") || path.hasSuffix(".c") || path.hasSuffix(".h") {
      for line in try text(path).split(separator: "\n") {
        guard let comment = line.firstRange(of: "//") else { continue }
        for match in line[comment.upperBound...].matches(of: /[A-Za-z][A-Za-z0-9_+-]*\.(?:swift|md|c|h|py)\b/) {
          let name = String(match.0)
          // `torch/_tensor_str.py` and the like are PyTorch's, `<term.h>` is the system's.
          let isElsewhere = ["torch/", "http", "PyTorch's", "<\(name)>"].contains { line.contains($0) }
          #expect(names.contains(name) || isElsewhere, "\(path): \(name)")
        }
      }
    }
  }
}
