import OrchardLayers

/// A model that training can change, whatever it computes: what optimisers, checkpoints and forecasts need of one.
public protocol TrainableModel: CheckpointModule {
  /// The table of the tokens' vectors.
  var embedding: Embedding { get }
  /// Whether a layer's activations are computed a second time in the backward pass, rather than kept for it.
  var recomputesActivations: Bool { get set }
}
