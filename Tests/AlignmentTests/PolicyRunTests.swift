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

@Suite("Policy runs", .serialized)
struct PolicyRunTests {
  /// Short answers are wanted.
  private func settings() -> PPOSettings {
    var length = LengthRewardSettings()
    length.words = 1
    var settings = PPOSettings()
    settings.rewards = [RewardSource(length)]
    (settings.newTokens, settings.epochs, settings.minibatch) = (8, 2, 8)
    settings.price = 0.01
    return settings
  }

  private func recipe(
    _ fixture: AlignmentFixture, _ model: String, _ settings: PPOSettings, output: String = "run"
  ) -> AlignmentRecipe {
    var recipe = fixture.recipe(model, settings, output: output)
    recipe.training.batches.size = 16
    // Answers need room in the context.
    recipe.training.rendering.maximumTokens = model == "gpt2" ? 20 : 48
    recipe.training.optimizer = adamw(rate: 3e-3)
    return recipe
  }

  private func figures(_ report: StepReport) -> [String: Double] {
    Dictionary(report.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  @Test(
    "Before anything is learned the ratio is 1, and no answer is far from the original's",
    arguments: ["t5-v1_1", "llama-grouped", "gpt2"], [true, false])
  func beginning(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    (settings.epochs, settings.minibatch) = (1, 16)
    var recipe = recipe(fixture, model, settings)
    // With dropout in training, drawing and learning would differ.
    recipe.training.model.folder = try fixture.withDropout(model).path
    if !hasAdapter { recipe.training.adapter = nil }
    let told = figures(try #require(try TrainingRun(recipe).next()))
    #expect(abs((told["ratio"] ?? 0) - 1) < 1e-5)
    #expect(abs(told["divergence"] ?? 1) < 1e-3)
    #expect((told["clipped"] ?? 1) == 0)
    #expect((told["sampling_mismatch"] ?? 1) < 1e-4)
    #expect(abs(told["policy_loss"] ?? 1) < 1e-3)
    #expect(told.count == 15)
  }

  @Test("Answers earn more", arguments: ["t5-v1_1", "llama-grouped"], [true, false])
  func learning(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    var recipe = recipe(fixture, model, settings())
    if hasAdapter {
      var lora = LoRASettings()
      lora.targets.names = ["all-linear"]
      recipe.training.adapter = AdapterChoice(lora)
      recipe.training.optimizer = adamw(rate: 1e-2)
    } else {
      recipe.training.adapter = nil
    }
    recipe.training.length.steps = 30
    let run = try TrainingRun(recipe)
    var rewards: [Double] = []
    while let report = try run.next() { rewards.append(figures(report)["reward"] ?? 0) }
    let (first, last): (Double, Double) = (rewards.prefix(5).reduce(0, +) / 5, rewards.suffix(5).reduce(0, +) / 5)
    #expect(last > first + 0.3 * abs(first), "\(rewards)")
    // What belongs to the run alone is not in its result.
    let names = try FileManager.default.contentsOfDirectory(atPath: run.result.path)
    #expect(!names.contains("method.safetensors"))
    if hasAdapter {
      let weights = try AdapterFolder.weights(in: run.result)
      #expect(!weights.names.contains { $0.contains("value_head") })
    }
  }

  @Test(
    "A resumed run equals one that was never left, bit for bit", arguments: ["t5-v1_1", "llama-grouped"], [true, false])
  func resuming(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    (settings.target, settings.horizon) = (0.5, 100)
    func recipe(_ output: String) -> AlignmentRecipe {
      var recipe = self.recipe(fixture, model, settings, output: output)
      if !hasAdapter { recipe.training.adapter = nil }
      return recipe
    }
    let whole = try TrainingRun(recipe("whole"))
    let expected = try AlignmentFixture.follow(whole)
    let first = try TrainingRun(recipe("parts"))
    var losses: [Double] = []
    for _ in 0..<3 { losses.append(try #require(try first.next()).loss) }
    try first.checkpoint()
    let second = try TrainingRun(recipe("parts"), resume: true)
    let rest = try AlignmentFixture.follow(second)
    #expect(losses + rest.losses == expected.losses)
    #expect(rest.figures == expected.figures)
    #expect((rest.figures["price"] ?? 0) != settings.price)
    #expect(AlignmentFixture.learned(second) == AlignmentFixture.learned(whole))
  }

  @Test("A reward model of an earlier run is what answers are worth")
  func modelReward() throws {
    let fixture = try AlignmentFixture()
    var reward = fixture.recipe("llama-grouped", RewardSettings(), output: "reward")
    reward.training.optimizer = adamw(rate: 1e-2)
    let trained = try TrainingRun(reward)
    _ = try AlignmentFixture.follow(trained)
    var source = ModelRewardSettings()
    (source.folder, source.weight) = (trained.folder.url.path, 2)
    var settings = settings()
    settings.rewards = [RewardSource(source)]
    (settings.rewardClip, settings.unfinishedPenalty, settings.loss.entropyWeight) = (1, 0.5, 0.01)
    var recipe = recipe(fixture, "t5-v1_1", settings)
    recipe.training.length.steps = 2
    recipe.training.watch.validation = recipe.training.data
    recipe.training.watch.evaluateEvery = 1
    let run = try TrainingRun(recipe)
    let told = try AlignmentFixture.follow(run).figures
    #expect((told["reward_spread"] ?? 0) > 0)
    let history = try RunHistory(run.folder.url)
    let points = history.figureCurve("reward", in: "validation").points
    #expect(points.count == 2)
    let best = try #require(history.best)
    #expect(abs(best.loss + (points.map(\.y).max() ?? 0)) < 1e-9)
  }

  @Test("The run ends where its goal is reached, and stops by alarm where it goes astray")
  func ends() throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    settings.stopAtReward = -100
    let done = try TrainingRun(recipe(fixture, "llama-grouped", settings, output: "done"))
    #expect(try AlignmentFixture.follow(done).losses.count == 1)
    #expect(FileManager.default.fileExists(atPath: done.result.path))
    let again = try TrainingRun(recipe(fixture, "llama-grouped", settings, output: "done"), resume: true)
    #expect(try again.next()?.step == nil)

    settings.stopAtReward = nil
    settings.unfinishedAlarm = 0
    let astray = try TrainingRun(recipe(fixture, "llama-grouped", settings, output: "astray"))
    let alarm = #expect(throws: AlignmentError.self) { try AlignmentFixture.follow(astray) }
    #expect(alarm.map { "\($0)".contains("unfinished-alarm") } == true)
    #expect(try RunHistory(astray.folder.url).status == .failed)
  }

  @Test("A reward that is always the same stops the run, and says so")
  func constant() throws {
    let fixture = try AlignmentFixture()
    var words = WordRewardSettings()
    words.words = ["neverwritten"]
    var settings = settings()
    settings.rewards = [RewardSource(words)]
    var recipe = recipe(fixture, "llama-grouped", settings)
    // A price of 0 would leave nothing to learn in the first step already.
    recipe.training.length.steps = 10
    let run = try TrainingRun(recipe)
    let error = #expect(throws: AlignmentError.self) { try AlignmentFixture.follow(run) }
    #expect(error.map { "\($0)".contains("same reward (0.0)") } == true)
    #expect(run.step == 2)
  }

  @Test("Rewards of words and of length, added up by their weights")
  func rewards() throws {
    var words = WordRewardSettings()
    (words.words, words.weight) = (["Bad", "worse"], -1)
    var length = LengthRewardSettings()
    (length.words, length.weight) = (4, 2)
    let sum = try RewardSum([RewardSource(words), RewardSource(length)], on: .cpu)
    let answers = ["A bad, BAD day!", "one two", "four words are here"].map { AnsweredPrompt(prompt: "p", answer: $0) }
    #expect(try sum.scores(answers) == [-2, -1, 0])
    #expect(throws: SettingsError.self) {
      try AlignmentRecipe(yaml: "model: {folder: m}\ndata: {files: [a]}\nmethod: {kind: ppo, rewards: []}")
    }
    let read = try AlignmentRecipe(
      yaml: "model: {folder: m}\ndata: {files: [a]}\nmethod: {kind: ppo, rewards: [{kind: length, words: 3}]}")
    #expect((read.methodChoice.settings as? PPOSettings)?.rewards.first?.kind == "length")
    let again = try AlignmentRecipe(yaml: read.yaml)
    #expect(again.resolved == read.resolved)
  }

  @Test("The catalog has every reward of the folder")
  func catalog() throws {
    let folder = repository.appending(path: "Sources/Alignment/Rewards/Kinds")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).count == RewardSources.catalog.entries.count)
  }
}
