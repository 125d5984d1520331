import Foundation
import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTraining
import TestSupport

/// A tiny model folder and data file, and runs over them.
struct TrainingFixture {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let words = ["cat", "dog", "bird", "sun", "moon", "tree", "hat", "boat", "bread", "sea"]
    let lines = (0..<24).map { row in
      let (a, b, c) = (words[row % 10], words[(row * 3 + 1) % 10], words[(row * 7 + 2) % 10])
      return #"{"prompt": "the \#(a) and the \#(b) sat on the \#(c)", "completion": "\#(b) then \#(a)"}"#
    }
    _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "train.jsonl")
    _ = try folder.write(lines.prefix(6).joined(separator: "\n") + "\n", to: "valid.jsonl")
  }

  /// A recipe over one of the golden models.
  func recipe(_ model: String, output: String = "run") -> TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.model.folder = Goldens.url("models/\(model)").path
    recipe.data = DatasetSettings(file: folder.url.appending(path: "train.jsonl").path)
    recipe.output = folder.url.appending(path: output).path
    recipe.device = "cpu"
    recipe.batches.size = 4
    recipe.length.steps = 6
    recipe.watch.saveEvery = 2
    recipe.rendering.maximumTokens = 64
    return recipe
  }

  /// A run to its end: the losses of its steps.
  static func losses(_ run: TrainingRun) throws -> [Double] {
    var losses: [Double] = []
    while let report = try run.next() { losses.append(report.loss) }
    return losses
  }

  /// The numbers of all weights.
  static func weights(_ run: TrainingRun) -> [[Float]] { run.trained.model.parameters.map { $0.tensor.floats } }
}
