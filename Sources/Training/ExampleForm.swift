import Foundation
import OrchardDatasets
import OrchardModels

/// How a model takes examples: what rendering and batching must know of it.
public struct ExampleForm: Sendable, Equatable {
  /// The kind of model.
  public var shape: SequenceShape
  /// The most tokens that positions exist for; nil where there is no such bound.
  public var contextLength: Int?
  /// The token that fills up short rows.
  public var paddingToken: Int?
  /// The number of token ids.
  public var vocabularySize: Int

  /// That of a language model.
  public init(_ properties: ModelProperties) {
    shape = properties.kind == .encoderDecoder ? .encoderDecoder : .decoderOnly
    contextLength = properties.contextLength
    paddingToken = properties.paddingToken
    vocabularySize = properties.vocabularySize
  }

  /// That of a folder's model with what a method puts upon it.
  ///
  /// - Throws: `ModelError` where the folder's model cannot be trained.
  public init(folder: URL, head: ModelHead = .own) throws { self = try Learner(unloaded: folder, head: head).form }

  /// That of a model that gives texts numbers.
  public init(_ model: any SequenceClassifier) {
    if let model = model as? LanguageModelClassifier {
      self.init(model.body.properties)
    } else {
      self.init(model.properties)
    }
  }

  /// That of a text encoder.
  public init(_ properties: EncoderProperties) {
    shape = .encoder
    contextLength = properties.contextLength
    paddingToken = properties.paddingToken
    vocabularySize = properties.vocabularySize
  }
}
