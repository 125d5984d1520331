import Foundation
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

/// Random checkpoints that transformers wrote, with what it computed from them.
struct GoldenModel: CustomStringConvertible, Sendable {
  let name: String
  var description: String { name }

  static let all = [
    "t5-v1_0", "t5-v1_1", "mt5", "bart", "bart-scaled", "llama-grouped", "llama-scaled", "gpt2", "neox", "neox-serial",
    "mistral", "qwen2", "qwen3", "gemma", "gemma2",
  ].map(GoldenModel.init)

  func load() throws -> any LanguageModel { try ModelFolder.load(Goldens.url("models/\(name)")) }

  func values() throws -> GoldenValues {
    GoldenValues(file: try SafetensorsFile(Goldens.url("models/\(name).safetensors")))
  }
}

/// The tensors beside a golden checkpoint.
struct GoldenValues {
  let file: SafetensorsFile

  subscript(name: String) -> Tensor { get throws { try #require(file.tensor(name)) } }

  /// The padded batch as the model takes it.
  func batch(for model: any LanguageModel) throws -> TokenBatch {
    func rows(_ ids: String, _ mask: Tensor) throws -> TokenRows {
      TokenRows(ids: try self[ids], lengths: mask.sum(along: 1).integers)
    }
    let mask = try self["attention_mask"]
    if model.properties.kind == .decoderOnly { return TokenBatch(target: try rows("input_ids", mask)) }
    let decoded = try self["decoder_input_ids"]
    let full = TokenRows(ids: decoded, lengths: Array(repeating: decoded.size(1), count: decoded.size(0)))
    return TokenBatch(source: try rows("input_ids", mask), target: full)
  }

  /// The mean cross-entropy over the labels, as the reference computes it.
  func loss(_ logits: Tensor, of model: any LanguageModel) throws -> Tensor {
    var logits = logits
    var labels = try self["labels"]
    if model.properties.kind == .decoderOnly {
      let length = labels.size(1)
      logits = logits.sliced(1, 0..<length - 1)
      labels = labels.sliced(1, 1..<length)
    }
    let count = (labels .!= -100.0).to(.float32).sum
    let flat = logits.reshaped([-1, logits.size(2)])
    return flat.crossEntropySum(targets: labels.reshaped([-1])) / count
  }
}

@Suite("Models against transformers")
struct GoldenModelTests {
  @Test("Logits of a padded batch", arguments: GoldenModel.all)
  func logits(golden: GoldenModel) throws {
    let model = try golden.load()
    let values = try golden.values()
    let logits = model.logits(try values.batch(for: model))
    let visible = try (values["labels"] .!= -100.0).unsqueezed(-1).to(.float32)
    let difference = try ((logits - values["logits"]).absolute * visible).maximum(along: -1)
    #expect(difference.reshaped([-1]).maximum(along: 0).scalar < 1e-4)
  }

  @Test("Every gradient", arguments: GoldenModel.all)
  func gradients(golden: GoldenModel) throws {
    let model = try golden.load()
    let values = try golden.values()
    model.setGradients(true)
    let loss = try values.loss(model.logits(try values.batch(for: model), mode: .training), of: model)
    loss.backward()
    for (path, parameter) in model.namedParameters where parameter.isTrainable {
      let key = model.checkpointKeys.key(for: path)
      let names = [key] + (model.checkpointKeys.aliases[key] ?? [])
      let stored = try #require(names.compactMap { values.file.tensor("gradient." + $0) }.first)
      let expected = model.checkpointKeys.isTransposed(key) ? stored.transposed(0, 1) : stored
      let gradient = try #require(parameter.tensor.gradient, "\(key) has no gradient")
      let scale = expected.absolute.reshaped([-1]).maximum(along: 0).scalar
      let difference = (gradient - expected).absolute.reshaped([-1]).maximum(along: 0).scalar
      #expect(difference <= 1e-3 * scale + 1e-6, "\(key): \(difference) of \(scale)")
    }
  }

  @Test("A batch of one equals a batch of several", arguments: GoldenModel.all)
  func rows(golden: GoldenModel) throws {
    let model = try golden.load()
    let batch = try golden.values().batch(for: model)
    let together = model.logits(batch)
    for row in 0..<batch.target.lengths.count {
      func single(_ rows: TokenRows) -> TokenRows {
        let length = rows.lengths[row]
        return TokenRows(ids: rows.ids.sliced(0, row..<row + 1).sliced(1, 0..<length), lengths: [length])
      }
      let alone = model.logits(TokenBatch(source: batch.source.map(single), target: single(batch.target)))
      let same = together.sliced(0, row..<row + 1).sliced(1, 0..<alone.size(1))
      #expect((alone - same).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-4)
    }
  }

  /// Without gradients the decoding kernels are at work, with them the engine's single steps.
  @Test("Reading token by token equals reading at once", arguments: GoldenModel.all, [true, false])
  func decoding(golden: GoldenModel, recording: Bool) throws {
    try recording ? withGradients { try decode(golden) } : withoutGradients { try decode(golden) }
  }

  private func decode(_ golden: GoldenModel) throws {
    let model = try golden.load()
    let values = try golden.values()
    let batch = try values.batch(for: model)
    let target = batch.target.ids.sliced(1, 0..<8).array(of: Int.self)
    let rows = (0..<3).map { Array(target[$0 * 8..<$0 * 8 + 8]) }
    let expected = model.logits(
      TokenBatch(source: batch.source, target: TokenRows(rows)))
    var prompts = rows
    if let source = batch.source {
      let ids = source.ids.integers
      prompts = (0..<3).map { Array(ids[$0 * source.length..<$0 * source.length + source.lengths[$0]]) }
    }
    let (state, _) = model.begin(prompts)
    // Rows begin ragged: 3, 1 and 2 tokens at once, then one at a time, then the rest at once.
    var read = [3, 1, 2]
    var logits = model.next(after: zip(rows, read).map { Array($0.prefix($1)) }, in: state)
    while true {
      for row in 0..<3 {
        let difference = logits.selected(0, row) - expected.selected(0, row).selected(0, read[row] - 1)
        #expect(difference.absolute.maximum(along: 0).scalar < 1e-4)
      }
      guard let longest = read.max(), longest < 8 else { break }
      logits = model.next(after: zip(rows, read).map { [$0[$1]] }, in: state)
      read = read.map { $0 + 1 }
    }
  }
}
