import Foundation
import Testing
import Training

private func table(_ text: String, _ change: (inout TableFormat) -> Void = { _ in }) throws -> Table {
  var format = TableFormat()
  change(&format)
  return try Table(utf8: Array(text.utf8), format: format, file: "t.csv")
}

private func rows(_ table: Table) -> [[String]] { (0..<table.rowCount).map { table.fields(ofRow: $0) } }

/// How tables are written: what is read of them, and what is said of those that are wrong.
@Suite("Tables as they are written") struct TableTests {
  @Test(
    "Quotes, line ends, byte order marks and lines of nothing",
    arguments: [
      ("a,b\n1,2\n", [["1", "2"]]), ("a,b\n1,2", [["1", "2"]]), ("a,b\r\n1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
      ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]), ("a,b\n\n1,2\n\n  \n,\n3,4\n, \n", [["1", "2"], ["3", "4"]]),
      ("a,b\r1,2\r3,4", [["1", "2"], ["3", "4"]]), ("\n\na,b\n1,2\n", [["1", "2"]]),
      ("\"a\",\"b\"\n\"1,5\",\"2\"\"x\"\n", [["1,5", "2\"x"]]),
      ("a,b\n\"one\ntwo\",\"\"\n3,4\n", [["one\ntwo", ""], ["3", "4"]]),
      ("a,b\n 1 ,\t2\n", [[" 1 ", "\t2"]]), ("a,b\nü,語\n", [["ü", "語"]]), ("a, b\n1, \"2, 3\" \n", [["1", "2, 3"]]),
      ("'a','b'\n1,2\n", [["1", "2"]]), ("# made by hand\n#\na,b\n1,2\n", [["1", "2"]]), ("a,b,\n1,2\n", [["1", "2"]]),
    ] as [(String, [[String]])])
  func structure(text: String, expected: [[String]]) throws {
    let table = try table(text)
    #expect(table.names == ["a", "b"])
    #expect(rows(table) == expected)
  }

  @Test("Rows know the line they begin in, also behind comments and fields of several lines")
  func lines() throws {
    let lines = try table("# x\na,b\n\n1,\"x\ny\n\"\n3,4\r\n5,6")
    #expect((0..<lines.rowCount).map { lines.line(ofRow: $0) } == [4, 7, 8])
  }

  @Test(
    "The separator is found",
    arguments: [
      ("a,b\n1,2\n", .comma), ("a;b\n1;2\n", .semicolon), ("a;b\n1,5;2,5\n", .semicolon), ("a\tb\n1\t2\n", .tab),
      ("a|b\n1|2\n", .bar), ("a b\n1 2\n", .blanks), ("  a    b\n 1.0  2 \n", .blanks),
      ("a\t\tb\n1\t2\n1\t\t2\n", .blanks),
      // Words with blanks between commas, commas between semicolons, semicolons in one field of many.
      ("a,b\nin the sea,2\non the land,3\n", .comma), ("a;b\nx, y;2\n", .semicolon), ("a,b\nx;y,2\nx,3\n", .comma),
      ("sep=;\na,1;b\n1;2\n", .semicolon),
      // A tab before the last field, and blanks between all others.
      ("18.0   8   70  1\t\"a car\"\n15.0   8   70  1\t\"b car\"\n", .blanks),
      // A date and a time with a blank between are one field.
      ("d\tx\n2010-01-01 00:00\t1\n2010-01-01 01:00\t2\n", .tab), ("a\n1\n", .comma),
    ] as [(String, TableFormat.Separator)])
  func separators(text: String, separator: TableFormat.Separator) throws {
    #expect(try table(text) { $0.header = text.hasPrefix("18") ? .no : .auto }.separator == separator)
  }

  @Test("A separator that is given is taken")
  func givenSeparator() throws {
    #expect(try table("a,b;c\n1,2;3\n") { $0.separator = .semicolon }.names == ["a,b", "c"])
    #expect(try table("a,b;c\n1,2;3\n") { $0.separator = .comma }.names == ["a", "b;c"])
  }

  @Test("Columns without a name are called by their number, later ones of a name x.1 as in pandas")
  func names() throws {
    #expect(try table(",x,x,x.1,\n1,2,3,4,5\n").names == ["1", "x", "x.1", "x.1.1", "5"])
    #expect(try table("a,b\nr1,1,2\nr2,3,4\n").names == ["1", "a", "b"], "R leaves out the name of the rows' names")
    #expect(try table("a,b\n1,2,\n3,4,\n").names == ["a", "b", "3"], "a separator at each line's end")
    #expect(try table("1,2,x\n3,4,y\n") { $0.header = .no }.names == ["1", "2", "3"])
    #expect(rows(try table("1,2,x\n3,4,y\n") { $0.header = .no }) == [["1", "2", "x"], ["3", "4", "y"]])
    #expect(try table(",1,2\n5,6,7\n") { $0.header = .yes }.names == ["1.1", "1", "2"], "a given name goes first")
    let saved = try table("# made by hand\n# x y\n1.5 2\n2 3\n")
    #expect(saved.names == ["x", "y"] && saved.hasCommentNames && rows(saved).count == 2, "numpy.savetxt")
    #expect(try table("# 2 columns\nx,y\n1,2\n").names == ["x", "y"])
    #expect(try table("1960,1961\n3,4\n") { $0.header = .yes }.names == ["1960", "1961"])
  }

  @Test(
    "A first line that looks like data is not taken for names in silence",
    arguments: [
      ("5.1,3.5,setosa\n4.9,3.0,setosa\n", "the number 5.1"),
      ("p,x,s\ne,x,s\np,y,n\n", "p, which its column has below, too,"),
      ("1,5;a\n2,5;b\n", "the number 1,5"),
    ])
  func noHeader(text: String, what: String) throws {
    let error = try #require(throws: DataError.self) { try table(text) }
    #expect(
      error.description
        == "t.csv:1 has \(what) where the names of the columns are expected: header=no says that the first line is a row of data, header=yes that these are names"
    )
  }

  @Test(
    "What is wrong with a table, and where",
    arguments: [
      ("", "t.csv is empty; the first line must name the columns"),
      ("\n\n", "t.csv is empty; the first line must name the columns"),
      ("a,b\n", "t.csv has a header but no rows; is it a row of data? header=no says so"),
      ("a,b\n1,2\n3\n", "t.csv:3:1 has 1 fields here, but the header names 2 columns"),
      ("a,b\n1,2\n\n3,4,5\n", "t.csv:4:3 has 3 fields here, but the header names 2 columns"),
      ("a,b\n1,2,3\n3,4\n", "t.csv:2:3 has 3 fields here, but the header names 2 columns"),
      (
        "made,by,hand\nx,y,z,u,v\n1,2,3,4,5\n",
        "t.csv:2:4 has 5 fields here, but the header names 3 columns; delete lines above it that are no part of the table"
      ),
      ("a,b,c\n1,2\n", "t.csv:1 names 3 columns, but the rows have 2 fields"),
      ("a,b\n1,\"2\n3,4\n", "t.csv:2:2 has a quote that is never closed"),
      ("a,b\n\"1\"x,2\n", "t.csv:2:1 has text after a closing quote"),
      ("a,b\n1,\0\n", "t.csv is not a UTF-8 text; export the table as CSV in UTF-8"),
    ])
  func wrong(text: String, message: String) throws {
    let error = try #require(throws: DataError.self) { try table(text) }
    #expect(error.description == message)
  }

  @Test(
    "Bytes that are no text",
    arguments: [[0xFF, 0xFE, 0x61], [0x61, 0x2C, 0xC3], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]] as [[UInt8]])
  func binary(bytes: [UInt8]) throws {
    let error = try #require(throws: DataError.self) { try Table(utf8: bytes, file: "t.csv") }
    #expect(error.description == "t.csv is not a UTF-8 text; export the table as CSV in UTF-8")
  }
}

/// What becomes of columns.
@Suite("Tables as a network reads them") struct EncodedTableTests {
  private func encoded(
    _ text: String, target: String = "y", _ change: (inout EncodedTable.Options) -> Void = { _ in }
  ) throws -> EncodedTable {
    var options = EncodedTable.Options()
    change(&options)
    let table = try Table(utf8: Array(text.utf8), format: options.format, file: "t.csv")
    return try EncodedTable(table, target: target, options: options, file: "t.csv")
  }

  @Test("Columns have mean 0 and deviation 1, of n - 1; the target's column is taken out")
  func standardizing() throws {
    let data = try encoded("x,y,z\n1,10,-1\n2,20,1\n3,30,0\n")
    #expect(data.inputs.elements == [-1, -1, 0, 1, 1, 0])
    #expect(data.values.elements == [-1, 0, 1])
    #expect(data.classes == nil && data.outputs == 1)
    let raw = try encoded("x,y,z\n1,10,-1\n2,20,1\n3,30,0\n") { $0.isStandardized = false }
    #expect(raw.inputs.elements == [1, -1, 2, 1, 3, 0] && raw.values.elements == [10, 20, 30])
  }

  struct Means: Decodable {
    struct Case: Decodable { let rows: Int, columns: Int, means: String, nanmeans: String }
    let cases: [Case]
  }

  @Test("The mean of a column is torch's, to the bit, also where values are missing")
  func means() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/column-means.json")
    let cases = try JSONDecoder().decode(Means.self, from: Data(contentsOf: url)).cases
    #expect(cases.count > 100)
    for row in cases {
      let columns: [[Float]] = (0..<row.columns).map { column in
        (0..<row.rows).map { (index: Int) -> Float in
          Float((7919 * index + 104729 * column) % 10007) / 97 + Float(1000 * column)
        }
      }
      var holes = columns
      for index in stride(from: 6, to: row.rows * row.columns, by: 7) {
        holes[index % row.columns][index / row.columns] = .nan
      }
      if holes.contains(where: { $0.allSatisfy(\.isNaN) }) { holes = columns }
      for (columns, expected) in [(columns, row.means), (holes, row.nanmeans)] {
        let means = columns.indices.map { TorchMean.of(columns[$0], at: $0, among: columns.count).bitPattern }
        #expect(means == expected.split(separator: " ").map { UInt32($0, radix: 16)! }, "\(row.rows)×\(row.columns)")
      }
    }
  }

  @Test("A target of words is a class, sorted by scalar value; numbers are with classes=yes")
  func classes() throws {
    let data = try encoded("y,x\nb,1\na,2\nB, 3 \né,4\nb,5\n")
    #expect(data.classes == ["B", "a", "b", "é"])
    #expect(data.labels == [2, 1, 0, 3, 2])
    #expect(data.inputs.columns == 1 && data.outputs == 4)
    let numbers = try encoded("y,x\n3,1\n10,2\n3,4\n") { $0.hasClasses = true }
    #expect(numbers.classes == ["10", "3"] && numbers.labels == [1, 0, 1])
    // Python tells these two apart, and so do classes; a name is found in either spelling.
    let accents = try encoded("gr\u{F6}\u{DF}e,x\n\u{F6},1\no\u{308},2\n\u{F6},4\n", target: "gro\u{308}\u{DF}e")
    #expect(accents.classes?.map(\.unicodeScalars.count) == [2, 1] && accents.labels == [1, 0, 1])
  }

  @Test("Words have a column each, where their column stands, and numerals beside them are words")
  func words() throws {
    let data = try encoded("a,w,b,y\n1,red,5,1\n2,blue,7,2\n3,red,6,4\n4,blue,8,5\n") { $0.isStandardized = false }
    #expect(data.inputs.elements == [1, 0, 1, 5, 2, 1, 0, 7, 3, 0, 1, 6, 4, 1, 0, 8])
    #expect(data.summary == "t.csv: 4 rows; 4 inputs (w as 2 columns); target y: a number; as it is, not standardised")
    let doors = try encoded("d,y\n2,1\n5more,2\n2,3\n5more,4\n4,5\n4,6\n")
    #expect(doors.inputs.columns == 3)
  }

  @Test("Missing values are said, left out or filled with the mean")
  func missing() throws {
    let text = "x,w,y\n1,a,1\n,b,2\n5,?,3\n6,b,NA\n4,a,9\n"
    let error = try #require(throws: DataError.self) { try encoded(text) }
    #expect(
      error.description
        == "t.csv:3:1 has no value for x here: missing=drop leaves out the 3 of 5 rows without one somewhere, ignore=x that column, which misses most, 1; missing=mean puts the column's mean there"
    )
    let dropped = try encoded(text) { ($0.missing, $0.isStandardized) = (.drop, false) }
    #expect(dropped.inputs.elements == [1, 1, 4, 1] && dropped.values.elements == [1, 9])
    #expect(dropped.summary.hasPrefix("t.csv: 2 of 5 rows, those without a missing value; 2 inputs (w as 1 columns)"))
    let filled = try encoded(text) { ($0.missing, $0.isStandardized) = (.mean, false) }
    // Of 1, 5 and 4; of a, b and a.
    #expect(filled.inputs.rows == 4 && filled.inputs.elements[3] == 10.0 / 3)
    #expect(Array(filled.inputs.elements[7...8]) == [Float(2) / 3, Float(1) / 3])
    for word in ["", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "?", "<NA>"] {
      #expect(throws: DataError.self) { try encoded("x,y\n1,2\n\(word),3\n4,5\n") }
      #expect(try encoded("x,y\n1,2\n\(word),3\n4,5\n") { $0.missing = .drop }.inputs.rows == 2, "\(word)")
    }
  }

  @Test("A sign for what is missing is one among numbers, and a word among words")
  func weakSigns() throws {
    for sign in [".", "-", "..", "None", "\\N", "NaT", "#DIV/0!", "nil"] {
      let data = try encoded("x,y\n1,2\n\(sign),3\n3,5\n\(sign),4\n1,5\n") { $0.missing = .drop }
      #expect(data.inputs.rows == 3 && data.inputs.columns == 1, "\(sign)")
      #expect(data.layout.missingWords.contains(sign))
    }
    #expect(try encoded("w,y\nNone,2\na,3\nNone,5\na,4\n").inputs.columns == 2)
    // What is missing in one column is missing in all.
    let both = try encoded("w,x,y\nNone,1,2\na,None,3\nb,5,5\na,3,4\nb,2,1\n") { $0.missing = .drop }
    #expect(both.inputs.rows == 3)
    #expect(both.layout.missingWords.contains("None"))
  }

  @Test("An input that has values only where there is no target is refused, words and numbers")
  func emptyInputs() throws {
    for text in ["a,y\nred,NA\nblue,NA\n,1\n,2\n", "a,z,y\n1,1,NA\n2,5,NA\nNA,3,3\nNA,4,4\nNA,9,6\n"] {
      let error = try #require(throws: DataError.self) { try encoded(text) { $0.missing = .mean } }
      #expect(
        error.description == "t.csv has no value of a in any of the rows that are used; ignore=a leaves it out",
        "\(text)")
    }
    let filled = try encoded("a,z,y\n1,1,NA\n2,5,1\nNA,3,3\n5,4,4\n") { $0.missing = .mean }
    #expect(
      filled.summary.hasPrefix(
        "t.csv: 3 of 4 rows, those with a target; 2 inputs; target y: a number; what is missing is"))
  }

  @Test("More numbers than can be kept are refused before they are made, and very many equal names are told apart soon")
  func bounds() throws {
    // 999 words, each of them often, in 300,000 rows.
    let rows = (0..<300_000).map { "\($0 % 999)w,\($0 % 7)\n" }.joined()
    let error = try #require(throws: DataError.self) { try encoded("w,y\n" + rows) }
    #expect(
      error.description
        == "t.csv would be 999 inputs in 300000 rows, too many to keep; most are the 999 words of w: ignore=w leaves them out"
    )
    let names = Array(repeating: "x", count: 9_999).joined(separator: ",")
    let wide = try table(names + ",y\n" + Array(repeating: "1", count: 10_000).joined(separator: ",") + "\n")
    #expect(wide.names[9_998] == "x.9998")
  }

  @Test("A single column has torch's deviation from its own float32 mean")
  func singleColumn() throws {
    // torch 2.13: x = torch.tensor([[9000000.0 + i] for i in range(20)]); ((x - x.mean(0)) / x.std(0))[0]
    let text = "x,y\n" + (0..<20).map { "\(9_000_000 + $0),\($0 * $0 % 7)\n" }.joined()
    #expect(try encoded(text).inputs.elements[0] == -9 / 5.938279)
  }

  @Test("Decimal commas are read where nothing else can be meant")
  func decimalCommas() throws {
    let data = try encoded("x;y\n1,5;2\n2,25;3\n3;4,5\n") { $0.isStandardized = false }
    #expect(data.inputs.elements == [1.5, 2.25, 3] && data.values.elements == [2, 3, 4.5])
    #expect(data.summary.contains("separated by semicolons; decimal commas"))
    // What could be thousands is a fraction where another column shows what a comma is.
    #expect(try encoded("x;y\n1,500;2,1\n2,250;3\n") { $0.isStandardized = false }.inputs.elements == [1.5, 2.25])
    #expect(try encoded("x,y\n\"1,5\",2\n\"2,25\",3\n") { $0.isStandardized = false }.inputs.elements == [1.5, 2.25])
  }

  @Test("What has no name and nothing to learn from is left out, and said")
  func unnamed() throws {
    for first in ["1,2,3,4", "0,1,2,3", "85,86,91,94", "Mazda,Datsun,Fiat,Ford"] {
      let names = first.split(separator: ",")
      for header in ["", "\"\"", "Unnamed: 0"] {
        let text =
          "\(header),x,y\n" + zip(names, [(1, 5), (2, 6), (4, 9), (3, 1)]).map { "\($0),\($1.0),\($1.1)\n" }.joined()
        let data = try encoded(text)
        #expect(data.inputs.columns == 1, "\(text)")
        #expect(data.summary.contains("left out, without a name or a value: column "))
      }
    }
    let empty = try encoded("x,e,y\n1,,2\n2,NA,5\n3,,4\n")
    #expect(
      empty.inputs.columns == 1 && empty.summary.contains("without a value") || empty.summary.contains("or a value"))
    // Without a name, but with something in it.
    #expect(try encoded(",x,y\n5,1,5\n5,2,6\n7,4,9\n").inputs.columns == 2)
  }

  @Test("Columns are left out by name, also by a name with a comma")
  func ignoring() throws {
    let text = "a,\"b,c\",d,y\n1,5,2,1\n2,6,1,2\n4,9,7,3\n"
    #expect(try encoded(text) { $0.ignored = "a,d" }.inputs.columns == 1)
    #expect(try encoded(text) { $0.ignored = "a,b,c" }.inputs.columns == 1)
    #expect(try encoded(text) { $0.ignored = "d" }.summary.hasSuffix("; left out: d"))
    for (ignored, message) in [
      ("q", "has no column q; its columns are a, b,c, d, y"), ("y", "cannot be without column y"),
      ("a,b,c,d", "has no column beside y to predict it from"),
    ] {
      let error = try #require(throws: DataError.self) { try encoded(text) { $0.ignored = ignored } }
      #expect(error.description.contains(message), "\(error.description)")
    }
  }

  @Test(
    "What a column is not is said with the remedy",
    arguments: [
      ("a,b\n1,2\n2,3\n", "t.csv:1 has no column y; its columns are a, b"),
      ("y\n1\n2\n", "t.csv:1 has no column beside y to predict it from"),
      ("x,y\n1,2\n", "t.csv has one row; a standard deviation needs at least two"),
      (
        "x,y\n1,2\n2,3\nfour,4\n",
        "t.csv:4:1 has \"four\" for x, which is not a number; mend it, or ignore=x leaves the column out"
      ),
      ("x,y\n1,2\n2,3\n3,o\n", "t.csv:4:2 has \"o\" for y, which is not a number"),
      ("x,y\n1,2\n1e99,3\n", "t.csv:3:1 has \"1e99\" for x, which float32 cannot hold; ignore=x leaves it out"),
      ("x,y\n1,2\n-inf,3\n", "t.csv:3:1 has \"-inf\" for x, which float32 cannot hold; ignore=x leaves it out"),
      (
        "x,y\n5,2\n5,3\n5,4\n",
        "t.csv has the same value all over column x: it cannot be standardised; ignore=x leaves it out"
      ),
      (
        "x,z,w,y\n5,0,q,2\n5,0,q,3\n",
        "t.csv has the same value all over column x: it cannot be standardised; ignore=x,z,w leaves it and 2 more such columns out"
      ),
      ("x,y\n1,2\n2,2\n", "t.csv has the same value all over column y: it cannot be standardised"),
      (
        "x,y\n0x10,2\n2,3\n",
        "t.csv:2:1 has \"0x10\" for x, which is not a number in decimal digits: write it so; ignore=x leaves it out"
      ),
      (
        "my x,y\n2010-01-05,2\n2010-01-06,3\n2010-01-07,4\n",
        "t.csv:2:1 has \"2010-01-05\" for my x, a date or a time, and a network needs numbers: write it as a number; ignore=\"my x\" leaves it out"
      ),
      (
        "x,y\n\"1,234\",2\n\"2,345\",3\n",
        "t.csv:2:1 has \"1,234\" for x, which is a fraction or digits in groups: write 1.234 for one, 1234 for the other; ignore=x leaves it out"
      ),
      (
        "x,y\n\"1,234,567\",2\n\"2,345\",3\n",
        "t.csv:2:1 has \"1,234,567\" for x, digits in groups: write them without the signs between; ignore=x leaves it out"
      ),
      (
        "x,y\n$1.50,2\n$2.50,3\n",
        "t.csv:2:1 has \"$1.50\" for x, a number with a sign: write the number alone; ignore=x leaves it out"
      ),
      ("x;y\n1,5;2\n1.5;3\n", "t.csv:3:1 has \"1.5\" for x, and \"1,5\" elsewhere: write one sign before the decimals"),
      (
        "name,id,y\nann,a1,1\nbob,b2,2\neve,c3,3\n",
        "t.csv has 3 different words in 3 rows of column name, too many to learn from; ignore=name,id leaves it and 1 more such column out"
      ),
      (
        "ms,y\n1700000000001,2\n1700000000002,3\n",
        "t.csv has values in column ms that differ by less than float32 can tell: subtract what they have in common; ignore=ms leaves it out"
      ),
      ("x,y\n1,a\n2,a\n", "t.csv has one class in y, a: there is nothing to learn"),
    ])
  func wrong(text: String, message: String) throws {
    let error = try #require(throws: DataError.self) { try encoded(text) }
    #expect(error.description == message)
  }

  @Test(
    "Dates and times as people write them",
    arguments: [
      "2004-03-10", "10/03/2004", "3/13/2004", "1.2.2020", "1949-01", "18.00.00", "00:15", "12:30:05", "Jan-00",
      "1-Jan-2010",
      "2010-01-01 00:00", "2005-01-24T10:00:00Z", "Jan 1 2000", "January 5, 2020", "10:15 AM", "1984/05",
    ])
  func dates(date: String) throws {
    let error = try #require(throws: DataError.self) {
      try encoded("x,y\n\"\(date)\",2\n\"\(date)\",3\n\"\(date)\",5\n")
    }
    #expect(error.description.contains("a date or a time"), "\(error.description)")
  }

  @Test(
    "Ranges, versions, codes and months are words",
    arguments: ["10-14", "0-39g/day", "Jan", "A/5 21171", "1.2.3.4", "v1.0", "5more", "3rd"])
  func noDates(word: String) throws {
    let data = try encoded("x,y\n\(word),2\nq,3\n\(word),5\nq,1\n")
    #expect(data.inputs.columns == 2)
  }

  @Test(
    "What was made of a table is one line, with a hint where something else may be meant",
    arguments: [
      ("x,k\n1,a\n2,b\n3,a\n", "k", "3 rows; 1 input; target k: 2 classes (a, b)"),
      (
        "1;2;a\n3;4;b\n5;5;a\n", "3",
        "3 rows; 2 inputs; target 3: 2 classes (a, b); separated by semicolons; no line of names: the columns are called 1 to 3"
      ),
      (
        "x,x,y\n1,2,5.5\n2,4,6\n3,1,7\n", "y",
        "3 rows; 2 inputs; target y: a number; columns of one name are called x.1"
      ),
      (
        "x,y\n1.5,0\n2,1\n3,0\n4,1\n", "y",
        "4 rows; 1 input; target y: a number (y has 2 different whole numbers: classes=yes would take them for classes)"
      ),
      (
        "id,x,y\n1,5,0.5\n2,3,2\n3,4,1\n4,7,2\n5,9,2\n6,1,2\n7,2,2\n8,2,4\n9,4,4\n10,4,4\n", "y",
        "10 rows; 2 inputs; target y: a number (id counts the rows: ignore=id would leave it out)"
      ),
    ])
  func summaries(text: String, target: String, summary: String) throws {
    let data = try encoded(text, target: target) { $0.format.header = text.hasPrefix("1;") ? .no : .auto }
    #expect(data.summary == "t.csv: " + summary)
  }
}
