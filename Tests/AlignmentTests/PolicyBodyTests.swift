import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardReports
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

/// What stands beside a policy on the same weights, and on the disk.
extension PolicyRunTests {
  @Test(
    "A reward model that is an adapter of the policy's model shares its weights, and says what it says alone",
    arguments: ["t5-v1_1", "llama-grouped"], [false, true])
  func secondAdapter(model: String, isNarrow: Bool) throws {
    let fixture = try AlignmentFixture()
    var reward = fixture.recipe(model, RewardSettings(), output: "reward")
    reward.training.optimizer = adamw(rate: 1e-2)
    _ = try AlignmentFixture.follow(try TrainingRun(reward))
    // The same model in another place is another model: there it stands beside the policy's.
    let other = fixture.folder.url.appending(path: "other")
    try FileManager.default.copyItem(at: Goldens.url("models/\(model)"), to: other)
    var told: [[String: Double]] = []
    var learned: [[[Float]]] = []
    for (name, base) in [("shared", Goldens.url("models/\(model)")), ("apart", other)] {
      var settings = settings()
      var source = ModelRewardSettings()
      source.folder = fixture.folder.url.appending(path: "reward").path
      settings.policy.rewards = [RewardSource(source)]
      settings.policy.watchedRewards = [RewardSource(source)]
      var recipe = recipe(fixture, model, settings, output: name)
      recipe.training.model.folder = base.path
      if isNarrow { recipe.training.dtype = .bf16 }
      recipe.training.length.steps = 2
      recipe.training.watch.validation = recipe.training.data
      recipe.training.watch.evaluateEvery = 2
      let run = try TrainingRun(recipe)
      while let report = try run.next() { told.append(figures(report)) }
      learned.append(AlignmentFixture.learned(run))
      // What is written is the policy's adapter alone.
      let adapter = try SafetensorsFile(run.result.appending(path: "adapter_model.safetensors"))
      #expect(!adapter.entries.keys.contains { $0.contains("score") })
    }
    // Merged weights round otherwise than an adapter beside them, and a sum of 16 sees it; in bf16 more so.
    let bound = isNarrow ? 0.2 : 1e-3
    #expect(told.count == 4)
    #expect(abs((told[0]["reward"] ?? 0) - (told[2]["reward"] ?? 1)) < bound)
    #expect(abs((told[0]["reward"] ?? 0) - (told[0]["watched_reward"] ?? 1)) < 1e-6)
    if !isNarrow {
      for (a, b) in zip(learned[0].joined(), learned[1].joined()) { #expect(abs(a - b) < 2e-3) }
    }
  }

  @Test(
    "Values with a body of their own: it learns, the policy's first update is as before, and a left run goes on bit for bit",
    arguments: ["t5-v1_1", "llama-grouped"], [true, false])
  func separateValues(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    func recipe(_ output: String, _ dtype: TrainingPrecision = .fp32, body: ValueBody = .separate) -> AlignmentRecipe {
      var settings = settings()
      settings.valueBody = body
      var recipe = self.recipe(fixture, model, settings, output: output)
      if !hasAdapter { recipe.training.adapter = nil }
      recipe.training.dtype = dtype
      recipe.training.length.steps = 5
      return recipe
    }
    for (name, dtype) in [("wide", TrainingPrecision.fp32), ("narrow", .bf16)] {
      let run = try TrainingRun(recipe("\(name)-whole", dtype))
      var reports: [StepReport] = []
      while let report = try run.next() { reports.append(report) }
      let parts = try TrainingRun(recipe("\(name)-parts", dtype))
      for _ in 0..<3 { _ = try parts.next() }
      try parts.checkpoint()
      let checkpoint = parts.folder.checkpoint(3)
      let files = try FileManager.default.contentsOfDirectory(at: checkpoint, includingPropertiesForKeys: nil)
      let names = try files.filter { $0.pathExtension == "safetensors" }.flatMap { try SafetensorsFile($0).names }
      #expect(names.contains { $0.hasPrefix("value_model.") } && names.contains("value_head.weight"))
      if hasAdapter {
        // B begins at 0.
        let method = try SafetensorsFile(checkpoint.appending(path: "method.safetensors"))
        let second = try #require(
          method.names.first { $0.hasPrefix("value_model.") && $0.contains("lora_B") }.flatMap(method.tensor))
        #expect(second.to(.float32).absolute.sum.scalar > 0)
      }
      let resumed = try TrainingRun(recipe("\(name)-parts", dtype), resume: true)
      #expect(try resumed.next()?.loss == reports[3].loss)
      #expect(try resumed.next()?.loss == reports[4].loss)
    }
    // What values learn leaves the policy as it is, where they have a body of their own; where they share it, it does not.
    for body in [ValueBody.separate, .shared] {
      var learned: [[[Float]]] = []
      for weight in [0.1, 10] {
        var settings = settings()
        (settings.valueBody, settings.loss.valueWeight) = (body, weight)
        (settings.policy.epochs, settings.policy.minibatch) = (4, 8)
        var recipe = recipe("\(body)-\(weight)")
        recipe.methodChoice = MethodChoice(settings)
        (recipe.training.length.steps, recipe.training.length.clipping) = (1, nil)
        let run = try TrainingRun(recipe)
        _ = try run.next()
        learned.append(AlignmentFixture.learned(run))
      }
      #expect((learned[0] == learned[1]) == (body == .separate))
    }
    // What is drawn first, and earned, does not depend on where values come from; nor is anything of them published.
    let shared = try #require(try TrainingRun(recipe("shared", body: .shared)).next())
    let separate = try #require(try TrainingRun(recipe("separate")).next())
    #expect(figures(shared)["reward"] == figures(separate)["reward"])
    #expect(abs((figures(shared)["policy_loss"] ?? 0) - (figures(separate)["policy_loss"] ?? 1)) < 1e-3)
  }

  @Test("A body of its own for values is refused where an adapter cannot be there twice")
  func separateRefusals() throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    settings.valueBody = .separate
    var recipe = recipe(fixture, "llama-grouped", settings)
    recipe.training.recomputeActivations = true
    let twice = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(twice.map { "\($0)".contains("recompute-activations") } == true)
    recipe.training.recomputeActivations = false
    recipe.training.adapter = AdapterChoice(PromptTuningSettings())
    recipe.training.rendering.maximumTokens = 30
    let prompt = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(prompt.map { "\($0)".contains("value-body: shared") } == true)
  }

  @Test(
    "A disk that is full in the middle of a run of answers stops it, and what was written goes on",
    .enabled(if: SmallDisk.canBeMade))
  func fullDisk() throws {
    let fixture = try AlignmentFixture()
    let disk = try SmallDisk(at: fixture.folder.url.appending(path: "disk"), kilobytes: 4000)
    func recipe(_ output: String) -> AlignmentRecipe {
      var recipe = self.recipe(fixture, "llama-grouped", settings(), output: output)
      (recipe.training.length.steps, recipe.training.watch.saveEvery) = (6, 2)
      return recipe
    }
    let whole = try AlignmentFixture.follow(try TrainingRun(recipe("whole"))).losses
    let run = try TrainingRun(recipe("disk/run"))
    for _ in 0..<3 { _ = try run.next() }
    // Something else takes all the room that there is.
    let filler = disk.url.appending(path: "filler")
    let size = try FileManager.default.attributesOfFileSystem(forPath: disk.url.path)[.systemFreeSize] as? Int
    _ = FileManager.default.createFile(atPath: filler.path, contents: nil)
    let handle = try FileHandle(forWritingTo: filler)
    do {
      for _ in 0..<(try #require(size)) / 512 + 16 { try handle.write(contentsOf: Data(repeating: 1, count: 512)) }
    } catch {}
    try handle.close()
    var problem = ""
    do {
      while try run.next() != nil {}
    } catch { problem = "\(error)" }
    #expect(problem.contains("No space left"), "\(problem)")
    try FileManager.default.removeItem(at: filler)
    let resumed = try TrainingRun(recipe("disk/run"), resume: true)
    #expect(resumed.step == 2)
    var losses: [Double] = []
    while let report = try resumed.next() { losses.append(report.loss) }
    #expect(losses == Array(whole[2...]))
  }
}
