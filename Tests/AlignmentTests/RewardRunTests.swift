import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Reward models", .serialized)
struct RewardRunTests {
  @Test("Scores are transformers'", arguments: ["llama-grouped", "gpt2", "qwen2"])
  func goldens(name: String) throws {
    let file = try SafetensorsFile(Goldens.url("rewards.safetensors"))
    let model = try ClassifierFolder.load(Goldens.url("models/\(name)"), labels: .score, .plain(.float32))
    model.heads[0].parameter.load(try #require(file.tensor("\(name).weight")))
    let ids = try #require(file.tensor("\(name).ids"))
    let scores = withoutGradients { model.logits(TokenRows(ids: ids, lengths: [9, 4, 7])).floats }
    for (score, expected) in zip(scores, try #require(file.tensor("\(name).scores")).floats) {
      #expect(abs(score - expected) < 1e-4)
    }
  }

  @Test(
    "A reward model finds the better answers, from pairs and from rankings",
    arguments: ["t5-v1_1", "llama-grouped", "gpt2", "bert-bare", "roberta-masked"],
    [true, false])
  func learning(model: String, hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    for data in ["pairs", "rankings"] {
      var recipe = fixture.recipe(model, RewardSettings(), data: data, output: "run-\(data)")
      if !hasAdapter { recipe.training.adapter = nil }
      if model == "gpt2" { recipe.training.rendering.maximumTokens = 32 }
      if model.contains("bert") {
        recipe.training.model.folder = Goldens.url("encoders/\(model)").path
        recipe.training.rendering.maximumTokens = 24
      }
      recipe.training.length.steps = 40
      recipe.training.optimizer = adamw(rate: 1e-2)
      recipe.training.watch.validation = recipe.training.data
      recipe.training.watch.evaluateEvery = 40
      let run = try TrainingRun(recipe)
      let told = try AlignmentFixture.follow(run)
      #expect(told.losses[39] < 0.3 * told.losses[0])
      #expect(told.figures["accuracy"] == 1)
      #expect((told.figures["confidence"] ?? 0) > 0.7)

      // What the run has written, read again, gives the same scores, whatever stands beside an answer.
      let reward = try RewardModel(folder: run.result)
      let texts = [
        (prompt: "the cat and the dog sat on the bird", answer: "dog then cat"),
        (prompt: "the cat and the dog sat on the bird", answer: "no bird for them"),
        (prompt: "the moon and a very long list of words that goes on and on sat on the sun", answer: "so dog"),
      ]
      let together = try reward.scores(of: texts)
      #expect(together[0] > together[1])
      for (text, score) in zip(texts, together) { #expect(abs(try reward.scores(of: [text])[0] - score) < 1e-4) }
      let rows = try Dataset(try #require(recipe.training.data))
      let composer = PromptComposer(reward.template)
      let rendered = try RenderedDataset(
        rows, ways: [PromptWay(composer: composer, worked: WorkedExamples(composer: composer))], seed: 0,
        renderer: reward.renderer, answers: PreferenceReader(PreferenceSettings(), comparesAnswers: true))
      let accuracy = try #require(PreferenceAccuracy(try reward.scores(rendered.examples), of: rendered))
      #expect(accuracy.accuracy > 0.8 && accuracy.interval.low > 0.6 && accuracy.interval.high <= 1)
      #expect(accuracy.pairs == (data == "pairs" ? 16 : 48) && accuracy.margin > 0.5)
    }
  }

  @Test("A resumed run equals one that was never left, bit for bit", arguments: [true, false])
  func resuming(hasAdapter: Bool) throws {
    let fixture = try AlignmentFixture()
    func recipe(_ output: String) -> AlignmentRecipe {
      var settings = RewardSettings()
      settings.loss.centring = 0.01
      var recipe = fixture.recipe("llama-grouped", settings, data: "rankings", output: output)
      if !hasAdapter { recipe.training.adapter = nil }
      recipe.training.optimizer = adamw(rate: 1e-3)
      return recipe
    }
    try AlignmentFixture.checkResuming(recipe)
  }

  @Test("What is no reward model is refused, and says what would be one")
  func refusals() throws {
    let base = Goldens.url("models/llama-grouped")
    let plain = #expect(throws: ModelError.self) { try RewardModel(folder: base) }
    #expect(plain.map { "\($0)".contains("method: reward") } == true)
    let adapter = #expect(throws: AdapterError.self) {
      try RewardModel(folder: Goldens.url("adapters/llama-grouped-lora"), base: base)
    }
    #expect(adapter.map { "\($0)".contains("SEQ_CLS") } == true)
  }

  @Test("Scores that are no numbers are told")
  func broken() throws {
    let fixture = try AlignmentFixture()
    var recipe = fixture.recipe("llama-grouped", RewardSettings())
    recipe.training.length.steps = 1
    let run = try TrainingRun(recipe)
    _ = try AlignmentFixture.follow(run)
    let reward = try RewardModel(folder: run.result)
    let weight = reward.model.heads[0].parameter
    weight.load(.full(weight.shape, .nan))
    let error = #expect(throws: ModelError.self) { try reward.scores(of: [(prompt: "a", answer: "b")]) }
    #expect(error.map { "\($0)".contains("gave no number") } == true)
  }
}
