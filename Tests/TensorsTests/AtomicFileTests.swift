import Foundation
import OrchardTensors
import TestSupport
import Testing

@Suite("Files written whole or not at all")
struct AtomicFileTests {
  func contents(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
  }

  @Test("A file appears under its name when it is whole, over the old one, and leaves nothing else")
  func commit() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write("old", to: "a.txt")
    let file = try AtomicFile(url)
    try file.write("new")
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    try file.write(" text")
    try file.commit()
    #expect(try String(contentsOf: url, encoding: .utf8) == "new text")
    #expect(try contents(folder) == ["a.txt"])
  }

  @Test("A file that is given up leaves the old one and nothing else")
  func abandoned() throws {
    let folder = try TemporaryFolder()
    let url = try folder.write("old", to: "a.txt")
    try AtomicFile(url).write("half")
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    #expect(try contents(folder) == ["a.txt"])
  }

  @Test("A missing folder is named, with the cure")
  func missingFolder() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "none/a.txt")
    let error = try #require(#expect(throws: EngineError.self) { try AtomicFile.write("x", to: url) })
    #expect(
      error.description == "\(url.path): cannot be written (No such file or directory); make its folder first")
  }

  @Test("A folder that may not be written to is named, with the cure", .enabled(if: getuid() != 0))
  func readOnly() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.url.path)
    let url = folder.url.appending(path: "a.txt")
    let error = try #require(#expect(throws: EngineError.self) { try AtomicFile.write("x", to: url) })
    #expect(error.description.contains("choose a folder that you may write to"))
  }

  @Test("A name that cannot be taken is told, and nothing is left over")
  func takenName() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "taken")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let error = try #require(#expect(throws: EngineError.self) { try AtomicFile.write("x", to: url) })
    #expect(error.description.hasPrefix("\(url.path): cannot be given its name"))
    #expect(try contents(folder) == ["taken"])
  }
}
