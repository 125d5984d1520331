import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors
import OrchardTokenizers
import OrchardTraining
import TestSupport
import Testing

@Suite("Classifiers", .serialized)
struct ClassifierRunTests {
  static let bases = [
    "encoders/bert-bare", "encoders/distilbert-masked", "encoders/roberta-masked", "models/llama-grouped",
  ]

  /// Texts of a few words, with labels that a word decides.
  private static func data(_ folder: TemporaryFolder) throws -> String {
    let words = ["cat", "dog", "bird", "sun", "moon", "tree", "hat", "boat"]
    let rows = (0..<24).map { row in
      let (a, b) = (words[row % 8], words[(row * 3 + 1) % 8])
      let (text, label) =
        [("the \(a) ran to the \(b)", "calm"), ("no no \(b)", "2"), ("so the \(a)", "loud")][row % 3]
      return #"{"words": "\#(text)", "second": "the \#(b)", "tone": "\#(label)"}"#
    }
    return try folder.write(rows.joined(separator: "\n") + "\n", to: "texts.jsonl").path
  }

  private func recipe(_ base: String, _ folder: TemporaryFolder, output: String = "run", isPair: Bool = false) throws
    -> AlignmentRecipe
  {
    var settings = ClassifySettings()
    (settings.labels, settings.column) = (["calm", "loud", "angry"], "tone")
    var recipe = AlignmentRecipe()
    recipe.methodChoice = MethodChoice(settings)
    recipe.training.model.folder = Goldens.url(base).path
    recipe.training.data = DatasetSettings(file: try Self.data(folder))
    recipe.training.prompt.template = isPair ? "no-instruction" : "text"
    recipe.training.prompt.columns = isPair ? ["prompt": "words", "completion": "second"] : ["text": "words"]
    recipe.training.output = folder.url.appending(path: output).path
    recipe.training.device = "cpu"
    recipe.training.batches.size = 8
    // Texts of one length have one label here, so batches of similar lengths would each teach one label.
    recipe.training.batches.order = .shuffled
    recipe.training.length.steps = 60
    recipe.training.rendering.maximumTokens = 24
    recipe.training.optimizer = adamw(rate: 1e-2)
    return recipe
  }

  @Test("Logits and ten steps of peft's LoRA beside transformers' classifiers", arguments: bases)
  func goldens(base: String) throws {
    let folder = Goldens.url("classifiers/\(base.split(separator: "/")[1])")
    let json = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "golden.json")))
    let lengths = try #require(json["lengths"]?.array).compactMap(\.int)
    let labels = try #require(json["labels"]?.array).compactMap(\.int)
    let file = try SafetensorsFile(folder.appending(path: "golden.safetensors"))
    let (rows, types) = (
      TokenRows(ids: try #require(file.tensor("ids")), lengths: lengths), file.tensor("types")
    )
    let model = try ClassifierFolder.load(
      Goldens.url(base), labels: ClassificationLabels(["a", "b", "c"], .singleLabel), .plain(.float32))
    let adapter = try AdapterFolder.read(folder, on: model.adaptable, base: nil, heads: model.heads)
    let expected = try #require(file.tensor("logits")).floats
    for mode in [ForwardMode.inference, .training] {
      let logits = withoutGradients {
        model.logits(model.batch(of: rows, answers: nil), types: types, mode: mode).floats
      }
      for (logit, expected) in zip(logits, expected) { #expect(abs(logit - expected) < 1e-4) }
    }
    // peft keeps no labels: they are numbered.
    let copy = try TemporaryFolder()
    let place = copy.url.appending(path: "adapter")
    try FileManager.default.copyItem(at: folder, to: place)
    let trained = try TrainedClassifier(folder: place, base: Goldens.url(base))
    #expect(trained.model.labels == ["LABEL_0", "LABEL_1", "LABEL_2"])
    let merged = withoutGradients {
      trained.model.logits(trained.model.batch(of: rows, answers: nil), types: types, mode: .inference).floats
    }
    for (logit, expected) in zip(merged, expected) { #expect(abs(logit - expected) < 1e-4) }
    let weights = TrainingRun.prepareWeights(model, .fp32, adapter: adapter)
    var settings = AdamWSettings()
    (settings.learningRate, settings.weightDecay, settings.decayVectors) = (1e-2, 0.01, true)
    let optimizer = settings.make(weights)
    for loss in try #require(json["adamw_losses"]?.array).compactMap(\.double) {
      let logs = model.logits(rows, types: types, mode: .training).logSoftmax()
      let picked = logs.gathered(1, by: Tensor(labels, shape: [3, 1]))
      let own = picked.mean * -1
      #expect(abs(own.scalar - loss) < 1e-3)
      own.backward()
      optimizer.step(rate: 1, gradientScale: 1)
      for weight in weights { weight.parameter.tensor.setGradient(nil) }
    }
  }

  @Test(
    "A classifier learns, and what is written sorts texts as what was trained",
    arguments: bases + ["models/t5-v1_1", "models/gpt2"], [true, false])
  func learning(base: String, hasAdapter: Bool) throws {
    let folder = try TemporaryFolder()
    var recipe = try self.recipe(base, folder)
    recipe.training.watch.validation = recipe.training.data
    recipe.training.watch.evaluateEvery = 60
    if hasAdapter {
      var lora = LoRASettings()
      (lora.rank, lora.alpha) = (4, 8)
      recipe.training.adapter = AdapterChoice(lora)
    }
    let run = try TrainingRun(recipe)
    let told = try AlignmentFixture.follow(run)
    #expect(told.losses[59] < 0.3 * told.losses[0])
    #expect(told.figures["accuracy"] == 1)

    let trained = try TrainedClassifier(folder: run.result)
    #expect(trained.model.labels == ["calm", "loud", "angry"])
    let classifier = TextClassifier(trained.model, trained.tokenizer)
    let found = try classifier.classify(["the cat ran to the dog", "so the boat", "no no hat"])
    #expect(found.map { $0[0].label } == ["calm", "loud", "angry"])
    if !hasAdapter {
      // The folder is one that its own loader takes, with the class of transformers' name.
      let again = try TextClassifier(folder: run.result)
      #expect(abs(try again.classify(["so the boat"])[0][0].score - found[1][0].score) < 1e-4)
      let name = try ModelConfiguration(folder: run.result).json["architectures"]?.array?.first?.string
      if base != "models/t5-v1_1" { #expect(name?.hasSuffix("ForSequenceClassification") == true) }
    }
  }

  @Test("Pairs of texts have their kinds, and a resumed run equals one that was never left, bit for bit")
  func resuming() throws {
    let folder = try TemporaryFolder()
    func recipe(_ output: String) throws -> AlignmentRecipe {
      var recipe = try self.recipe("encoders/bert-bare", folder, output: output, isPair: true)
      recipe.training.length.steps = 6
      return recipe
    }
    let data = try RecipeRendering(
      recipe("whole"), Tokenizer(folder: Goldens.url("encoders/bert-bare")),
      ExampleForm(folder: Goldens.url("encoders/bert-bare"), head: try recipe("whole").method.head)
    ).training()
    let example = data.examples[0]
    #expect(example.types.contains(1) && example.types[0] == 0 && example.types.count == example.source.count)
    try AlignmentFixture.checkResuming(recipe)
  }

  @Test("A trained classifier goes on with the same labels, and begins a new output layer for others")
  func further() throws {
    let folder = try TemporaryFolder()
    var recipe = try self.recipe("encoders/distilbert-masked", folder)
    recipe.training.length.steps = 1
    let run = try TrainingRun(recipe)
    _ = try AlignmentFixture.follow(run)
    func loaded(_ labels: [String]) throws -> [String: [Float]] {
      let model = try ClassifierFolder.load(
        run.result, labels: ClassificationLabels(labels, .singleLabel), .plain(.float32))
      return Dictionary(uniqueKeysWithValues: model.heads.map { ($0.name, $0.parameter.tensor.floats) })
    }
    let trained = Dictionary(
      uniqueKeysWithValues: try #require(run.trained.classifier).heads.map { ($0.name, $0.parameter.tensor.floats) })
    #expect(try loaded(["a", "b", "c"]) == trained)
    let other = try loaded(["a", "b"])
    #expect(other["pre_classifier.weight"] == trained["pre_classifier.weight"])
    #expect(other["classifier.weight"]?.count != trained["classifier.weight"]?.count)
  }

  @Test("What cannot be learned is refused with the way out")
  func refusals() throws {
    let folder = try TemporaryFolder()
    func problem(_ change: (inout AlignmentRecipe) throws -> Void) throws -> String {
      var recipe = try self.recipe("encoders/bert-bare", folder)
      try change(&recipe)
      do {
        _ = try TrainingRun(recipe)
        return ""
      } catch { return "\(error)" }
    }
    let unknown = try problem {
      var settings = ClassifySettings()
      (settings.labels, settings.column) = (["calm", "lowd", "angry"], "tone")
      $0.methodChoice = MethodChoice(settings)
    }
    #expect(unknown.contains("“loud”") && unknown.contains("texts.jsonl") && unknown.contains("lowd"))
    let words = try problem {
      $0.training.prompt.template = "classify"
      $0.training.prompt.columns = ["text": "words", "label": "tone"]
    }
    #expect(words.contains("as they are"))
    let column = try problem {
      var settings = ClassifySettings()
      (settings.labels, settings.column) = (["calm", "loud", "angry"], "tune")
      $0.methodChoice = MethodChoice(settings)
    }
    #expect(column.contains("tone"))
    let long = try problem { ($0.training.rendering.maximumTokens, $0.training.rendering.overLong) = (4, .refuse) }
    #expect(long.contains("where at most 4 fit") && long.contains("texts.jsonl"))
    let soft = try problem { $0.training.adapter = AdapterChoice(PromptTuningSettings()) }
    #expect(soft.contains("text encoder"))
    var settings = ClassifySettings()
    settings.labels = ["one"]
    #expect(!settings.complaints.isEmpty)
    settings.labels = ["one", "two", "one"]
    #expect(settings.complaints.map(\.problem) == ["has “one” twice"])

    // A classifier is no reward model, and says what it can be used as.
    var recipe = try self.recipe("encoders/bert-bare", folder)
    recipe.training.length.steps = 1
    let run = try TrainingRun(recipe)
    _ = try AlignmentFixture.follow(run)
    let error = #expect(throws: ModelError.self) { try RewardModel(folder: run.result) }
    #expect(error.map { "\($0)".contains("kind classifier") } == true)

    // As a reward it is a label's number; another label is refused with those there are.
    var reward = ClassifierRewardSettings()
    (reward.folder, reward.label) = (run.folder.url.path, "angri")
    let label = #expect(throws: AlignmentError.self) { try reward.make(on: .cpu) }
    #expect(label.map { "\($0)".contains("angry") } == true)
    reward.label = "angry"
    let answers = [AnsweredPrompt(prompt: "so the ", answer: "no no cat"), AnsweredPrompt(prompt: "so", answer: "")]
    let trained = try TrainedClassifier(folder: run.result)
    let classifier = TextClassifier(trained.model, trained.tokenizer)
    for (measure, of) in [
      (LabelMeasure.probability, { (p: Double) in p }), (.logProbability, { (p: Double) in log(p) }),
    ] {
      reward.measure = measure
      for part in [ClassifiedPart.answer, .both] {
        reward.reads = part
        let scores = try reward.make(on: .cpu).scores(answers)
        for (answer, score) in zip(answers, scores) {
          let text = part == .answer ? (answer.answer.isEmpty ? " " : answer.answer) : answer.prompt + answer.answer
          let own = try classifier.classify([text])[0].first { $0.label == "angry" }
          #expect(abs(of(Double(try #require(own).score)) - score) < 1e-4)
        }
      }
    }
    reward.measure = .logit
    #expect(try reward.make(on: .cpu).scores(answers).allSatisfy(\.isFinite))
  }
}
