import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct HostileFileTests {
  /// Whatever stands in a file, reading it ends with rows or with an error.
  @Test(arguments: DataFormats.catalog.names) func nothingTraps(format: String) throws {
    let folder = try TemporaryFolder()
    let pieces = [
      "\"", "\\", ",", "\t", "\n", "\r", "{", "}", "[", "]", ":", "a", "1", "é", " ", "{\"a\": 1}", "\"a\",\"b\"\n",
    ]
    var random = SeededGenerator(seed: 17)
    var settings = DatasetSettings()
    settings.format = format
    var (read, refused) = (0, 0)
    for _ in 0..<500 {
      var bytes = (0..<random.below(30)).flatMap { _ in Array(pieces[random.below(pieces.count)].utf8) }
      if !bytes.isEmpty, random.below(8) == 0 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      settings.header = random.below(2) == 0
      settings.quotes = random.below(3) > 0
      let file = folder.url.appending(path: "file")
      try Data(bytes).write(to: file)
      if problem(file, settings) == nil { read += 1 } else { refused += 1 }
    }
    #expect(read > 0 && refused > 0)
  }

  /// Tables of random fields, written after RFC 4180, come back as they were.
  @Test(arguments: [("csv", ","), ("tsv", "\t")]) func tablesComeBack(format: String, separator: String) throws {
    let folder = try TemporaryFolder()
    let pieces = ["\"", ",", "\t", "\n", "\r\n", "a", "é", " ", "word"]
    var random = SeededGenerator(seed: 23)
    for _ in 0..<100 {
      let width = random.below(4) + 1
      let table = (0...random.below(5)).map { _ in
        (0..<width).map { _ in (0..<random.below(5)).map { _ in pieces[random.below(pieces.count)] }.joined() }
      }
      let names = (0..<width).map { "c\($0)" }
      func written(_ field: String) -> String {
        let needs = field.isEmpty || random.below(3) == 0 || field.contains { "\",\t\n\r\r\n ".contains($0) }
        return needs ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field
      }
      let text = ([names] + table).map { $0.map(written).joined(separator: separator) }.joined(separator: "\r\n")
      let file = try DataFile(try folder.write(text, to: "a.\(format)"))
      let found = try (0..<file.count).map { try file.row($0).fields.entries.map { $0.value.string ?? "" } }
      #expect(found == table)
    }
  }
}
