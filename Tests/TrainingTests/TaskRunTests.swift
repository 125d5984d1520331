import Foundation
import OrchardAdapters
import OrchardDatasets
import OrchardEvaluation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTokenizers
import OrchardTraining
import TestSupport
import Testing

@Suite struct TaskRunTests {
  private func recipe(_ fixture: TrainingFixture, output: String = "run") -> TrainingRecipe {
    var recipe = fixture.recipe("t5-v1_1", output: output)
    var first = TaskSettings()
    first.data = DatasetSettings(file: fixture.folder.url.appending(path: "train.jsonl").path)
    first.validation = DatasetSettings(file: fixture.folder.url.appending(path: "valid.jsonl").path)
    var second = first
    second.data.limit = 5
    second.prompt.template = "classify"
    second.prompt.columns = ["text": "prompt", "label": "completion"]
    recipe.data = nil
    recipe.tasks = ["copy": first, "label": second]
    recipe.mixture.temperature = 2
    recipe.watch.evaluateEvery = 3
    var held = HeldOutSettings()
    held.data = first.validation ?? held.data
    held.metrics = ["rouge1", "accuracy"]
    held.newTokens = 4
    recipe.watch.tasks = ["old": held]
    recipe.watch.scoreEvery = 4
    return recipe
  }

  @Test func tasksAreKeptApartAndScored() throws {
    let fixture = try TrainingFixture()
    let run = try TrainingRun(recipe(fixture))
    #expect(run.rendering.examples == 29)
    var evaluations: [EvaluationReport] = []
    var scored: [Int] = []
    while let report = try run.next() {
      if let evaluation = report.evaluation { evaluations.append(evaluation) }
      scored += report.heldOut.map(\.step)
    }
    #expect(evaluations.map(\.step) == [3, 6])
    #expect(evaluations[0].tasks.map(\.task) == ["copy", "label"])
    let low = try #require(evaluations[0].tasks.map(\.loss).min())
    let high = try #require(evaluations[0].tasks.map(\.loss).max())
    #expect((low...high).contains(evaluations[0].loss))
    #expect(scored == [0, 4, 6])
    let history = try RunHistory(run.folder.url)
    #expect(history.heldOut.map(\.step) == [0, 4, 6])
    #expect(history.about?.json["tasks"]?.array?.count == 2)
    let changes = history.changes
    #expect(changes.map(\.measure) == ["loss", "ROUGE-1", "accuracy"])
    #expect(changes[0].after < changes[0].before)
    #expect(changes[0].difference.low <= changes[0].after - changes[0].before)
    #expect(changes[0].difference.high >= changes[0].after - changes[0].before)
    let page = try #require(FileManager.default.contents(atPath: run.folder.report.path))
    let text = String(decoding: page, as: UTF8.self)
    #expect(text.contains("Learned and forgotten"))
    #expect(text.contains("Validation loss of each task"))
    // No single template was learned, so none is stamped.
    let stamp = run.result.appending(path: TemplateStamp.fileName).path
    #expect(!FileManager.default.fileExists(atPath: stamp))
  }

  /// A batch of one task has that task's loss; one of both lies between theirs, weighted by their tokens.
  @Test(arguments: [Regularization.none, .original])
  func theTrainingLossIsToldByTask(regularize: Regularization) throws {
    let fixture = try TrainingFixture()
    var recipe = recipe(fixture)
    recipe.regularize = regularize
    recipe.labelSmoothing = 0.1
    recipe.length.accumulation = 2
    recipe.length.steps = 8
    let run = try TrainingRun(recipe)
    var both = 0
    while let report = try run.next() {
      let losses = report.tasks.map(\.loss)
      #expect(!losses.isEmpty)
      if losses.count == 1 {
        #expect(abs(losses[0] - report.loss) < 1e-4)
      } else {
        both += 1
        #expect((losses.min() ?? 0) - 1e-6 <= report.loss && report.loss <= (losses.max() ?? 0) + 1e-6)
        #expect(losses[0] != losses[1])
      }
    }
    #expect(both > 0)
    let log = try MetricLog.read(run.folder.metrics).compactMap { $0["training_losses"]?.object }
    #expect(log.count == 8)
    let page = String(decoding: FileManager.default.contents(atPath: run.folder.report.path) ?? Data(), as: UTF8.self)
    #expect(page.contains("Training loss of each task"))
  }

  @Test func aResumedMixtureIsTheSame() throws {
    let fixture = try TrainingFixture()
    var recipe = recipe(fixture, output: "whole")
    recipe.average = 0.9
    recipe.embeddingNoise = 5
    let whole = try TrainingRun(recipe)
    let expected = try TrainingFixture.losses(whole)
    recipe.output = fixture.folder.url.appending(path: "parts").path
    let first = try TrainingRun(recipe)
    var losses: [Double] = []
    for _ in 0..<3 { losses.append(try #require(try first.next()).loss) }
    try first.stop()
    let second = try TrainingRun(recipe, resume: true)
    losses += try TrainingFixture.losses(second)
    #expect(losses == expected)
    #expect(TrainingFixture.weights(second) == TrainingFixture.weights(whole))
    let scored = try RunHistory(second.folder.url).heldOut.map(\.step)
    #expect(scored == [0, 4, 6])
    let kept = ["model.safetensors"].map { name in
      [whole, second].map { FileManager.default.contents(atPath: $0.result.appending(path: name).path) }
    }
    #expect(kept[0][0] != nil && kept[0][0] == kept[0][1])
  }

  @Test func theAverageIsWhatIsKept() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.average = 0
    recipe.length.steps = 2
    let run = try TrainingRun(recipe)
    _ = try TrainingFixture.losses(run)
    // With a decay of 0 the average is the weights themselves.
    let model = try ModelFolder.load(run.result)
    #expect(model.parameters.map { $0.tensor.floats } == TrainingFixture.weights(run))
    recipe.output = fixture.folder.url.appending(path: "slow").path
    recipe.average = 0.999
    let slow = try TrainingRun(recipe)
    _ = try TrainingFixture.losses(slow)
    let averaged = try ModelFolder.load(slow.result)
    #expect(averaged.parameters.map { $0.tensor.floats } != TrainingFixture.weights(slow))
    #expect(!FileManager.default.fileExists(atPath: slow.result.appending(path: "average.safetensors").path))
  }

  @Test("A model kept near its original moves less", arguments: [false, true])
  func nearTheOriginal(hasAdapter: Bool) throws {
    let fixture = try TrainingFixture()
    func moved(_ strength: Double?) throws -> (first: Double, last: Double) {
      var recipe = fixture.recipe("t5-v1_1", output: "run-\(strength ?? 0)")
      if hasAdapter { recipe.adapter = AdapterChoice(LoRASettings()) }
      recipe.length.steps = 12
      var wild = AdamWSettings()
      wild.learningRate = 0.02
      recipe.optimizer = OptimizerChoice(wild)
      if let strength {
        recipe.regularize = .original
        recipe.regularizeStrength = strength
      }
      let original = try ModelFolder.load(URL(filePath: recipe.model.folder))
      let run = try TrainingRun(recipe)
      let first = try #require(try run.next()).loss
      _ = try TrainingFixture.losses(run)
      let batch = TokenBatch(source: TokenRows([[5, 9, 20, 1]]), target: TokenRows([[0, 7, 12]]))
      let (a, b) = (
        original.logits(batch).logSoftmax(along: -1),
        try #require(run.trained.languageModel).logits(batch).logSoftmax(along: -1)
      )
      return (first, (a.exponential * (a - b)).sum.scalar)
    }
    let (free, near) = (try moved(nil), try moved(20))
    // Before anything has moved, the divergence is nothing.
    #expect(abs(free.first - near.first) < 1e-5)
    #expect(near.last < free.last / 2)
  }

  @Test func biasesAreTrainedWhereThereAreSome() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.trainable = .biases
    let error = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
    #expect(try #require(error).description.contains("trainable is biases, but this model has none"))
    recipe = fixture.recipe("gpt2", output: "other")
    recipe.trainable = .biases
    recipe.rendering.maximumTokens = 32
    let run = try TrainingRun(recipe)
    #expect(run.counts.trained < run.counts.all / 4)
    let losses = try TrainingFixture.losses(run)
    #expect(losses.count == 6)
    // What is no bias is as it was.
    let (before, after) = (try ModelFolder.load(URL(filePath: recipe.model.folder)), try ModelFolder.load(run.result))
    let names = before.namedParameters.map { before.checkpointKeys.key(for: $0.path) }
    for (name, pair) in zip(names, zip(before.parameters, after.parameters)) {
      #expect((pair.0.tensor.floats == pair.1.tensor.floats) == !name.hasSuffix("bias"), "\(name)")
    }
  }

  @Test func patienceEndsARun() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.watch.validation = DatasetSettings(file: fixture.folder.url.appending(path: "valid.jsonl").path)
    recipe.watch.evaluateEvery = 1
    recipe.watch.samples = 0
    recipe.length.steps = 60
    recipe.length.patience = 2
    recipe.optimizer = OptimizerChoice(Self.wild)
    let run = try TrainingRun(recipe)
    var last: EvaluationReport?
    while let report = try run.next() { last = report.evaluation ?? last }
    #expect(run.isExhausted)
    #expect(run.step < 60)
    let best = try #require(run.best)
    #expect(run.step - best.step == 2)
    #expect(last?.step == run.step)
    #expect(run.folder.result != nil)
  }

  private static var wild: AdamWSettings {
    var settings = AdamWSettings()
    settings.learningRate = 0.5
    return settings
  }

  @Test func aLossThatRunsAwayIsStopped() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.length.steps = 200
    recipe.watch.spike = 1.01
    recipe.optimizer = OptimizerChoice(Self.wild)
    let run = try TrainingRun(recipe)
    let error = #expect(throws: TrainingError.self) { _ = try TrainingFixture.losses(run) }
    #expect(try #require(error).description.contains("its lowest was"))
    #expect(run.step < 200)
  }

  @Test func whatIsWrongIsToldWithTheTask() throws {
    let fixture = try TrainingFixture()
    var wrong = recipe(fixture)
    wrong.tasks["copy"]?.prompt.columns = ["prompt": "question"]
    let column = #expect(throws: DataError.self) { try TrainingRun(wrong) }
    #expect(try #require(column).description.contains("(task “copy”)"))
    wrong = recipe(fixture)
    wrong.tasks["label"]?.templates = ["clasify"]
    let template = #expect(throws: TrainingError.self) { try TrainingRun(wrong) }
    #expect(try #require(template).description.contains("task “label”"))
    _ = try fixture.folder.write("", to: "empty.jsonl")
    wrong = recipe(fixture)
    wrong.tasks["label"]?.data = DatasetSettings(file: fixture.folder.url.appending(path: "empty.jsonl").path)
    let empty = #expect(throws: DataError.self) { try TrainingRun(wrong) }
    #expect(try #require(empty).description.contains("the file holds no rows (task “label”)"))
    wrong = recipe(fixture)
    wrong.watch.tasks["old"]?.metrics = ["ruge"]
    #expect(throws: (any Error).self) { try TrainingRun(wrong) }
    let neither = #expect(throws: SettingsError.self) { try TrainingRecipe(yaml: "model: {folder: m}") }
    #expect(try #require(neither).description.contains("name the training data's files, or tasks"))
    let both = #expect(throws: SettingsError.self) {
      try TrainingRecipe(
        yaml: "{model: {folder: m}, data: {files: a.jsonl}, tasks: {one: {data: {files: b.jsonl}}}}")
    }
    #expect(try #require(both).description.contains("stands beside tasks"))
    #expect(!FileManager.default.fileExists(atPath: wrong.output))
    for (yaml, problem) in [
      ("data: {files: a}, mixture: {cap: 5}", "none are named"),
      ("tasks: {one: {data: {files: a}}}, prompt: {template: answer}", "each task has its own prompt"),
      ("tasks: {one: {data: {files: a}, weight: 2}}", "mixture.by: weights alone"),
      ("data: {files: a}, length: {patience: 2}", "needs a validation set"),
      ("data: {files: a}, watch: {score-every: 5}", "no tasks that are scored"),
      ("data: {files: a}, regularize-strength: 2", "without regularize: original"),
    ] {
      let idle = #expect(throws: SettingsError.self) { try TrainingRecipe(yaml: "{model: {folder: m}, \(yaml)}") }
      #expect(try #require(idle).description.contains(problem), "\(yaml)")
    }
  }

  @Test func severalTemplatesAreDrawnBySeed() throws {
    let fixture = try TrainingFixture()
    let data = try Dataset(file: fixture.folder.url.appending(path: "train.jsonl"))
    let ways = [
      PromptTemplate(name: "a", prompt: "{{prompt}}", completion: "{{completion}}"),
      PromptTemplate(name: "b", prompt: "{{completion}} {{prompt}}", completion: "{{completion}}"),
    ].map { template in
      let composer = PromptComposer(template)
      return PromptWay(composer: composer, worked: WorkedExamples(composer: composer))
    }
    let tokenizer = try Tokenizer(folder: Goldens.url("models/t5-v1_1"))
    let renderer = try Renderer(tokenizer: tokenizer, shape: .encoderDecoder)
    func sources(_ seed: Int) throws -> [[Int32]] {
      try RenderedDataset(data, ways: ways, seed: seed, renderer: renderer).examples.map(\.source)
    }
    let alone = try ways.map { way in
      try RenderedDataset(data, ways: [way], seed: 0, renderer: renderer).examples.map(\.source)
    }
    let drawn = try sources(1)
    let choices = drawn.indices.map { row in alone.firstIndex { $0[row] == drawn[row] } }
    #expect(!choices.contains(nil))
    #expect(Set(choices).count == 2)
    #expect(try sources(1) == drawn)
    #expect(try sources(2) != drawn)
  }
}
