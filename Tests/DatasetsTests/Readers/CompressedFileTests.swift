import Foundation
import OrchardDatasets
import TestSupport
import Testing

@Suite struct CompressedFileTests {
  private func pack(_ url: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-k", url.path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test func packedFilesAreReadAsOthers() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write(#"{"a": "Zoë"}"# + "\n" + #"{"a": "two"}"# + "\n", to: "rows.jsonl")
    try pack(plain)
    let packed = try Dataset(file: plain.appendingPathExtension("gz"))
    #expect(try packed.rows().map(\.fields) == (try Dataset(file: plain).rows().map(\.fields)))
    let table = try folder.write("a,b\n1,2\n", to: "rows.csv")
    try pack(table)
    #expect(try Dataset(file: table.appendingPathExtension("gz")).row(0).text("b") == "2")
  }

  @Test func whatIsNoGzipIsTold() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write("plain", to: "rows.jsonl.gz")
    let error = #expect(throws: DataError.self) { try Dataset(file: url) }
    #expect(try #require(error).description.contains("rows.jsonl.gz: the file cannot be unpacked (not in gzip format)"))
  }
}
