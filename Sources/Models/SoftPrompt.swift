import OrchardLayers
import OrchardTensors

/// Learned vectors that a model reads before everything else: an encoder-decoder's encoder, or the decoder alone.
///
/// Followed: Lester, Al-Rfou and Constant, The Power of Scale for Parameter-Efficient Prompt Tuning, 2021. What is
/// learned beside a model is no part of it: whoever walks over the model's parameters does not see these.
public final class SoftPrompt {
  /// The vectors `[P, D]`.
  public let vectors: Parameter

  /// A prompt of these vectors.
  public init(_ vectors: Parameter) { self.vectors = vectors }

  /// How many tokens it stands for.
  public var count: Int { vectors.shape[0] }

  /// The embedded tokens `[B, T, D]` behind the prompt, `[B, P + T, D]`.
  fileprivate func before(_ embedded: Tensor) -> Tensor {
    .concatenated([rows(embedded.size(0), embedded.dtype), embedded], along: 1)
  }

  /// The prompt once for each of `count` rows, `[B, P, D]`.
  func rows(_ count: Int, _ dtype: DType) -> Tensor {
    let vectors = vectors.tensor.to(dtype)
    return vectors.unsqueezed(0).expanded([count, vectors.size(0), vectors.size(1)])
  }
}

extension LanguageModel {
  /// How many places the soft prompt takes; 0 where there is none.
  var promptCount: Int { softPrompt?.count ?? 0 }

  /// Embedded tokens `[B, T, D]` behind the soft prompt, where there is one.
  func prompted(_ embedded: Tensor) -> Tensor { softPrompt?.before(embedded) ?? embedded }

  /// Rows of tokens with the soft prompt's places before each; the ids there mean nothing.
  func prompted(_ rows: TokenRows) -> TokenRows { rows.prefixed(by: promptCount) }
}

extension TokenRows {
  /// The rows with `count` further tokens before each, whose ids mean nothing.
  fileprivate func prefixed(by count: Int) -> TokenRows {
    guard count > 0 else { return self }
    let filler = Tensor.zeros([ids.size(0), count], dtype: ids.dtype, on: ids.device)
    return TokenRows(ids: .concatenated([filler, ids], along: 1), lengths: lengths.map { $0 + count })
  }
}
