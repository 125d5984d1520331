import OrchardLayers
import OrchardTensors

/// One layer of a decoder: attention and the feed-forward part, a norm before each, and behind each where there is one.
public final class DecoderLayer: Module {
  let attentionNorm: any Norm
  let attention: DecoderAttention
  let attentionPostNorm: (any Norm)?
  let feedForwardNorm: any Norm
  let feedForward: FeedForward
  let feedForwardPostNorm: (any Norm)?
  let isParallel: Bool
  private let dropout: Double

  init(_ configuration: DecoderConfiguration, layer: Int) {
    attentionNorm = configuration.makeNorm()
    attention = DecoderAttention(configuration, layer: layer)
    attentionPostNorm = configuration.hasPostNorms ? configuration.makeNorm() : nil
    feedForwardNorm = configuration.makeNorm()
    feedForward = FeedForward(
      width: configuration.width, inner: configuration.inner, activation: configuration.activation,
      gated: configuration.isGated, bias: configuration.feedForwardBias, upDeviation: configuration.deviation,
      downDeviation: configuration.deviation)
    feedForwardPostNorm = configuration.hasPostNorms ? configuration.makeNorm() : nil
    isParallel = configuration.isParallel
    dropout = configuration.branchDropout
  }

  /// The stream behind this layer; `attend` gives the joined heads of the normed states, before the output layer.
  func callAsFunction(
    _ hidden: Tensor, mode: ForwardMode, trace: LayerTrace? = nil, attend: (Tensor) -> Tensor
  ) -> Tensor {
    if mode == .inference && trace == nil { return withoutTrace(hidden, attend: attend) }
    let rate = mode == .training ? dropout : 0
    let normed = attentionNorm(hidden)
    trace?(.attentionNorm, normed)
    var attended = attention.output(attend(normed))
    if let attentionPostNorm { attended = attentionPostNorm(attended) }
    trace?(.attention, attended)
    let between = hidden.adding(attended, dropout: rate)
    let second = feedForwardNorm(isParallel ? hidden : between)
    trace?(.feedForwardNorm, second)
    var fed = feedForward(second)
    if let feedForwardPostNorm { fed = feedForwardPostNorm(fed) }
    trace?(.feedForward, fed)
    let output = between.adding(fed, dropout: rate)
    trace?(.output, output)
    return output
  }

  /// The same without dropout, products and sums in one pass where nothing stands between them.
  private func withoutTrace(_ hidden: Tensor, attend: (Tensor) -> Tensor) -> Tensor {
    let attended = attend(attentionNorm(hidden))
    let between =
      attentionPostNorm.map { hidden + $0(attention.output(attended)) }
      ?? attention.output.whole(attended, addedTo: hidden)
    let normed = feedForwardNorm(isParallel ? hidden : between)
    return feedForwardPostNorm.map { between + $0(feedForward(normed)) }
      ?? feedForward.whole(normed, addedTo: between)
  }
}
