import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardSettings
import TestSupport
import Testing

@Suite struct DatasetTests {
  @Test func filesFollowEachOther() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("{\"n\": 0}\n{\"n\": 1}\n", to: "a.jsonl")
    let second = try folder.write("n\n2\n3\n", to: "b.csv")
    var settings = DatasetSettings()
    settings.files = [first.path, second.path]
    #expect(try Dataset(settings).rows().map { try $0.text("n") } == ["0", "1", "2", "3"])
    settings.limit = 3
    let limited = try Dataset(settings)
    #expect(limited.count == 3)
    #expect(throws: DataError.self) { try limited.row(3) }
  }

  @Test func settingsNeedFiles() {
    #expect(throws: (any Error).self) { try DatasetSettings(yaml: "header: no") }
    #expect(throws: (any Error).self) { try DatasetSettings(yaml: "files: []") }
    #expect((try? DatasetSettings(yaml: "files: a.csv"))?.files == ["a.csv"])
  }

  @Test func fieldsAreFoundByPath() throws {
    let fields = try #require(
      JSONValue(parsing: "{\"a\": {\"b\": [\"x\", 2.5, true]}, \"a.b\": \"whole\", \"n\": null}").object)
    let row = DataRow(fields: fields, file: "a.jsonl", line: 7)
    #expect(try row.text("a.b") == "whole")
    #expect(try row.text("a.b.0") == "whole" || row.text("a.b.0") == "x")
    #expect(row.value("a.b.1")?.double == 2.5)
    #expect(try row.text("a.b.2") == "true")
    #expect(row.value("a.b.3") == nil)
    for (name, message) in [
      ("m", "a.jsonl, line 7: there is no field “m”; did you mean “a”? this row has “a”, “a.b”, “n”"),
      ("zzzz", "a.jsonl, line 7: there is no field “zzzz”; this row has “a”, “a.b”, “n”"),
      ("n", "a.jsonl, line 7: the field “n” is empty (null); fill it, or leave the row out"),
      ("a", "a.jsonl, line 7: the field “a” is an object, where a text is needed; name its part, such as “a.b”"),
    ] {
      let error = #expect(throws: DataError.self) { try row.text(name) }
      #expect(error?.description == message)
    }
  }
}
