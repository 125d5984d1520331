import OrchardLayers
import OrchardTensors

/// What a model of some class has upon its encoder.
public enum EncoderHead: Sendable {
  /// Nothing.
  case bare
  /// A masked head of this form.
  case maskedLanguageModel(@Sendable (ModelConfiguration) throws -> MaskedForm)
  /// A classification head of this form.
  case classification(@Sendable (ModelConfiguration) throws -> ClassificationForm)

  /// What texts can be asked of such a model.
  public var uses: String {
    switch self {
    case .bare: return "embed texts"
    case .maskedLanguageModel: return "embed texts and fill masks"
    case .classification: return "classify texts and embed them"
    }
  }
}

/// One architecture of text encoders: how one is made from its configuration, and the classes that have it.
public struct EncoderArchitecture: Sendable {
  /// The name in `config.json` under `model_type`.
  public let name: String
  /// What stands before the encoder's keys in a checkpoint with a head.
  public let prefix: String
  /// The names under `architectures` in `config.json`, and the head of each.
  public let classes: [String: EncoderHead]
  /// Makes an encoder without memory; throws `ModelError` where the configuration is wrong.
  public let make: @Sendable (ModelConfiguration) throws -> any MaskableEncoder

  init(
    _ name: String, prefix: String, classes: [String: EncoderHead],
    make: @escaping @Sendable (ModelConfiguration) throws -> any MaskableEncoder
  ) {
    self.name = name
    self.prefix = prefix
    self.classes = classes
    self.make = make
  }

  /// Every text encoder that can be read: one line each.
  public static let all: [EncoderArchitecture] = [
    .bert,
    .roberta,
    .xlmRoberta,
    .distilbert,
  ]

  /// The architecture of this name, or nil.
  public static func named(_ name: String) -> EncoderArchitecture? { all.first { $0.name == name } }

  /// The class with a classification head, and what that looks like.
  var classifierClass: (name: String, form: @Sendable (ModelConfiguration) throws -> ClassificationForm) {
    for (name, head) in classes { if case .classification(let form) = head { return (name, form) } }
    preconditionFailure("the architecture \(name) has no classification head")
  }

  /// The classes with a head of the same kind, for messages.
  func classes(where isMeant: (EncoderHead) -> Bool) -> String {
    classes.filter { isMeant($0.value) }.map(\.key).sorted().joined(separator: " or ")
  }
}

extension ModelConfiguration {
  /// Whether it is that of a text encoder.
  ///
  /// - Throws: `ModelError` where it names no architecture.
  public var isEncoder: Bool {
    get throws { EncoderArchitecture.named(try architecture) != nil }
  }
}

/// An encoder as its folder has it, without a head: BERT's pooler may hang beside it and goes back as it came.
public final class BareEncoder: CheckpointModule {
  /// The encoder.
  public let body: any TextEncoder
  /// The layer over the first token that classification uses; nothing else asks for it.
  let pooler: Linear?
  /// The names in Hugging Face checkpoints.
  public let checkpointKeys: CheckpointKeys

  init(_ body: any TextEncoder, prefix: String?, hasPooler: Bool, surplus: [String]) {
    self.body = body
    let width = body.properties.width
    pooler = hasPooler ? Linear(width, width, bias: true) : nil
    checkpointKeys = body.checkpointKeys.joined(
      under: "body", as: prefix,
      CheckpointKeys.linear("pooler", (prefix.map { "\($0)." } ?? "") + "pooler.dense"), surplus: surplus)
  }

  /// Where the weights are.
  public var device: Device { body.device }

  /// The type of the weights.
  public var dtype: DType { body.dtype }
}
