import OrchardLayers
import OrchardTensors

/// What is learned to stand before everything that a model reads: vectors that it reads as well, an encoder-decoder's
/// encoder or the decoder alone, or keys and values of every attention.
///
/// Followed: Lester, Al-Rfou and Constant, The Power of Scale for Parameter-Efficient Prompt Tuning, 2021; for keys and
/// values Li and Liang, Prefix-Tuning, 2021. What is learned beside a model is no part of it: whoever walks over the
/// model's parameters does not see these.
public final class SoftPrompt {
  /// The vectors `[P, D]`, behind them those of the decoder.
  public let vectors: Parameter
  /// What makes the vectors that are read of these; nil where these are read themselves.
  public let encoder: PromptEncoder?
  /// Attentions whose keys and values these are; nil where they are vectors to be read.
  public let slots: Int?
  /// How many of the vectors are for an encoder-decoder's decoder, which reads them before its start token.
  public let decoderCount: Int

  /// A prompt of these vectors, as they are or as an `encoder` makes them.
  public init(_ vectors: Parameter, encoder: PromptEncoder? = nil, slots: Int? = nil, decoderCount: Int = 0) {
    self.vectors = vectors
    self.encoder = encoder
    self.slots = slots
    self.decoderCount = decoderCount
  }

  /// The keys and values for one pass; nil where the vectors are to be read.
  func states(_ dtype: DType) -> PrefixStates? {
    slots.map { PrefixStates(numbers: encoded.to(dtype).reshaped([count, 2 * $0, -1])) }
  }

  /// The vectors that are read, `[P, D]`, behind them those that the decoder reads.
  public var encoded: Tensor { encoder.map { $0(vectors.tensor) } ?? vectors.tensor }

  /// How many tokens it stands for before what the model reads, the decoder's aside.
  public var count: Int { vectors.shape[0] - decoderCount }

  /// The embedded tokens `[B, T, D]` behind the prompt, `[B, P + T, D]`.
  fileprivate func before(_ embedded: Tensor) -> Tensor {
    .concatenated([rows(embedded.size(0), embedded.dtype), embedded], along: 1)
  }

  /// The prompt once for each of `count` rows, `[B, P, D]`.
  func rows(_ count: Int, _ dtype: DType) -> Tensor { rows(of: encoded.sliced(0, 0..<self.count), count, dtype) }

  /// What the decoder reads, `[P, D]`.
  func decoderVectors(_ dtype: DType) -> Tensor { decoderPart.to(dtype) }

  private var decoderPart: Tensor { encoded.sliced(0, count..<count + decoderCount) }

  /// The decoder's embedded tokens `[B, T, D]` behind its vectors.
  fileprivate func beforeAnswer(_ embedded: Tensor) -> Tensor {
    .concatenated([rows(of: decoderPart, embedded.size(0), embedded.dtype), embedded], along: 1)
  }

  private func rows(of vectors: Tensor, _ count: Int, _ dtype: DType) -> Tensor {
    vectors.to(dtype).unsqueezed(0).expanded([count, vectors.size(0), vectors.size(1)])
  }
}

/// The way from learned vectors to those that are used: linear layers with a bend between them.
///
/// P-tuning's has three with ReLU (Liu and others, "GPT understands, too", 2021, in the form that peft calls MLP), prefix
/// tuning's two with tanh.
public final class PromptEncoder {
  /// The matrices and biases, by peft's names.
  public let weights: [(name: String, parameter: Parameter)]
  private let bend: (Tensor) -> Tensor

  /// P-tuning's encoder of vectors of `width`, `inner` wide within, without memory yet.
  public convenience init(width: Int, inner: Int) {
    self.init(sizes: [width, inner, inner, width], named: "mlp_head", bend: \.relu)
  }

  /// Prefix tuning's encoder of vectors of `width` to vectors of `output`, `inner` wide within, without memory yet.
  public convenience init(width: Int, inner: Int, output: Int) {
    self.init(sizes: [width, inner, output], named: "transform", bend: \.tanh)
  }

  private init(sizes: [Int], named name: String, bend: @escaping (Tensor) -> Tensor) {
    self.bend = bend
    weights = zip(sizes, sizes.dropFirst()).enumerated().flatMap { place, size in
      [
        ("\(name).\(2 * place).weight", Parameter([size.1, size.0], start: .constant(0))),
        ("\(name).\(2 * place).bias", Parameter([size.1], start: .constant(0))),
      ]
    }
  }

  /// The vectors `[P, D]` that are read, made of `vectors` `[P, D]`.
  public func callAsFunction(_ vectors: Tensor) -> Tensor {
    var made = vectors
    for layer in stride(from: 0, to: weights.count, by: 2) {
      if layer > 0 { made = bend(made) }
      let (matrix, bias) = (weights[layer].parameter.tensor, weights[layer + 1].parameter.tensor)
      made = made.to(matrix.dtype).linear(matrix, bias: bias)
    }
    return made
  }
}

extension LanguageModel {
  /// How many places the soft prompt takes; 0 where there is none.
  var promptCount: Int { softPrompt?.count ?? 0 }
}

/// A soft prompt, or none, before rows of tokens.
extension SoftPrompt? {
  /// Embedded tokens `[B, T, D]` behind the soft prompt, where there is one that is read.
  func before(_ embedded: Tensor) -> Tensor { self?.slots == nil ? self?.before(embedded) ?? embedded : embedded }

  /// The output of an encoder-decoder's decoder for its embedded tokens `[B, T, D]`, read behind what the soft prompt has
  /// for it.
  func decoding(_ embedded: Tensor, _ decode: (Tensor) -> Tensor) -> Tensor {
    guard let prompt = self, prompt.decoderCount > 0 else { return decode(embedded) }
    let output = decode(prompt.beforeAnswer(embedded))
    return output.sliced(1, prompt.decoderCount..<output.size(1))
  }

  /// Rows of tokens with the places before each that the soft prompt takes, or its keys do; the ids there mean nothing.
  func before(_ rows: TokenRows) -> TokenRows { rows.prefixed(by: self?.count ?? 0) }
}

extension TokenRows {
  /// The rows with `count` further tokens before each, whose ids mean nothing.
  fileprivate func prefixed(by count: Int) -> TokenRows {
    guard count > 0 else { return self }
    let filler = Tensor.zeros([ids.size(0), count], dtype: ids.dtype, on: ids.device)
    return TokenRows(ids: .concatenated([filler, ids], along: 1), lengths: lengths.map { $0 + count })
  }
}
