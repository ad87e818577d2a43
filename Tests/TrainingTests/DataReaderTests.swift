import Testing
import Training

/// Files of the user's: what is read of them, and what is said of those that are wrong.
@Suite struct DataReaderTests {
  // MARK: Tables

  private func table(_ text: String) throws -> Table { try Table(utf8: Array(text.utf8), file: "t.csv") }

  @Test(
    "Quotes, line ends, byte order marks and empty lines",
    arguments: [
      ("a,b\n1,2\n", [["1", "2"]]), ("a,b\n1,2", [["1", "2"]]), ("a,b\r\n1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
      ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]), ("a,b\n\n1,2\n\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
      ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]),
      ("\"a\",\"b\"\n\"1,5\",\"2\"\"x\"\n", [["1,5", "2\"x"]]),
      ("a,b\n\"one\ntwo\",\"\"\n3,4\n", [["one\ntwo", ""], ["3", "4"]]),
      ("a,b\n,\n", [["", ""]]), ("a,b\n 1 ,\t2\n", [[" 1 ", "\t2"]]), ("a,b\nü,語\n", [["ü", "語"]]),
    ] as [(String, [[String]])])
  func tables(text: String, rows: [[String]]) throws {
    let table = try table(text)
    #expect(table.header == ["a", "b"])
    #expect((0..<table.rowCount).map { table.fields(ofRow: $0) } == rows)
  }

  @Test("Rows know the line they begin in, also behind fields of several lines")
  func lines() throws {
    let lines = try table("a,b\n\n1,\"x\ny\n\"\n3,4\r\n5,6")
    #expect((0..<lines.rowCount).map { lines.line(ofRow: $0) } == [3, 6, 7])
  }

  @Test(
    "What is wrong with a table, and where",
    arguments: [
      ("", "t.csv is empty; the first line must name the columns"),
      ("\n\n", "t.csv is empty; the first line must name the columns"),
      ("a,b\n", "t.csv has a header but no rows"), ("a,,c\n1,2,3", "t.csv:1:2 has a column without a name"),
      ("a,b,a\n1,2,3", "t.csv:1:3 has two columns named a"),
      ("a,b\n1,2\n3\n", "t.csv:3:1 has 1 fields here, but the header names 2 columns"),
      ("a,b\n1,2\n\n3,4,5,6\n", "t.csv:4:3 has 4 fields here, but the header names 2 columns"),
      ("a,b\n1,\"2\n3,4\n", "t.csv:2:2 has a quote that is never closed"),
      ("a,b\n\"1\"x,2\n", "t.csv:2:1 has text after a closing quote"),
      ("a,b\n1,\0\n", "t.csv is not a UTF-8 text; export the table as CSV in UTF-8"),
    ])
  func wrongTables(text: String, message: String) throws {
    let error = try #require(throws: DataError.self) { try self.table(text) }
    #expect(error.description == message)
  }

  @Test(
    "Bytes that are no text",
    arguments: [[0xFF, 0xFE, 0x61], [0x61, 0x2C, 0xC3], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]] as [[UInt8]])
  func binary(bytes: [UInt8]) throws {
    let error = try #require(throws: DataError.self) { try Table(utf8: bytes, file: "t.csv") }
    #expect(error.description == "t.csv is not a UTF-8 text; export the table as CSV in UTF-8")
  }

  // MARK: Standardized tables

  private func standardized(_ text: String, target: String = "y") throws -> StandardizedTable {
    try StandardizedTable(try table(text), target: target, file: "t.csv")
  }

  @Test("Columns have mean 0 and deviation 1, of n - 1; the target's column is taken out")
  func standardizing() throws {
    let data = try standardized("x,y,z\n1,10,-1\n2,20,1\n3,30,0\n")
    #expect(data.inputs.elements == [-1, -1, 0, 1, 1, 0])
    #expect(data.values.elements == [-1, 0, 1])
    #expect(data.classes == nil)
    #expect(data.outputs == 1)
  }

  @Test("A target of words is a class, sorted by scalar value")
  func classes() throws {
    let data = try standardized("y,x\nb,1\na,2\nB, 3 \né,4\nb,5\n")
    #expect(data.classes == ["B", "a", "b", "é"])
    #expect(data.labels == [2, 1, 0, 3, 2])
    #expect(data.inputs.columns == 1)
    #expect(data.outputs == 4)
  }

  @Test(
    "What cannot be learnt from, and where",
    arguments: [
      ("a,b\n1,2\n2,3\n", "t.csv:1 has no column y; its columns are a, b"),
      ("y\n1\n2\n", "t.csv:1 has no column beside y to predict it from"),
      ("x,y\n1,2\n", "t.csv has one row; a standard deviation needs at least two"),
      ("x,y\n1,2\n,3\n", "t.csv:3:1 has no value for x here"), ("x,y\n1,2\n2,\n", "t.csv:3:2 has no value for y here"),
      ("x,y\n1,2\n2,3\nfour,4\n", "t.csv:4:1 has \"four\" for x, which is not a number"),
      ("x,y\n1,2\n2,3\n3,n/a\n", "t.csv:4:2 has \"n/a\" for y, which is not a number"),
      ("x,y\n1,2\n1e99,3\n", "t.csv:3:1 has \"1e99\" for x, which is not a number"),
      ("x,y\n5,2\n5,3\n5,4\n", "t.csv has the same value all over column x: it cannot be standardised"),
      ("x,y\n1,2\n2,2\n", "t.csv has the same value all over column y: it cannot be standardised"),
      ("x,y\n0x10,2\n2,3\n", "t.csv:2:1 has \"0x10\" for x, which is not a number"),
      ("x,y\n1,2\n0x1p3,3\n", "t.csv:3:1 has \"0x1p3\" for x, which is not a number"),
      ("x,y\n1,2\nnan,3\n", "t.csv:3:1 has \"nan\" for x, which is not a number"),
      (
        "ms,y\n1700000000001,2\n1700000000002,3\n",
        "t.csv has values in column ms that differ by less than float32 can tell: subtract what they have in common"
      ),
      (
        "x;y\n1,5;\"2\"x\n", "t.csv:1 seems to have its columns separated by semicolons; export it with commas"
      ),
      ("x,y\n1,a\n2,a\n", "t.csv has one class in y, a: there is nothing to learn"),
    ])
  func wrongData(text: String, message: String) throws {
    let error = try #require(throws: DataError.self) { try self.standardized(text) }
    #expect(error.description == message)
  }

  // MARK: Texts

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
