import Foundation
import OrchardJSON
import OrchardTensors

/// The folder of a model that gives texts one number.
public enum ScoreFolder {
  /// The configuration of a language model's folder, changed to say that the model has a score upon it.
  ///
  /// A decoder's class is the one that transformers has for it: `LlamaForSequenceClassification`.
  public static func configuration(from configuration: ModelConfiguration) -> ModelConfiguration {
    var json = configuration.json
    if let name = json["architectures"]?.array?.first?.string, let range = name.range(of: "ForCausalLM") {
      json["architectures"] = [.string(name[..<range.lowerBound] + "ForSequenceClassification")]
    } else if let name = json["architectures"]?.array?.first?.string, name.hasSuffix("LMHeadModel") {
      json["architectures"] = [.string(name.dropLast(11) + "ForSequenceClassification")]
    }
    json["id2label"] = ["0": "score"]
    json["label2id"] = ["score": 0]
    json["problem_type"] = "regression"
    return ModelConfiguration(json, source: configuration.source)
  }

  /// Loads the model of a folder; one without a score of its own is refused.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func load(_ folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws -> ScoreModel {
    guard try CheckpointFolder(folder).names.contains(ScoreModel.key) else {
      throw ModelError(
        "\(folder.path): the model gives texts no scores: its weights have no \(ScoreModel.key); name one that was trained "
          + "with method: reward, or its adapter")
    }
    return try body(folder, dtype: dtype, on: device)
  }

  /// Loads a language model as the body of a score that comes from elsewhere, such as an adapter; until then it is random.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func body(_ folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws -> ScoreModel {
    let model = ScoreModel(try Architecture.model(ModelConfiguration(folder: folder)))
    try model.load(CheckpointFolder(folder), dtype: dtype, on: device)
    return model
  }
}
