import Foundation
import OrchardJSON
import OrchardLayers
import OrchardTensors

/// The folder of a model that gives texts numbers: a classifier, or a reward model.
public enum ClassifierFolder {
  /// Loads the model of a folder; one without a head for it is refused.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func load(
    _ folder: URL, _ format: WeightFormat, on device: Device = .cpu
  ) throws -> any SequenceClassifier {
    let configuration = try ModelConfiguration(folder: folder)
    if try configuration.isEncoder {
      try refuse(format, configuration)
      return try EncoderFolder(folder, configuration).classifier(dtype: format.dtype, on: device)
    }
    let checkpoint = try CheckpointFolder(folder)
    guard checkpoint.names.contains(LanguageModelClassifier.key) else {
      throw ModelError(
        "\(folder.path): the model gives texts no scores: its weights have no \(LanguageModelClassifier.key); name one "
          + "that was trained with method: reward or method: classify, or its adapter")
    }
    let model = try LanguageModelClassifier(
      Architecture.model(configuration), ClassificationLabels(configuration))
    try model.load(checkpoint, format, on: device)
    return model
  }

  /// Loads a folder's model as the body of a classifier with these labels.
  ///
  /// What the folder has of the head is taken where it fits; the rest begins anew, and may come from an adapter.
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public static func load(
    _ folder: URL, labels: ClassificationLabels, _ format: WeightFormat, on device: Device = .cpu
  ) throws -> any SequenceClassifier {
    let configuration = try ModelConfiguration(folder: folder)
    let checkpoint = try CheckpointFolder(folder)
    if try configuration.isEncoder {
      try refuse(format, configuration)
      return try EncoderFolder(folder, configuration).classifier(
        labels, from: checkpoint, dtype: format.dtype, on: device)
    }
    let model = LanguageModelClassifier(try Architecture.model(configuration), labels)
    let keys = model.checkpointKeys.renaming([("head", "score")], ofWrongShapeIn: checkpoint, for: model)
    try model.load(checkpoint, format, on: device, as: keys)
    return model
  }

  /// A folder's model as the body of a classifier with these labels, without weights.
  ///
  /// - Throws: `ModelError` where the folder's model is not known.
  public static func unloaded(_ folder: URL, labels: ClassificationLabels) throws -> any SequenceClassifier {
    let configuration = try ModelConfiguration(folder: folder)
    guard try configuration.isEncoder else {
      return LanguageModelClassifier(try Architecture.model(configuration), labels)
    }
    return try EncoderFolder(folder, configuration).unloadedClassifier(labels)
  }

  private static func refuse(_ format: WeightFormat, _ configuration: ModelConfiguration) throws {
    guard format.compact != nil else { return }
    throw ModelError(
      "\(configuration.source): a text encoder's weights are not kept in few bits here; take model.weights: plain")
  }

  /// The configuration of a folder, changed to say that the model has a head with these labels upon it.
  ///
  /// The class is the one that transformers has for it: `LlamaForSequenceClassification`.
  public static func configuration(
    from configuration: ModelConfiguration, labels: ClassificationLabels
  ) -> ModelConfiguration {
    var json = labels.written(to: configuration).json
    if let encoder = (try? configuration.architecture).flatMap(EncoderArchitecture.named) {
      json["architectures"] = [.string(encoder.classifierClass.name)]
    } else if let name = json["architectures"]?.array?.first?.string {
      for ending in ["ForCausalLM", "LMHeadModel"] where name.hasSuffix(ending) {
        json["architectures"] = [.string(name.dropLast(ending.count) + "ForSequenceClassification")]
      }
    }
    return ModelConfiguration(json, source: configuration.source)
  }
}

extension CheckpointKeys {
  /// The same names for a checkpoint whose head may be missing, or have other sizes: that is not looked for then.
  func renaming(
    _ head: [(path: String, key: String)], ofWrongShapeIn checkpoint: CheckpointFolder, for model: any CheckpointModule
  ) -> CheckpointKeys {
    let weights = model.namedParameters.filter { entry in
      head.contains { $0.path == entry.path || entry.path.hasPrefix($0.path + ".") }
    }
    let absent = weights.filter { checkpoint.shape(of: key(for: $0.path)) != $0.parameter.shape }.map(\.path)
    let renamed = absent.map { (path: $0, key: "new.\($0)") }
    return CheckpointKeys(
      renamed + rows, aliases: aliases, surplus: surplus + absent.map { key(for: $0) }, olderEndings: olderEndings,
      transposed: transposed, prefix: prefix, optional: optional.union(renamed.map(\.key)))
  }
}
