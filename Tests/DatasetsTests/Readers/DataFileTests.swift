import Foundation
import OrchardDatasets
import OrchardJSON
import TestSupport
import Testing

/// The message of reading a whole file, or nothing where all went well.
func problem(_ file: URL, _ settings: DatasetSettings = DatasetSettings()) -> String? {
  do throws(DataError) {
    let file = try DataFile(file, settings: settings)
    for index in 0..<file.count { _ = try file.row(index) }
    return nil
  } catch {
    return error.line.map { "\($0): \(error.problem)" } ?? error.problem
  }
}

@Suite struct DataFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func rows(_ text: String, _ name: String, _ settings: DatasetSettings = DatasetSettings()) throws -> [[String]] {
    let file = try DataFile(try folder.write(text, to: name), settings: settings)
    return try (0..<file.count).map { index in
      let row = try file.row(index)
      return ["\(row.line)"] + row.fields.entries.map { "\($0.key)=\($0.value.string ?? $0.value.text)" }
    }
  }

  @Test func jsonLines() throws {
    let found = try rows("\u{FEFF}{\"a\": \"x\", \"b\": 1}\r\n\n{\"b\": null, \"a\": \"é\"}", "a.jsonl")
    #expect(found == [["1", "a=x", "b=1"], ["3", "b=null", "a=é"]])
  }

  @Test func jsonLists() throws {
    let text = "\n[ {\"a\": \"],}\\\"\",\n \"b\": [1, {\"c\": 2}]} ,\n{\"a\": 2}\n]\n"
    #expect(try rows(text, "a.json") == [["2", "a=],}\"", "b=[1, {\"c\": 2}]"], ["4", "a=2"]])
    #expect(try rows("{\"a\": 1}\n{\"a\": 2}\n", "b.json") == [["1", "a=1"], ["2", "a=2"]])
  }

  @Test func commaSeparated() throws {
    let text = "name,text\r\n\"Ann, B.\",\"two\nlines \"\"quoted\"\"\"\r\n\r\nc,\n,\"\"\n"
    #expect(
      try rows(text, "a.csv") == [
        ["2", "name=Ann, B.", "text=two\nlines \"quoted\""], ["5", "name=c", "text="], ["6", "name=", "text="],
      ])
    #expect(try rows("a,b\n1,\"x\"", "b.csv") == [["2", "a=1", "b=x"]])
  }

  @Test func tabSeparated() throws {
    #expect(try rows("a\tb\n1, 2\t3\n", "a.tsv") == [["2", "a=1, 2", "b=3"]])
    var settings = DatasetSettings()
    settings.quotes = false
    settings.header = false
    #expect(
      try rows("\"so he said\tx\nb\t\"y\"", "b.tsv", settings) == [
        ["1", "column1=\"so he said", "column2=x"], ["2", "column1=b", "column2=\"y\""],
      ])
  }

  @Test func plainText() throws {
    #expect(try rows("one\n\n  \n two \n", "a.txt") == [["1", "text=one"], ["4", "text= two "]])
    var settings = DatasetSettings()
    settings.format = "text"
    #expect(try rows("{\"a\"", "a.jsonl", settings) == [["1", "text={\"a\""]])
  }

  @Test(arguments: [
    ("", "a.jsonl", "the file holds no rows"),
    ("\n \n", "a.jsonl", "the file holds no rows"),
    ("[]", "a.json", "the file holds no rows"),
    ("a,b\n", "a.csv", "the file holds no rows"),
    ("{}\n{\"a\": }\n", "a.jsonl", "2: broken JSON at column 7: not a JSON value"),
    ("{}\n[1]\n", "a.jsonl", "2: a list, where an object {\"field\": …} is expected"),
    ("[{},\n{\"a\":\n oops}]", "a.json", "3: broken JSON at column 2: not a JSON value"),
    ("[{},\n{\"a\": 1}", "a.json", "2: the list that begins on line 1 is not closed after this element"),
    ("[{}]\n]", "a.json", "2: more text after the end of the list"),
    ("3", "a.json", "1: a JSON list [ … ] of objects is expected"),
    ("a,b\n1,2\n1,2,3\n", "a.csv", "3: the row has 3 fields, but line 1 names 2"),
    ("a,a\n1,2\n", "a.csv", "1: two columns are called “a”; name each once"),
    (
      "a,b\n1,\"2\n3", "a.csv",
      "2: a quoted field that begins here never ends; close it; where quotes are ordinary letters, set quotes: off"
    ),
    (
      "a\tb\n\"x\" y\t1", "a.tsv",
      "2: text follows the closing quote of a field; double the quotes inside a quoted field; "
        + "where quotes are ordinary letters, set quotes: off"
    ),
    ("x", "a.xyz", "the ending “xyz” tells no data format; set format to one of jsonl, json, csv, tsv, text"),
  ])
  func brokenFilesAreExplained(text: String, name: String, message: String) throws {
    #expect(problem(try folder.write(text, to: name)) == message)
  }

  @Test func missingFilesAndFolders() throws {
    #expect(problem(folder.url.appending(path: "none.jsonl")) == "the file does not exist")
    #expect(problem(folder.url) == "this is a folder, not a data file")
    var settings = DatasetSettings()
    settings.format = "jsonlines"
    let file = try folder.write("{}", to: "a.jsonl")
    #expect(
      problem(file, settings)
        == "there is no data format “jsonlines”; did you mean “jsonl”? known: jsonl, json, csv, tsv, text")
  }

  @Test func invalidUTF8IsLocated() throws {
    let file = folder.url.appending(path: "a.csv")
    try Data(Array("a,b\n1,\"x\n".utf8) + [0xC3, 0x28] + Array("\"\n".utf8)).write(to: file)
    #expect(problem(file) == "3: not UTF-8 text at byte 9 of the file")
  }

  @Test func rowsAreReadOutOfOrder() throws {
    let text = (0..<1000).map { "{\"n\": \($0)}\n" }.joined()
    let file = try DataFile(try folder.write(text, to: "a.jsonl"))
    #expect(file.count == 1000)
    for index in [999, 0, 500] { #expect(try file.row(index).fields["n"]?.int == index) }
    let error = #expect(throws: DataError.self) { try file.row(1000) }
    #expect(error?.problem == "there is no row 1000; the file has 1000")
  }

  @Test(.enabled(if: SharedData.isPresent)) func publicDataSets() throws {
    let counts = [
      "datasets/dialogsum/dialogsum.train.jsonl": 12460, "datasets/dialogsum/dialogsum.test.jsonl": 500,
      "datasets/gsm8k/test.jsonl": 1319,
    ]
    for (path, count) in counts {
      guard let url = SharedData.url(path) else { continue }
      let file = try DataFile(url)
      #expect(file.count == count)
      for index in 0..<file.count { _ = try file.row(index) }
    }
  }
}
