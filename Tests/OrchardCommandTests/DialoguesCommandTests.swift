import Foundation
import OrchardJSON
import TestSupport
import Testing

/// `orchard dialogues`, run as a person runs it.
@Suite struct DialoguesCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(["dialogues"] + arguments, in: folder.url)
  }

  private func rows(_ name: String) throws -> [JSONValue] {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8).split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
  }

  @Test func bothPartsAreWrittenInTheSizesAskedFor() throws {
    let run = try run("--output", "a/b", "--training", "60", "--held-out", "12", "--seed", "3", "--json")
    #expect(run.code == 0 && run.complaints.isEmpty)
    let results = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(results.compactMap { $0["dialogues"]?.int } == [60, 12])
    let training = try rows("a/b/training.jsonl")
    #expect(training.count == 60)
    #expect(try rows("a/b/held-out.jsonl").count == 12)
    #expect(training.allSatisfy { $0.object?.keys == ["id", "topic", "dialogue", "summary"] })
  }

  @Test func theSeedDecides() throws {
    for (name, seed) in [("one", "1"), ("two", "1"), ("three", "2")] {
      #expect(try run("--output", name, "--training", "30", "--held-out", "5", "--seed", seed).code == 0)
    }
    let bytes = try ["one", "two", "three"].map {
      try Data(contentsOf: folder.url.appending(path: "\($0)/training.jsonl"))
    }
    #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
  }

  @Test func wrongUseIsRefused() throws {
    let none = try run("--output", "x", "--training", "0")
    #expect(none.code == 64 && none.complaints.contains("--training is 0; it takes a number from 1 to 1000000."))
    _ = try folder.write("in the way", to: "taken")
    let taken = try run("--output", "taken", "--training", "1", "--held-out", "1")
    #expect(taken.code == 1 && taken.complaints.hasPrefix("orchard: error: taken: the data cannot be written there: "))
  }
}
