import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Knowing before running")
struct TrainingPlanTests {
  @Test("Weights, gradients and optimiser are what a run then holds", arguments: ["t5-v1_1", "llama-grouped"])
  func parts(model: String) throws {
    let fixture = try TrainingFixture()
    for dtype in [TrainingPrecision.fp32, .bf16] {
      var recipe = fixture.recipe(model)
      recipe.dtype = dtype
      let memory = try TrainingPlan(recipe, budget: 0).ways[0].memory
      let run = try TrainingRun(recipe, isForced: true)
      #expect(memory.weights == run.trained.model.parameters.reduce(0) { $0 + $1.byteCount })
      #expect(memory.gradients == memory.weights)
      let count = run.trained.model.parameterCount
      #expect(memory.optimizer == count * (dtype == .bf16 ? 12 : 8), "two moments, and masters beside bf16")
      #expect(memory.activations > 0)
      try run.folder.remove()
    }
  }

  @Test("What a step of many rows takes follows from a few rows", arguments: ["t5-v1_1", "llama-grouped", "gpt2"])
  func rows(model: String) throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe(model)
    var foretold: [Int] = []
    for size in [6, 12] {
      recipe.batches.size = size
      recipe.rendering.maximumTokens = 32
      recipe.batches.order = .sequential
      let memory = try TrainingPlan(recipe, budget: 0).ways[0].memory
      foretold.append(memory.gradients + memory.activations + memory.workSpace)
    }
    // The same passes for real, on the batch of twelve rows.
    let trained = try ModelFolder.load(URL(filePath: recipe.model.folder), dtype: .float32)
    trained.own()
    _ = TrainingRun.prepareWeights(trained, .fp32)
    let plan = try TrainingPlan(recipe, budget: 0)
    let rows = plan.widest.rows
    let examples = (0..<rows).map { row in
      // One row is shorter than the others, as in real batches: it brings masks.
      let (source, target) = (plan.widest.source, plan.widest.target - (row == 0 ? 1 : 0))
      return RenderedExample(
        row: row, source: [Int32](repeating: 5, count: source), target: [Int32](repeating: 5, count: target),
        supervised: (source > 0 ? 0 : target / 2)..<target, endIsSupervised: false)
    }
    let batch = SequenceBatch(Array(0..<rows), of: examples, paddingID: 0)
    let objective = CompletionObjective(trained)
    var levels: [Int] = []
    for _ in 0..<2 {
      for parameter in trained.parameters { parameter.tensor.setGradient(nil) }
      levels = MemoryMeter.levels {
        objective.loss(batch, weight: 1, training: true).sum.backward()
      }
    }
    let real = try #require(levels.max())
    #expect(abs(Double(foretold[1]) / Double(real) - 1) < 0.1, "\(foretold) \(real)")
    #expect(foretold[1] > foretold[0])
  }

  @Test("Few parameters: LoRA and soft prompts train what their arithmetic says, and take less")
  func fewParameters() throws {
    let fixture = try TrainingFixture()
    let plan = try TrainingPlan(fixture.recipe("llama-grouped"), budget: 0)
    let model = try ModelFolder.load(Goldens.url("models/llama-grouped"), dtype: .float32)
    let names = ["full tuning", "LoRA, rank 16", "QLoRA, rank 16, 4 bits", "soft prompt, 20 tokens"]
    #expect(plan.ways.map(\.name) == names)
    let targets = model.namedParameters.filter {
      ["query", "value"].contains($0.path.split(separator: ".").dropLast(2).last)
    }
    #expect(!targets.isEmpty)
    #expect(plan.ways[1].trained == targets.reduce(0) { $0 + 16 * ($1.parameter.shape[0] + $1.parameter.shape[1]) })
    #expect(plan.ways[3].trained == 20 * model.properties.width)
    let full = plan.ways[0].memory
    for way in plan.ways.dropFirst() {
      #expect(way.memory.gradients < full.gradients && way.memory.optimizer < full.optimizer, "\(way.name)")
    }
    #expect(plan.ways[2].memory.weights < full.weights / 2)
    #expect(plan.ways[1].memory.weights == full.weights)
  }

  @Test("The course's count: FLAN-T5-base with rank 32 on queries and values trains 3,538,944 parameters")
  func courseCount() throws {
    let json: JSONValue = [
      "model_type": "t5", "d_model": 768, "d_kv": 64, "d_ff": 2048, "num_layers": 12, "num_decoder_layers": 12,
      "num_heads": 12, "vocab_size": 32128, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false,
      "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1, "is_encoder_decoder": true,
    ]
    let folder = try TemporaryFolder()
    _ = try folder.write(json.text, to: "config.json")
    let model = try Architecture.model(ModelConfiguration(folder: folder.url))
    #expect(TuningSizes.loraCount(model, rank: 32) == 3_538_944)
    #expect(model.parameterCount == 247_577_856)
  }

  @Test("Real steps give a speed and a time; nothing is written")
  func probe() throws {
    let fixture = try TrainingFixture()
    let recipe = fixture.recipe("t5-v1_1")
    let plan = try TrainingPlan(recipe, budget: 0.05)
    let probe = try #require(plan.probe)
    #expect(probe.steps >= 2 && probe.tokensPerSecond > 0)
    #expect(try #require(plan.seconds) > 0)
    #expect(!FileManager.default.fileExists(atPath: recipe.output))
    #expect(plan.text.contains("tokens a second") && plan.text.contains("batches.size=2 length.accumulation=2"))
    #expect(plan.json["ways"]?.array?.count == 4)
  }

  @Test("What does not fit is planned without being loaded, and refused by a run unless it is forced")
  func tooLarge() throws {
    let fixture = try TrainingFixture()
    let recipe = fixture.recipe("t5-v1_1")
    try MemoryCheck.$available.withValue(1) {
      // What this process holds counts as had: a plan is for a process that holds nothing yet.
      let plan = try TrainingPlan(recipe, budget: 0)
      #expect(!plan.fits)
      #expect(plan.text.contains("does not fit"))
      let error = #expect(throws: TrainingError.self) { try TrainingRun(recipe) }
      #expect(error?.description.contains("--force") == true && error?.description.contains("orchard plan") == true)
      #expect(!FileManager.default.fileExists(atPath: recipe.output), "nothing half-written")
      let run = try TrainingRun(recipe, isForced: true)
      #expect(try run.next() != nil)
    }
  }

  @Test("A run's folder and page have what it foretold beside what it took")
  func forecast() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("llama-grouped")
    recipe.length.steps = 12
    let run = try TrainingRun(recipe)
    _ = try TrainingFixture.losses(run)
    let predicted = try #require(RunHistory(run.folder.url).about?.json["predicted"])
    #expect(predicted["memory"]?["total"]?.int ?? 0 > 0)
    #expect(predicted["step_seconds"]?.double ?? 0 > 0)
    #expect(predicted["after_step"]?.int == 3)
    let page = try ParsedPage(String(contentsOf: run.folder.report, encoding: .utf8))
    #expect(page.texts.contains("Predicted and measured") && page.texts.contains("time of the steps"))
  }
}
