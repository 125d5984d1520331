import OrchardLayers
import OrchardTensors

/// What an architecture's masked head looks like, and how its weights are called in a checkpoint.
public struct MaskedForm: Sendable {
  /// The names of `dense`, `norm`, `decoder` and `bias`.
  var keys: [(path: String, key: String)]
  /// The name of the token embedding, which the head shares where it is tied.
  var words: String
  /// Further names of the head's weights.
  var aliases: [String: [String]] = [:]
  /// Weights beside the head that masks do not need.
  var surplus: [String] = []
  var activation: Activation
  var epsilon: Double
  var isTied: Bool
}

/// From a hidden state to the logits of the token that stands there: a layer, a norm, and the token embedding anew.
public final class MaskedHead: Module {
  let dense: Linear
  let norm: LayerNorm
  let decoder: Parameter
  let bias: Parameter
  private let activation: Activation

  init(_ form: MaskedForm, over embedding: Embedding) {
    let shape = embedding.weight.shape
    dense = Linear(shape[1], shape[1], bias: true)
    norm = LayerNorm(shape[1], epsilon: form.epsilon)
    decoder = form.isTied ? embedding.weight : Parameter(shape, start: .normal(deviation: 0.02))
    bias = Parameter([shape[0]], start: .constant(0))
    activation = form.activation
  }

  /// The logits `[…, V]` of hidden states `[…, D]`.
  public func callAsFunction(_ hidden: Tensor) -> Tensor { output.logits(turned(hidden)) }

  /// The summed cross-entropy of hidden states `[N, D]` against `targets` `[N]`, each row times its coefficient, in nats,
  /// and each row's own `[N]` without gradients.
  public func crossEntropies(
    _ hidden: Tensor, targets: Tensor, coefficients: Tensor, smoothing: Double = 0
  ) -> (sum: Tensor, losses: Tensor) {
    output.crossEntropies(turned(hidden), targets: targets, coefficients: coefficients, smoothing: smoothing)
  }

  private func turned(_ hidden: Tensor) -> Tensor { norm(activation(dense(hidden))) }

  private var output: LanguageHead { LanguageHead(weight: decoder, bias: bias) }
}

/// An encoder that gives each place of a text probabilities of the tokens that could stand there.
public final class MaskedLanguageModel: TrainableModel {
  /// The encoder.
  public let body: any MaskableEncoder
  /// From hidden states to logits.
  public let head: MaskedHead
  /// The names in Hugging Face checkpoints.
  public let checkpointKeys: CheckpointKeys

  init(_ body: any MaskableEncoder, _ form: MaskedForm, prefix: String) {
    self.body = body
    head = MaskedHead(form, over: body.tokenEmbedding)
    var aliases = form.aliases
    if form.isTied, let decoder = form.keys.first(where: { $0.path == "decoder" }) {
      aliases[form.words] = [decoder.key]
    }
    checkpointKeys = body.checkpointKeys.joined(
      under: "body", as: prefix, form.keys.map { ("head.\($0.path)", $0.key) }, aliases: aliases,
      surplus: form.surplus)
  }

  /// The table of the tokens' vectors.
  public var embedding: Embedding { body.tokenEmbedding }

  /// Whether a layer's activations are computed a second time in the backward pass, rather than kept for it.
  public var recomputesActivations: Bool {
    get { body.recomputesActivations }
    set { body.recomputesActivations = newValue }
  }

  /// Where the weights are.
  public var device: Device { body.device }

  /// The type of the weights.
  public var dtype: DType { body.dtype }

  /// The logits `[B, T, V]` of texts; `types` as in `TextEncoder.hidden`.
  public func logits(_ rows: TokenRows, types: Tensor? = nil, mode: ForwardMode = .inference) -> Tensor {
    head(body.hidden(rows, types: types, mode: mode))
  }
}
