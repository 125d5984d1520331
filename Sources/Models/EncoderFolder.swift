import Foundation
import OrchardJSON
import OrchardTensors

/// A Hugging Face folder with a text encoder, with or without a head.
///
/// Which head it is says `architectures` in `config.json`.
public struct EncoderFolder {
  /// The folder.
  public let url: URL
  /// Its `config.json`.
  public let configuration: ModelConfiguration
  /// The encoder's architecture.
  public let architecture: EncoderArchitecture
  /// The model's class as transformers calls it; the bare encoder's where the folder does not say.
  public let className: String
  /// The head of that class, or nil where the class is not known: its encoder can still be used.
  public let head: EncoderHead?

  /// Reads what a folder holds.
  ///
  /// - Throws: `ModelError` where there is no `config.json`, or the architecture is no text encoder.
  public init(_ url: URL) throws { try self.init(url, ModelConfiguration(folder: url)) }

  /// A folder that is to hold what a configuration describes.
  ///
  /// - Throws: `ModelError` where the architecture is no text encoder.
  public init(_ url: URL, _ configuration: ModelConfiguration) throws {
    self.url = url
    self.configuration = configuration
    let name = try configuration.architecture
    guard let architecture = EncoderArchitecture.named(name) else {
      let known = EncoderArchitecture.all.map(\.name).joined(separator: ", ")
      let isWriter = Architecture.all.contains { $0.name == name }
      throw ModelError(
        isWriter
          ? "\(configuration.source): a \(name) is a language model, which writes text; what is asked here needs a text "
            + "encoder (\(known))"
          : "\(configuration.source): the architecture “\(name)” is not known; the text encoders are \(known)")
    }
    self.architecture = architecture
    let bare = architecture.classes { if case .bare = $0 { true } else { false } }
    className = configuration.json["architectures"]?.array?.first?.string ?? bare
    head = architecture.classes[className]
  }

  /// Loads the encoder, and leaves out the weights of whatever head the folder has.
  ///
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  public func encoder(dtype: DType? = nil, on device: Device = .cpu) throws -> any TextEncoder {
    let checkpoint = try CheckpointFolder(url)
    let start = architecture.prefix + "."
    let isPrefixed = checkpoint.names.contains { $0.hasPrefix(start) }
    let others = isPrefixed ? checkpoint.names.filter { !$0.hasPrefix(start) } : []
    return try bare(checkpoint, isPrefixed: isPrefixed, surplus: others.sorted(), dtype, device).body
  }

  /// Loads the model with its masked head.
  ///
  /// - Throws: `ModelError` where it has none, or the file with what is wrong with it.
  public func maskedLanguageModel(dtype: DType? = nil, on device: Device = .cpu) throws -> MaskedLanguageModel {
    let model = try unloadedMaskedModel()
    try model.load(CheckpointFolder(url), dtype: dtype, on: device)
    return model
  }

  /// The model with its masked head, without weights.
  ///
  /// - Throws: `ModelError` where it has none.
  public func unloadedMaskedModel() throws -> MaskedLanguageModel {
    guard case .maskedLanguageModel(let form) = head else {
      throw refusal("fill masks", architecture.classes { if case .maskedLanguageModel = $0 { true } else { false } })
    }
    return MaskedLanguageModel(
      try architecture.make(configuration), try form(configuration), prefix: architecture.prefix)
  }

  /// Loads the model with its classification head.
  ///
  /// - Throws: `ModelError` where it has none, or the file with what is wrong with it.
  public func classifier(dtype: DType? = nil, on device: Device = .cpu) throws -> EncoderClassifier {
    guard case .classification(let form) = head else {
      throw refusal("classify", architecture.classifierClass.name)
    }
    let model = EncoderClassifier(
      try architecture.make(configuration), try form(configuration), try ClassificationLabels(configuration),
      prefix: architecture.prefix)
    try model.load(CheckpointFolder(url), dtype: dtype, on: device)
    return model
  }

  /// Loads the encoder with a classification head for other labels.
  ///
  /// What the folder has of the head is taken where it fits, BERT's pooler among it; the rest begins anew. Weights of
  /// another head are left out.
  /// - Throws: `ModelError` or `EngineError` that names the file, and what is wrong with it.
  func classifier(
    _ labels: ClassificationLabels, from checkpoint: CheckpointFolder, dtype: DType?, on device: Device
  ) throws -> EncoderClassifier {
    let model = try unloadedClassifier(labels)
    let form = try architecture.classifierClass.form(configuration)
    let start = architecture.prefix + "."
    let isPrefixed = checkpoint.names.contains { $0.hasPrefix(start) }
    // A folder of the encoder alone has its names, and those of its pooler, without the beginning.
    let own = form.keys.map { entry in
      let isBare = !isPrefixed && entry.key.hasPrefix(start)
      return (path: "head.\(entry.path)", key: isBare ? String(entry.key.dropFirst(start.count)) : entry.key)
    }
    let heads = Set(own.map(\.key))
    let others = checkpoint.names.filter { name in
      isPrefixed && !name.hasPrefix(start) && !heads.contains { name.hasPrefix($0 + ".") }
    }
    let keys = model.body.checkpointKeys.joined(
      under: "body", as: isPrefixed ? architecture.prefix : nil, own,
      surplus: others.sorted() + [isPrefixed ? start + "pooler" : "pooler"])
    try model.load(
      checkpoint, .plain(dtype), on: device, as: keys.renaming(own, ofWrongShapeIn: checkpoint, for: model))
    return model
  }

  /// The encoder with a classification head for labels, without weights.
  func unloadedClassifier(_ labels: ClassificationLabels) throws -> EncoderClassifier {
    EncoderClassifier(
      try architecture.make(configuration), try architecture.classifierClass.form(configuration), labels,
      prefix: architecture.prefix)
  }

  /// Loads all that the folder holds, head or pooler included.
  ///
  /// - Throws: `ModelError` where its class is not known, or the file with what is wrong with it.
  public func model(dtype: DType? = nil, on device: Device = .cpu) throws -> any CheckpointModule {
    switch head {
    case .maskedLanguageModel: return try maskedLanguageModel(dtype: dtype, on: device)
    case .classification: return try classifier(dtype: dtype, on: device)
    case .bare:
      let checkpoint = try CheckpointFolder(url)
      let isPrefixed = checkpoint.names.contains { $0.hasPrefix(architecture.prefix + ".") }
      return try bare(checkpoint, isPrefixed: isPrefixed, surplus: [], dtype, device)
    case nil:
      throw ModelError(
        "\(configuration.source): the class “\(className)” is not known; known are "
          + architecture.classes.keys.sorted().joined(separator: ", "))
    }
  }

  private func bare(
    _ checkpoint: CheckpointFolder, isPrefixed: Bool, surplus: [String], _ dtype: DType?, _ device: Device
  ) throws -> BareEncoder {
    let model = BareEncoder(
      try architecture.make(configuration), prefix: isPrefixed ? architecture.prefix : nil,
      hasPooler: checkpoint.names.contains { $0.hasSuffix("pooler.dense.weight") }, surplus: surplus)
    try model.load(checkpoint, dtype: dtype, on: device)
    return model
  }

  private func refusal(_ task: String, _ classes: String) -> ModelError {
    let can = head?.uses ?? "embed texts"
    return ModelError(
      "\(configuration.source): a \(className) can \(can), but not \(task); that needs a \(classes)")
  }
}
