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
  func settings() -> PPOSettings {
    var length = LengthRewardSettings()
    length.words = 1
    var settings = PPOSettings()
    settings.policy.rewards = [RewardSource(length)]
    (settings.policy.newTokens, settings.policy.epochs, settings.policy.minibatch) = (8, 2, 8)
    settings.price = 0.01
    return settings
  }

  func recipe(
    _ fixture: AlignmentFixture, _ model: String, _ settings: PPOSettings, output: String = "run"
  ) -> AlignmentRecipe {
    var recipe = fixture.recipe(model, settings, output: output)
    recipe.training.batches.size = 16
    // Answers need room in the context.
    recipe.training.rendering.maximumTokens = model == "gpt2" ? 20 : 48
    recipe.training.optimizer = adamw(rate: 3e-3)
    return recipe
  }

  func figures(_ report: StepReport) -> [String: Double] {
    Dictionary(report.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  @Test(
    "Before anything is learned the ratio is 1, and no answer is far from the original's",
    arguments: ["t5-v1_1", "llama-grouped", "gpt2"], [true, false])
  func beginning(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    (settings.policy.epochs, settings.policy.minibatch) = (1, 16)
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

  /// Methods that compare several answers to a prompt.
  private enum GroupMethod: String, CaseIterable {
    case grpo, rloo, bestOf

    func choice(_ policy: PolicySettings) -> any SettingsGroup {
      switch self {
      case .grpo:
        var settings = GRPOSettings()
        (settings.policy, settings.answersPerPrompt, settings.loss.price) = (policy, 4, 0.01)
        return settings
      case .rloo:
        var settings = RLOOSettings()
        (settings.policy, settings.answersPerPrompt, settings.price) = (policy, 4, 0.01)
        return settings
      case .bestOf:
        var settings = BestOfSettings()
        (settings.policy, settings.answersPerPrompt) = (policy, 4)
        return settings
      }
    }
  }

  @Test(
    "Answers compared with others to their prompt earn more, and a resumed run is the same",
    arguments: GroupMethod.allCases)
  private func groups(method: GroupMethod) throws {
    let fixture = try AlignmentFixture()
    func recipe(_ output: String, updates: Int = 4) -> AlignmentRecipe {
      var recipe = self.recipe(fixture, "llama-grouped", settings(), output: output)
      var policy = settings().policy
      // 32 answers a step.
      (policy.epochs, policy.minibatch) = updates == 1 ? (1, 32) : (2, 16)
      recipe.methodChoice = MethodChoice(method.choice(policy))
      recipe.training.batches.size = 8
      recipe.training.length.steps = 30
      recipe.training.adapter = nil
      return recipe
    }
    let run = try TrainingRun(recipe("whole"))
    var reports: [StepReport] = []
    while let report = try run.next() { reports.append(report) }
    let rewards = reports.map { figures($0)["reward"] ?? 0 }
    let (first, last): (Double, Double) = (rewards.prefix(4).reduce(0, +) / 4, rewards.suffix(4).reduce(0, +) / 4)
    #expect(last > first + 0.2 * abs(first), "\(rewards)")
    let told = figures(reports[0])
    if method == .bestOf {
      #expect(abs((told["kept"] ?? 0) - 0.25) < 1e-6)
    } else {
      #expect((told["ratio"] ?? 0) > 0 && abs(told["sampling_mismatch"] ?? 1) < 1e-4)
      // A single update begins at the policy that answered.
      let single = figures(try #require(try TrainingRun(recipe("single", updates: 1)).next()))
      #expect(abs((single["ratio"] ?? 0) - 1) < 1e-4 && single["clipped"] == 0)
    }
    let parts = try TrainingRun(recipe("parts"))
    for _ in 0..<2 { _ = try parts.next() }
    try parts.checkpoint()
    let resumed = try TrainingRun(recipe("parts"), resume: true)
    #expect(try resumed.next()?.loss == reports[2].loss)
  }

  @Test("Held-out prompts show the original's answers beside the model's, those furthest apart first")
  func heldOut() throws {
    let fixture = try AlignmentFixture()
    var words = WordRewardSettings()
    words.words = ["the"]
    var settings = settings()
    settings.policy.watchedRewards = [RewardSource(words)]
    var recipe = recipe(fixture, "llama-grouped", settings)
    recipe.training.length.steps = 4
    recipe.training.optimizer = adamw(rate: 1e-2)
    recipe.training.watch.validation = recipe.training.data
    (recipe.training.watch.evaluateEvery, recipe.training.watch.samples) = (2, 3)
    let run = try TrainingRun(recipe)
    _ = try AlignmentFixture.follow(run)
    let history = try RunHistory(run.folder.url)
    for name in ["original_reward", "watched_reward", "original_watched_reward"] {
      let points = history.figureCurve(name, in: "validation").points
      #expect(points.count == 2)
      // The original stays the same.
      if name.hasPrefix("original") { #expect(Set(points.map(\.y)).count == 1) }
    }
    for name in ["", "watched_"] {
      func last(_ figure: String) -> Double? { history.figureCurve(figure, in: "validation").points.last?.y }
      let gain = try #require(last("\(name)reward")) - (try #require(last("original_\(name)reward")))
      let (low, high) = (try #require(last("\(name)gain_low")), try #require(last("\(name)gain_high")))
      #expect(low <= gain && gain <= high)
    }
    let rows = try #require(history.samples.last?["samples"]?.array)
    let divergences = rows.compactMap { $0["figures"]?["divergence"]?.double }
    #expect(divergences.count == 3 && divergences == divergences.sorted(by: >))
    #expect(rows.allSatisfy { $0["original"]?.string != nil && $0["figures"]?["original_reward"]?.double != nil })
    let page = try String(contentsOf: run.folder.url.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("nats from the original") && page.contains("the original, reward"))
  }

  @Test("A run ends where the reward rises no more")
  func plateau() throws {
    let fixture = try AlignmentFixture()
    var settings = settings()
    settings.policy.watch.plateau = 2
    var recipe = recipe(fixture, "llama-grouped", settings)
    recipe.training.length.steps = 12
    recipe.training.optimizer = adamw(rate: 1e-9)
    #expect(try AlignmentFixture.follow(try TrainingRun(recipe)).losses.count < 12)
    settings.policy.watch.plateau = nil
    settings.policy.watch.repetitionAlarm = 0
    let astray = try TrainingRun(self.recipe(fixture, "llama-grouped", settings, output: "astray"))
    let alarm = #expect(throws: AlignmentError.self) { try AlignmentFixture.follow(astray) }
    #expect(alarm.map { "\($0)".contains("repetition-alarm") } == true)
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
    settings.policy.rewards = [RewardSource(source)]
    (settings.policy.rewardClip, settings.policy.unfinishedPenalty, settings.loss.entropyWeight) = (1, 0.5, 0.01)
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
    settings.policy.watch.stopAtReward = -100
    let done = try TrainingRun(recipe(fixture, "llama-grouped", settings, output: "done"))
    #expect(try AlignmentFixture.follow(done).losses.count == 1)
    #expect(FileManager.default.fileExists(atPath: done.result.path))
    let again = try TrainingRun(recipe(fixture, "llama-grouped", settings, output: "done"), resume: true)
    #expect(try again.next()?.step == nil)

    settings.policy.watch.stopAtReward = nil
    settings.policy.watch.unfinishedAlarm = 0
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
    settings.policy.rewards = [RewardSource(words)]
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
    #expect((read.methodChoice.settings as? PPOSettings)?.policy.rewards.first?.kind == "length")
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
