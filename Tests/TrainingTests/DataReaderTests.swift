import Testing
import Training

/// Files of the user's: what is read of them, and what is said of those that are wrong.
@Suite struct DataReaderTests {
  @Test("A text is its scalars in a sorted vocabulary")
  func text() throws {
    let text = try EncodedText(utf8: Array("hé\nh語".utf8), file: "t")
    #expect(text.vocabulary == ["\n", "h", "é", "語"])
    #expect(text.symbols == [1, 2, 0, 1, 3])
    try text.check(length: 4, file: "t")
  }

  @Test(
    "What is wrong with a text, and where",
    arguments: [
      ([], 5, "t has 0 characters; a window of length=5 needs at least 6 characters"),
      ([0x61], 5, "t has 1 character; a window of length=5 needs at least 6 characters"),
      ([0x61, 0x62], 2, "t has 2 characters; a window of length=2 needs at least 3 characters"),
      ([0x61, 0x61, 0x61], 2, "t has one character over and over: there is nothing to predict"),
      ([0x61, 0x0A, 0x62, 0x00], 1, "t:2 has a zero byte: this looks like a binary file, not a text"),
      ([0xFF], 1, "t:1:1 is not UTF-8 text here"),
      ([0x61, 0x0A, 0x62, 0x63, 0xC3, 0x28], 1, "t:2:3 is not UTF-8 text here"),
      ([0xC3, 0xA9, 0xED, 0xA0, 0x80], 1, "t:1:2 is not UTF-8 text here"),
      ([0x61, 0xE2, 0x82], 1, "t:1:2 is not UTF-8 text here"),
    ] as [([UInt8], Int, String)])
  func wrongTexts(bytes: [UInt8], length: Int, message: String) throws {
    let error = try #require(throws: DataError.self) {
      try EncodedText(utf8: bytes, file: "t").check(length: length, file: "t")
    }
    #expect(error.description == message)
  }
}
