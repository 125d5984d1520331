import Foundation
import OrchardAdapters
import OrchardAlignment
import OrchardDatasets
import OrchardJSON
import OrchardLayers
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

/// A tiny model folder, answers that people have compared, and runs over them.
struct AlignmentFixture {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = ["cat", "dog", "bird", "sun", "moon", "tree", "hat", "boat", "bread", "sea"]
    var (pairs, rankings, labels): ([String], [String], [String]) = ([], [], [])
    for row in 0..<16 {
      let (a, b, c) = (words[row % 10], words[(row * 3 + 1) % 10], words[(row * 7 + 2) % 10])
      let prompt = "the \(a) and the \(b) sat on the \(c)"
      pairs.append(#"{"prompt": "\#(prompt)", "chosen": "\#(b) then \#(a)", "rejected": "no \#(c) for them"}"#)
      rankings.append(
        #"{"prompt": "\#(prompt)", "answers": ["no \#(c) for them", "\#(b) then \#(a)", "so \#(b)"], "ranks": [3, 1, 2]}"#
      )
      labels.append(#"{"prompt": "\#(prompt)", "completion": "\#(b) then \#(a)", "label": true}"#)
      labels.append(#"{"prompt": "\#(prompt)", "completion": "no \#(c) for them", "label": false}"#)
    }
    for (name, lines) in [("pairs", pairs), ("rankings", rankings), ("labels", labels)] {
      _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "\(name).jsonl")
    }
  }

  /// A recipe over one of the golden models, with LoRA.
  func recipe(
    _ model: String, _ method: any MethodSettings, data: String = "pairs", output: String = "run"
  ) -> AlignmentRecipe {
    var recipe = AlignmentRecipe()
    recipe.methodChoice = MethodChoice(method)
    recipe.training.model.folder = Goldens.url("models/\(model)").path
    recipe.training.data = DatasetSettings(file: folder.url.appending(path: "\(data).jsonl").path)
    recipe.training.output = folder.url.appending(path: output).path
    recipe.training.device = "cpu"
    recipe.training.batches.size = 4
    recipe.training.length.steps = 6
    recipe.training.watch.saveEvery = 2
    recipe.training.rendering.maximumTokens = 64
    var lora = LoRASettings()
    (lora.rank, lora.alpha) = (4, 8)
    recipe.training.adapter = AdapterChoice(lora)
    return recipe
  }

  /// A copy of a golden model that has dropout.
  func withDropout(_ model: String) throws -> URL {
    let copy = folder.url.appending(path: "dropout-\(model)")
    try FileManager.default.copyItem(at: Goldens.url("models/\(model)"), to: copy)
    let url = copy.appending(path: "config.json")
    var config = try JSONValue(parsing: Data(contentsOf: url)).object ?? JSONObject()
    for key in ["dropout_rate", "resid_pdrop", "attn_pdrop", "embd_pdrop"] where config[key] != nil {
      config[key] = 0.2
    }
    try Data(JSONValue.object(config).text.utf8).write(to: url)
    return copy
  }

  /// A run to its end: the losses of its steps, and its last figures.
  static func follow(_ run: TrainingRun) throws -> (losses: [Double], figures: [String: Double]) {
    var losses: [Double] = []
    var figures: [String: Double] = [:]
    while let report = try run.next() {
      losses.append(report.loss)
      figures = Dictionary(report.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }
    return (losses, figures)
  }

  /// Checks that a run which is left after three steps and resumed equals one that was never left, bit for bit.
  ///
  /// `recipe` is that of a run into a folder of a name. Returns the resumed run.
  @discardableResult
  static func checkResuming(_ recipe: (String) throws -> AlignmentRecipe) throws -> TrainingRun {
    let whole = try TrainingRun(recipe("whole"))
    let expected = try follow(whole).losses
    let first = try TrainingRun(recipe("parts"))
    var losses: [Double] = []
    for _ in 0..<3 { losses.append(try #require(try first.next()).loss) }
    try first.checkpoint()
    let second = try TrainingRun(recipe("parts"), resume: true)
    losses += try follow(second).losses
    #expect(losses == expected)
    #expect(learned(second) == learned(whole))
    return second
  }

  /// The numbers of what a run learns.
  static func learned(_ run: TrainingRun) -> [[Float]] {
    run.trained.adapter?.parameters.map { $0.parameter.tensor.floats }
      ?? run.trained.model.parameters.map { $0.tensor.floats }
  }
}

/// AdamW with a rate.
func adamw(rate: Double) -> OptimizerChoice {
  var settings = AdamWSettings()
  settings.learningRate = rate
  return OptimizerChoice(settings)
}
