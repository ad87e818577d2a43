import Foundation
import SeededRandom
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Input that nobody would write, for everything that reads: generated from words, and mutated from what is right.
///
/// `CLIPSCOPE_FUZZ_CASES` says how many cases each reader gets and `CLIPSCOPE_FUZZ_SEED` which ones; `scripts/fuzz` sets
/// both. What is found is kept as a file in Found, and read by every reader in every run.
enum Fuzz {
  /// How many cases each reader gets.
  static let cases = number("CLIPSCOPE_FUZZ_CASES") ?? 20_000
  /// Where the generator begins.
  static let seed = UInt64(number("CLIPSCOPE_FUZZ_SEED") ?? 1)
  /// The longest time that one case may take, in seconds of the processor: a thousand times what it does take. A long case
  /// may be a thousand keys in a line of ten thousand accents, which has a millisecond for each.
  private static func patience(_ bytes: [UInt8]) -> Double { max(2, 1e-3 * Double(bytes.count)) }

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

  /// The files of what was found.
  static var found: [(name: String, bytes: [UInt8])] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Found")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.sorted { $0.path < $1.path }.compactMap { file in
      (try? Data(contentsOf: file)).map { (file.lastPathComponent, Array($0)) }
    }
  }

  /// Gives a reader its cases. What it says of a case is why that is wrong; `nil` is right.
  static func run(
    _ name: String, from corpus: [String], words: [String], share: Int = 1, _ reader: ([UInt8]) -> String?
  ) {
    let recorder = CaseRecorder(name)
    func read(_ bytes: [UInt8], _ label: String) {
      recorder.record(bytes)
      let start = processorTime
      var complaint = reader(bytes)
      let time = processorTime - start
      if time > patience(bytes) { complaint = "took \(time) s" }
      if let complaint {
        Issue.record("\(name), \(label): \(complaint)\n\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
    for (file, bytes) in found { read(bytes, file) }
    print("fuzz: \(name), \(cases / share) cases, seed \(seed)")
    for number in 0..<(cases / share) {
      var mutator = Mutator(seed: seed &+ UInt64(number) &* 0x9E37_79B9, corpus: corpus, words: words)
      read(mutator.next(), "seed \(seed), case \(number)")
    }
    recorder.close()
  }
}

/// Keeps the case that is being read in a file that outlives a trap, and ends a run that hangs.
private final class CaseRecorder: @unchecked Sendable {
  private let path: String
  private let memory: UnsafeMutableRawPointer?
  private static let size = 1 << 16

  init(_ name: String) {
    path = NSTemporaryDirectory() + "clipscope-fuzz-\(name.filter(\.isLetter))"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    ftruncate(file, off_t(Self.size))
    let mapped = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    memory = mapped == MAP_FAILED ? nil : mapped
    Foundation.close(file)
  }

  func record(_ bytes: [UInt8]) {
    guard let memory else { return }
    let count = min(bytes.count, Self.size - 8)
    memory.storeBytes(of: UInt64(bytes.count), as: UInt64.self)
    bytes.withUnsafeBytes {
      (memory + 8).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: count)
    }
    // SIGALRM ends the process where nobody handles it: a hang is a failure, too.
    alarm(60)
  }

  func close() {
    alarm(0)
    if let memory { munmap(memory, Self.size) }
    unlink(path)
  }
}

/// Makes cases.
struct Mutator {
  private var generator: SplitMix
  private let corpus: [String]
  private let words: [String]

  init(seed: UInt64, corpus: [String], words: [String]) {
    generator = SplitMix(seed: seed)
    (self.corpus, self.words) = (corpus, words)
  }

  private static let nasty = [
    "0", "-1", "-0", "1e999", "-1e999", "1e-46", "nan", "inf", "0x10", "1_000", "٣", "²", "½", "1e", "e1", ".", "-",
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "3.4028236e38",
    "\"", "\"\"", "'", "\\", "#", ";", "=", "==", ",", "(", ")", "{", "}", "[", "]", "\n", "\r", "\r\n", "\t", "\0",
    " ",
    "\u{FEFF}", "\u{301}", "👩‍👩‍👧", "\u{202E}", "\u{1B}[2J", "\u{1B}[200~", "\u{7F}", "\u{2028}", "语", "🇩", "\u{10FFFF}",
    "%s",
    "../", "/",
  ]

  /// A case.
  mutating func next() -> [UInt8] {
    var bytes = roll(4) == 0 ? generated() : Array(pick(corpus).utf8)
    for _ in 0..<(1 + roll(6)) { mutate(&bytes) }
    return Array(bytes.prefix(20_000))
  }

  private mutating func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &generator) }

  private mutating func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }

  private mutating func word() -> [UInt8] { Array(pick(roll(3) == 0 ? Self.nasty : words).utf8) }

  private mutating func generated() -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<roll(12) { bytes += word() + (roll(3) > 0 ? [0x20] : []) }
    return bytes
  }

  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let start = roll(bytes.count + 1)
    return start..<min(bytes.count, start + roll(roll(4) == 0 ? 200 : 8))
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let offset = roll(bytes.count + 1)
    switch roll(9) {
    case 0 where !bytes.isEmpty: bytes[roll(bytes.count)] ^= 1 << roll(8)
    case 1 where !bytes.isEmpty: bytes[roll(bytes.count)] = UInt8(roll(256))
    case 2: bytes.insert(UInt8(roll(256)), at: offset)
    case 3: bytes.removeSubrange(range(in: bytes))
    case 4: bytes.insert(contentsOf: bytes[range(in: bytes)], at: offset)
    case 5: bytes.replaceSubrange(range(in: bytes), with: word())
    case 6: bytes.insert(contentsOf: Array(pick(corpus).utf8).suffix(roll(60)), at: offset)
    case 7:
      bytes.insert(contentsOf: repeatElement(word(), count: 1 + roll(roll(8) == 0 ? 300 : 3)).joined(), at: offset)
    default: bytes.insert(contentsOf: word(), at: offset)
    }
  }
}
