import OrchardLayers
import OrchardTensors

/// A place in a model whose numbers can be looked at while it reads.
public struct ActivationPlace: Hashable, Sendable, CustomStringConvertible {
  /// A part of a model.
  public enum Part: String, Sendable {
    case embedding
    case query
    case key
    case value
    case attentionNorm = "attention norm"
    case attention
    case sourceAttention = "attention to the source"
    case feedForwardNorm = "feed-forward norm"
    case feedForward = "feed-forward part"
    case output
    case norm = "last norm"
    case logits
  }

  /// Which of several stacks of layers, such as “encoder”; nil where there is one.
  public var stack: String?
  /// The layer, from 0; nil for what belongs to none.
  public var layer: Int?
  /// The part.
  public var part: Part

  /// A place.
  public init(_ part: Part, layer: Int? = nil, stack: String? = nil) {
    self.part = part
    self.layer = layer
    self.stack = stack
  }

  /// As in “layer 7's attention”.
  public var description: String {
    let owner = layer.map { "\(stack.map { "\($0) " } ?? "")layer \($0)'s " } ?? "the \(stack.map { "\($0)'s " } ?? "")"
    return owner + part.rawValue
  }
}

/// Receives what each place of a model gives, in the order in which it is computed.
public typealias ActivationTrace = (ActivationPlace, Tensor) -> Void

/// Receives what each part of one layer gives.
typealias LayerTrace = (ActivationPlace.Part, Tensor) -> Void

extension LanguageModel {
  /// The first place whose numbers are infinite or none while the model reads a batch, or nil.
  ///
  /// Weights that are no numbers themselves are told by `firstDamagedWeight`.
  public func firstNonFinite(_ batch: TokenBatch) -> ActivationPlace? {
    var found: ActivationPlace?
    withoutGradients {
      let hidden = trace(batch) { place, tensor in
        if found == nil, !tensor.isFinite.all { found = place }
      }
      if found == nil, !head.logits(hidden).isFinite.all { found = ActivationPlace(.logits) }
    }
    return found
  }

  /// The checkpoint's name of the first weight that holds something infinite or no number, or nil.
  public var firstDamagedWeight: String? {
    let keys = checkpointKeys
    return withoutGradients {
      namedParameters.first { !$0.parameter.tensor.isFinite.all }.map { keys.key(for: $0.path) }
    }
  }
}
