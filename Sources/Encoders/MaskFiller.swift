import Foundation
import OrchardDatasets
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// Text with gaps in, the likeliest tokens for each gap out: a masked language model with its tokenizer.
///
/// ```swift
/// let filler = try MaskFiller(folder: folder)
/// for filling in try filler.fill(["Paris is the <mask> of France."])[0][0] { print(filling.text, filling.score) }
/// ```
public struct MaskFiller {
  /// A token that could stand in a gap.
  public struct Filling: Sendable, Equatable {
    /// The token's number.
    public let token: Int
    /// The token's text.
    public let text: String
    /// Its probability.
    public let score: Float
  }

  /// The model.
  public let model: MaskedLanguageModel
  /// What turns text into tokens.
  public let tokenizer: Tokenizer
  /// The most tokens that a text may have, or nil where nothing bounds them.
  public let tokenLimit: Int?
  /// The token that stands for a gap.
  public let mask: Int

  /// Loads a Hugging Face folder with a masked head.
  ///
  /// - Throws: an error that names the file and what is wrong with it, or says what the model can do instead.
  public init(folder: URL, dtype: DType? = nil, on device: Device = .cpu) throws {
    let encoder = try EncoderFolder(folder)
    model = try encoder.maskedLanguageModel(dtype: dtype, on: device)
    tokenizer = try Tokenizer(folder: folder)
    tokenLimit = TokenLimit.of(model.body.properties, tokenizer)
    guard let mask = tokenizer.maskID else {
      throw ModelError("\(folder.path): the tokenizer names no mask token (“mask_token” in tokenizer_config.json)")
    }
    self.mask = mask
  }

  /// The likeliest tokens for each gap of each text, the likeliest first.
  ///
  /// A gap is written as the model's own mask token, or as `<mask>` or `[MASK]` for any model.
  /// - Throws: `ModelError` for a text without a gap, or one that is too long.
  public func fill(
    _ texts: [String], top: Int = 5, batchSize: Int = 32, report: (Int) throws -> Void = { _ in }
  ) throws -> [[[Filling]]] {
    let encoded = try texts.enumerated().map { try encode($1, number: $0 + 1) }
    var results = [[[Filling]]](repeating: [], count: texts.count)
    try TextBatches(encoded, size: batchSize, for: model.body.properties).run(
      on: model.device, types: 1, report: report
    ) { batch, rows, _ in
      let gaps = batch.enumerated().flatMap { row, index in
        encoded[index].ids.indices.filter { encoded[index].ids[$0] == mask }.map { (row, $0) }
      }
      // The head has a product over the whole vocabulary: for the gaps alone.
      let states = model.body.hidden(rows)
      let places = Tensor(gaps.map { $0.0 * rows.length + $0.1 }, on: states.device)
      let logits = model.head(states.reshaped([-1, states.size(2)]).indexed(0, by: places))
      let best = logits.to(.float32).softmax().top(min(max(1, top), logits.size(1)))
      let (scores, tokens) = (best.values.floats, best.indices.integers)
      let count = best.values.size(1)
      for (number, gap) in gaps.enumerated() {
        results[batch[gap.0]].append(
          (number * count..<(number + 1) * count).map { place in
            Filling(
              token: tokens[place], text: tokenizer.decode([tokens[place]], skipSpecialTokens: false),
              score: scores[place])
          })
      }
    }
    return results
  }

  private func encode(_ text: String, number: Int) throws -> EncodedText {
    let own = tokenizer.token(for: mask) ?? "<mask>"
    var text = text
    for usual in ["<mask>", "[MASK]"] where usual != own { text = text.replacingOccurrences(of: usual, with: own) }
    let encoded = EncodedText(text, with: tokenizer, limit: tokenLimit)
    if encoded.isCut, let tokenLimit {
      throw ModelError("text \(number) has more than the \(tokenLimit) tokens that the model reads; shorten it")
    }
    guard encoded.ids.contains(mask) else {
      throw ModelError("text \(number) has no gap to fill; write \(own) where one is")
    }
    return encoded
  }
}
