import Foundation
import OrchardJSON
import OrchardTensors
import TestSupport
import Testing

@Suite("orchard train, several processes", .serialized, .enabled(if: ProcessGroup.isAvailable))
struct TrainProcessesTests {
  private func losses(_ recipe: RecipeFolder, _ run: String) throws -> [Double] {
    let data = try Data(contentsOf: recipe.folder.url.appending(path: "\(run)/metrics.jsonl"))
    return data.split(separator: 0x0A).compactMap { (try? JSONValue(parsing: $0))?["loss"]?.double }
  }

  private func equal(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test("Two and four processes learn what one does", arguments: ["t5-v1_1", "llama-grouped"])
  func sameAsOne(model: String) throws {
    let recipe = try RecipeFolder(steps: 5, model: model, extra: "schedule: {shape: constant}")
    #expect(try recipe.run(["train", "recipe.yaml", "output=one"]).code == 0)
    let two = try recipe.run(["train", "recipe.yaml", "output=two", "--processes", "2"])
    #expect(two.code == 0, "\(two.complaints)")
    #expect(two.complaints.contains("2 processes learn together"))
    let four = try recipe.run(
      ["train", "recipe.yaml", "output=four", "--processes=4", "shard-optimizer=true", "batches.size=4"])
    #expect(four.code == 0, "\(four.complaints)")
    let again = try recipe.run(["train", "recipe.yaml", "output=two", "--processes", "2"])
    #expect(again.code == 1)
    #expect(again.complaints.contains("holds a run already"))
    #expect(again.complaints.split(separator: "\n").count == 1, "\(again.complaints)")
    let expected = try losses(recipe, "one")
    #expect(expected.count == 5)
    #expect(equal(try losses(recipe, "two"), expected))
    #expect(equal(try losses(recipe, "four"), expected))
  }

  @Test("An uneven batch, a mixture of bf16, an adapter and evaluation")
  func uneven() throws {
    let recipe = try RecipeFolder(
      steps: 4, extra: "adapter: {kind: lora}\nlabel-smoothing: 0.1")
    let words = [
      "train", "recipe.yaml", "batches.size=3", "dtype=bf16", "watch.validation.files=train.jsonl",
      "watch.evaluate-every=2", "watch.samples=1", "watch.sample-tokens=3",
    ]
    #expect(try recipe.run(words + ["output=one"]).code == 0)
    let two = try recipe.run(words + ["output=two", "--processes", "4"])
    #expect(two.code == 0, "\(two.complaints)")
    let (a, b) = (try losses(recipe, "one"), try losses(recipe, "two"))
    #expect(a.count == 4 && zip(a, b).allSatisfy { abs($0 - $1) < 0.02 })
  }

  @Test("A run is resumed with another number of processes")
  func resumed() throws {
    let recipe = try RecipeFolder(steps: 6, extra: "shard-optimizer: true")
    #expect(try recipe.run(["train", "recipe.yaml", "output=one"]).code == 0)
    #expect(try recipe.run(["train", "recipe.yaml", "output=four", "--processes", "4"]).code == 0)
    // As if it had been stopped after step 5.
    let run = recipe.folder.url.appending(path: "four")
    for name in ["model", "checkpoints/step-6"] {
      try FileManager.default.removeItem(at: run.appending(path: name))
    }
    let resumed = try recipe.run(["train", "recipe.yaml", "output=four", "--processes", "2", "--resume"])
    #expect(resumed.code == 0, "\(resumed.complaints)")
    #expect(resumed.complaints.contains("going on after step 5"))
    #expect(equal(try losses(recipe, "four"), try losses(recipe, "one")))
  }

  @Test("A process that is killed ends the run everywhere, and is named")
  func killed() throws {
    let recipe = try RecipeFolder(steps: 5000)
    let process = Process()
    process.executableURL = CommandRun.executable
    process.arguments = ["train", "recipe.yaml", "--processes", "2", "--timeout", "60"]
    process.currentDirectoryURL = recipe.folder.url
    let complaints = try recipe.folder.write("", to: "complaints")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: complaints)
    try process.run()
    let deadline = Date.now + 60
    let run = recipe.folder.url.appending(path: "run/checkpoints")
    func steps() -> Int { ((try? FileManager.default.contentsOfDirectory(atPath: run.path)) ?? []).count }
    while steps() < 2, Date.now < deadline { Thread.sleep(forTimeInterval: 0.05) }
    let children = try TrainProcessesTests.children(of: process.processIdentifier)
    try #require(children.count == 2)
    let second = try #require(
      children.first { (try? TrainProcessesTests.environment($0).contains("RANK=1")) == true })
    kill(second, SIGKILL)
    process.waitUntilExit()
    #expect(Date.now < deadline)
    #expect(process.terminationStatus == 1)
    let text = try String(contentsOf: complaints, encoding: .utf8)
    #expect(text.contains("process 1 of 2 is lost"), "\(text)")
    #expect(text.contains("process 1 of 2 was ended by signal 9"), "\(text)")
    #expect(!text.contains("frame #"), "\(text)")
    #expect(steps() >= 2)
  }

  @Test("What a launcher's variables lack is told")
  func variables() throws {
    let recipe = try RecipeFolder(steps: 2)
    let alone = try recipe.run(["train", "recipe.yaml"], environment: ["RANK": "1", "WORLD_SIZE": "2"])
    #expect(alone.code == 1)
    #expect(alone.complaints.contains("set MASTER_ADDR"))
    let twice = try recipe.run(
      ["train", "recipe.yaml", "--processes", "2"],
      environment: ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"])
    #expect(twice.code == 64)
    #expect(twice.complaints.contains("process 1 of 2 of a launcher already"))
    let late = try recipe.run(
      ["train", "recipe.yaml", "--timeout", "1"],
      environment: ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"])
    #expect(late.code == 1)
    #expect(late.complaints.contains("process 1 of 2 cannot join the others at 127.0.0.1:1 within 1 seconds"))
  }

  private static func children(of parent: Int32) throws -> [Int32] {
    let text = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
    let direct = text.split(separator: " ").compactMap { Int32($0) }
    return direct
  }

  private static func environment(_ process: Int32) throws -> [String] {
    let data = try Data(contentsOf: URL(filePath: "/proc/\(process)/environ"))
    return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
