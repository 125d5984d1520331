import Foundation
import OrchardJSON
import OrchardTensors
import TestSupport
import Testing

/// A folder with a tiny model's recipe, as a person would write it.
struct RecipeFolder {
  let folder: TemporaryFolder

  init(steps: Int, model: String = "t5-v1_1", extra: String = "") throws {
    folder = try TemporaryFolder()
    let lines = (0..<16).map { #"{"prompt": "the cat sat on the mat \#($0)", "completion": "a cat sat"}"# }
    _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "train.jsonl")
    let recipe = """
      output: run
      device: cpu
      model: {folder: \(Goldens.url("models/\(model)").path)}
      data: {files: train.jsonl}
      batches: {size: 4}
      rendering: {maximum-tokens: 64}
      length: {steps: \(steps)}
      watch: {save-every: 1, keep: 2}
      \(extra)
      """
    _ = try folder.write(recipe, to: "recipe.yaml")
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> CommandRun {
    try CommandRun(arguments, in: folder.url, environment: environment)
  }

  func weights(_ run: String = "run") throws -> Data {
    try Data(contentsOf: folder.url.appending(path: "\(run)/model/model.safetensors"))
  }
}

@Suite("orchard train")
struct TrainCommandTests {
  @Test("The example is a recipe with every key, and a run of it says what is missing")
  func example() throws {
    let example = try CommandRun(["train", "--example"])
    #expect(example.code == 0)
    for key in ["learning-rate:", "warmup-share:", "maximum-source-tokens:", "evaluate-every:"] {
      #expect(example.output.contains(key))
    }
    let folder = try TemporaryFolder()
    _ = try folder.write(example.output, to: "recipe.yaml")
    let run = try CommandRun(["train", "recipe.yaml"], in: folder.url)
    #expect(run.code == 1)
    #expect(run.complaints.contains("orchard: error: "))
    #expect(run.complaints.contains("model"))
  }

  @Test("An unknown key is refused with the nearest one, with file and line")
  func unknownKey() throws {
    let recipe = try RecipeFolder(steps: 2, extra: "lenght: {steps: 3}")
    let run = try recipe.run(["train", "recipe.yaml", "optimizer.learning_rate=3"])
    #expect(run.code == 1)
    #expect(run.complaints.contains("recipe.yaml"))
    #expect(run.complaints.contains("lenght"))
    #expect(run.complaints.contains("“length”") || run.complaints.contains("length"))
    #expect(run.complaints.contains("learning-rate"))
  }

  @Test("Every step is a line of JSON; the last line names the model")
  func json() throws {
    let recipe = try RecipeFolder(steps: 3)
    let run = try recipe.run(["train", "recipe.yaml", "--json"])
    #expect(run.code == 0, "\(run.complaints)")
    let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.compactMap { $0["loss"]?.double }.count == 3)
    #expect(lines.last?["model"]?.string?.hasSuffix("run/model") == true)
    let again = try recipe.run(["train", "recipe.yaml"])
    #expect(again.code == 1)
    #expect(again.complaints.contains("--resume"))
  }

  @Test("A run's folder stands for the model in it; one of plain texts goes on with a prompt as it is")
  func asked() throws {
    let recipe = try RecipeFolder(
      steps: 2, model: "llama-grouped", extra: "prompt: {template: text, columns: {text: prompt}}")
    let train = try recipe.run(["train", "recipe.yaml"])
    #expect(train.code == 0, "\(train.complaints)")
    let asked = ["--prompt", "the cat", "--max-new-tokens", "3", "--device", "cpu"]
    let run = try recipe.run(["generate", "--model", "run"] + asked)
    let model = try recipe.run(["generate", "--model", "run/model", "--raw"] + asked)
    #expect(run.code == 0 && run.output == model.output, "\(run.complaints)")
    try FileManager.default.removeItem(at: recipe.folder.url.appending(path: "run/model"))
    let left = try recipe.run(["generate", "--model", "run"] + asked)
    #expect(left.code == 1)
    #expect(left.complaints.contains("run: is the folder of a run that is not complete"))
    #expect(left.complaints.contains("its last checkpoint is run/checkpoints/step-2"))
  }

  @Test("A preview marks what is supervised")
  func preview() throws {
    let recipe = try RecipeFolder(steps: 2)
    let run = try recipe.run(["preview", "recipe.yaml", "--count", "1"])
    #expect(run.code == 0, "\(run.complaints)")
    #expect(run.output.contains("⟦a cat sat</s>⟧"))
    #expect(run.output.contains("16 examples from 16 rows"))
  }

  @Test("A data row without its field is named by file and line")
  func missingField() throws {
    let recipe = try RecipeFolder(steps: 2)
    _ = try recipe.folder.write(
      #"{"prompt": "a", "completion": "b"}"# + "\n" + #"{"prompt": "a", "answer": "b"}"# + "\n", to: "train.jsonl")
    let run = try recipe.run(["train", "recipe.yaml"])
    #expect(run.code == 1)
    #expect(run.complaints.contains("train.jsonl"))
    #expect(run.complaints.contains("line 2") || run.complaints.contains(":2"))
    #expect(run.complaints.contains("completion"))
  }

  @Test("A full disk stops the run and keeps the last checkpoint", .enabled(if: SmallDisk.canBeMade))
  func fullDisk() throws {
    let recipe = try RecipeFolder(steps: 60)
    let disk = try SmallDisk(at: recipe.folder.url.appending(path: "disk"), kilobytes: 600)
    let run = try recipe.run(["train", "recipe.yaml", "output=disk/run", "watch.keep=50"])
    #expect(run.code == 1)
    #expect(run.complaints.contains("No space left"), "\(run.complaints)")
    let steps = try FileManager.default.contentsOfDirectory(atPath: disk.url.path + "/run/checkpoints")
      .filter { $0.hasPrefix("step-") }.compactMap { Int($0.dropFirst(5)) }.sorted()
    let last = try #require(steps.last)
    _ = try SafetensorsFile(disk.url.appending(path: "run/checkpoints/step-\(last)/model.safetensors"))
    _ = try SafetensorsFile(disk.url.appending(path: "run/checkpoints/step-\(last)/optimizer.safetensors"))
  }

  @Test("Killed at fifty random moments, the run still ends with the same weights", .timeLimit(.minutes(10)))
  func kills() throws {
    let steps = 120
    let recipe = try RecipeFolder(steps: steps)
    let whole = try recipe.run(["train", "recipe.yaml", "output=whole"])
    #expect(whole.code == 0, "\(whole.complaints)")
    var random = SystemRandomNumberGenerator()
    var kills = 0
    var begun = false
    while kills < 50 {
      let process = Process()
      process.executableURL = CommandRun.executable
      let isResumable = begun && !checkpoints(recipe).isEmpty
      process.arguments = ["train", "recipe.yaml", isResumable ? "--resume" : "--overwrite"]
      process.currentDirectoryURL = recipe.folder.url
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      begun = true
      Thread.sleep(forTimeInterval: Double.random(in: 0.05...0.3, using: &random))
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      kills += 1
      // Whatever stands under its own name is whole.
      for step in checkpoints(recipe) {
        let folder = recipe.folder.url.appending(path: "run/checkpoints/step-\(step)")
        _ = try SafetensorsFile(folder.appending(path: "model.safetensors"))
        _ = try SafetensorsFile(folder.appending(path: "optimizer.safetensors"))
        _ = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "run.json")))
      }
    }
    let finished = FileManager.default.fileExists(atPath: recipe.folder.url.path + "/run/model")
    if !finished {
      let rest = try recipe.run(["train", "recipe.yaml", checkpoints(recipe).isEmpty ? "--overwrite" : "--resume"])
      #expect(rest.code == 0, "\(rest.complaints)")
    }
    #expect(try recipe.weights() == recipe.weights("whole"))
  }

  private func checkpoints(_ recipe: RecipeFolder) -> [Int] {
    let folder = recipe.folder.url.appending(path: "run/checkpoints").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst(5)) : nil }
  }
}
