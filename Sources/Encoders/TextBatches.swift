import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// The most tokens that a text may have: the least of what folder, tokenizer and positions allow.
enum TokenLimit {
  static func of(_ properties: EncoderProperties, _ tokenizer: Tokenizer, folder: Int? = nil) -> Int? {
    // Where nothing was set, tokenizer_config.json has a number with 30 digits.
    let named = tokenizer.configuration?["model_max_length"]?.double.flatMap { $0 < 1e9 ? Int($0) : nil }
    return [folder ?? named, properties.contextLength].compactMap { $0 }.min()
  }
}

/// Encoded texts in batches of about the same length, so that padding costs little; results do not depend on them.
struct TextBatches {
  let texts: [EncodedText]
  /// The texts' numbers, batch by batch; the longest first, so that too little memory shows at once.
  let batches: [[Int]]

  /// Puts texts into batches of at most `size`.
  ///
  /// - Throws: `ModelError` for a text without tokens, or with one that the encoder does not know.
  init(_ texts: [EncodedText], size: Int, for encoder: EncoderProperties) throws {
    for (index, text) in texts.enumerated() {
      if text.ids.isEmpty { throw ModelError("text \(index + 1) is empty, and the tokenizer adds no token to it") }
      if let wrong = text.ids.first(where: { !(0..<encoder.vocabularySize).contains($0) }) {
        throw ModelError(
          "text \(index + 1) holds the token id \(wrong), but the model knows only ids below "
            + "\(encoder.vocabularySize): tokenizer and model do not belong together")
      }
    }
    self.texts = texts
    let order = texts.indices.sorted { (texts[$0].ids.count, $1) > (texts[$1].ids.count, $0) }
    let size = max(1, size)
    batches = stride(from: 0, to: order.count, by: size).map { Array(order[$0..<min($0 + size, order.count)]) }
  }

  /// Calls `body` for each batch, without recording gradients; `report` hears how many texts are done.
  func run(
    on device: Device, types typeCount: Int, report: (Int) throws -> Void,
    _ body: ([Int], TokenRows, Tensor?) throws -> Void
  ) throws {
    var done = 0
    for batch in batches {
      try withoutGradients { try body(batch, rows(batch, device), types(batch, device, typeCount)) }
      done += batch.count
      try report(done)
    }
  }

  private func rows(_ batch: [Int], _ device: Device) -> TokenRows {
    TokenRows(batch.map { texts[$0].ids }, on: device)
  }

  /// The types `[B, T]` of a batch in which some text is a pair, for an encoder that tells them apart.
  private func types(_ batch: [Int], _ device: Device, _ typeCount: Int) -> Tensor? {
    guard typeCount > 1, batch.contains(where: { texts[$0].types != nil }) else { return nil }
    let length = batch.map { texts[$0].ids.count }.max() ?? 0
    let types = batch.flatMap { index in
      let own = texts[index].types ?? Array(repeating: 0, count: texts[index].ids.count)
      return own.map { min($0, typeCount - 1) } + Array(repeating: 0, count: length - own.count)
    }
    return Tensor(types, shape: [batch.count, length], on: device)
  }
}
