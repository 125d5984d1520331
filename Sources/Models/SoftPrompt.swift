import OrchardLayers
import OrchardTensors

/// Learned vectors that a model reads before everything else: an encoder-decoder's encoder, or the decoder alone.
///
/// Followed: Lester, Al-Rfou and Constant, The Power of Scale for Parameter-Efficient Prompt Tuning, 2021. What is
/// learned beside a model is no part of it: whoever walks over the model's parameters does not see these.
public final class SoftPrompt {
  /// The vectors `[P, D]`.
  public let vectors: Parameter
  /// What makes the vectors that are read of these; nil where these are read themselves.
  public let encoder: PromptEncoder?

  /// A prompt of these vectors, read as they are or as an `encoder` makes them.
  public init(_ vectors: Parameter, encoder: PromptEncoder? = nil) {
    self.vectors = vectors
    self.encoder = encoder
  }

  /// The vectors that are read, `[P, D]`.
  public var encoded: Tensor { encoder.map { $0(vectors.tensor) } ?? vectors.tensor }

  /// How many tokens it stands for.
  public var count: Int { vectors.shape[0] }

  /// The embedded tokens `[B, T, D]` behind the prompt, `[B, P + T, D]`.
  func before(_ embedded: Tensor) -> Tensor {
    .concatenated([rows(embedded.size(0), embedded.dtype), embedded], along: 1)
  }

  /// The prompt once for each of `count` rows, `[B, P, D]`.
  func rows(_ count: Int, _ dtype: DType) -> Tensor {
    let vectors = encoded.to(dtype)
    return vectors.unsqueezed(0).expanded([count, vectors.size(0), vectors.size(1)])
  }
}

/// P-tuning's way from learned vectors to those that are read: three linear layers with ReLU between them.
///
/// Liu and others, "GPT understands, too", 2021, in the form that peft calls MLP.
public final class PromptEncoder {
  /// The matrices and biases, by peft's names.
  public let weights: [(name: String, parameter: Parameter)]

  /// An encoder of vectors of `width`, `inner` wide within, without memory yet.
  public init(width: Int, inner: Int) {
    let sizes = [(width, inner), (inner, inner), (inner, width)]
    weights = sizes.enumerated().flatMap { place, size in
      [
        ("mlp_head.\(2 * place).weight", Parameter([size.1, size.0], start: .constant(0))),
        ("mlp_head.\(2 * place).bias", Parameter([size.1], start: .constant(0))),
      ]
    }
  }

  /// The vectors `[P, D]` that are read, made of `vectors` `[P, D]`.
  public func callAsFunction(_ vectors: Tensor) -> Tensor {
    var made = vectors
    for layer in stride(from: 0, to: weights.count, by: 2) {
      if layer > 0 { made = made.relu }
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
  /// Embedded tokens `[B, T, D]` behind the soft prompt, where there is one.
  func before(_ embedded: Tensor) -> Tensor { self?.before(embedded) ?? embedded }

  /// Rows of tokens with the soft prompt's places before each; the ids there mean nothing.
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
