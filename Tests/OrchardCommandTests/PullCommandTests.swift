import Foundation
import TestSupport
import Testing

@Suite("orchard pull, and models by their names")
struct PullCommandTests {
  /// A cache that holds one model of a small tokenizer, as a pull leaves it.
  private func cache() throws -> (folder: TemporaryFolder, environment: [String: String]) {
    let folder = try TemporaryFolder()
    let commit = String(repeating: "b", count: 40)
    let repository = folder.url.appending(path: "hub/models--someone--small")
    let snapshot = repository.appending(path: "snapshots/\(commit)")
    let files = FileManager.default
    for part in [snapshot, repository.appending(path: "refs")] {
      try files.createDirectory(at: part, withIntermediateDirectories: true)
    }
    try Data(commit.utf8).write(to: repository.appending(path: "refs/main"))
    try Data("{}".utf8).write(to: snapshot.appending(path: "config.json"))
    let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "small", "house"].joined(separator: "\n")
    try Data(vocabulary.utf8).write(to: snapshot.appending(path: "vocab.txt"))
    return (folder, ["HF_HOME": folder.url.path, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": ""])
  }

  @Test("--model OWNER/NAME finds a model in the cache")
  func findsByName() throws {
    let (folder, environment) = try cache()
    let run = try CommandRun(
      ["tokenize", "--model", "someone/small", "small house"], in: folder.url, environment: environment)
    #expect(run.code == 0, "\(run.complaints)")
    #expect(run.output.contains("house"))
  }

  @Test("Offline, a model that is not in the cache is an error that says so")
  func missing() throws {
    let (folder, environment) = try cache()
    let run = try CommandRun(["tokenize", "--model", "no/such", "a"], in: folder.url, environment: environment)
    #expect(run.code == 1)
    #expect(run.complaints.contains("no/such"))
    #expect(run.complaints.contains("HF_HUB_OFFLINE"))
  }

  @Test("Offline, pull gives the folder that is there")
  func offline() throws {
    let (folder, environment) = try cache()
    let run = try CommandRun(["pull", "someone/small", "--json"], in: folder.url, environment: environment)
    #expect(run.code == 0, "\(run.complaints)")
    #expect(run.output.contains("snapshots"))
  }

  @Test("A folder goes before a name on the hub")
  func folderFirst() throws {
    let (folder, environment) = try cache()
    _ = try FileManager.default.createDirectory(
      at: folder.url.appending(path: "someone/small"), withIntermediateDirectories: true)
    let run = try CommandRun(
      ["tokenize", "--model", "someone/small", "a"], in: folder.url, environment: environment)
    #expect(run.code == 1)
    #expect(!run.complaints.contains("HF_HUB_OFFLINE"))
  }

  @Test("What is no name is wrong usage")
  func wrongName() throws {
    let run = try CommandRun(["pull", "a b"])
    #expect(run.code == 64)
    #expect(run.complaints.contains("OWNER/NAME"))
  }
}
