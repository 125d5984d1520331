import Foundation
import OrchardAdapters
import OrchardJSON
import OrchardModels
import OrchardTensors
import TestSupport

/// A tiny golden model with what peft has learned beside it.
struct TinyAdapter {
  static let names = Goldens.adapters.map { "\($0.model)-\($0.kind)" }

  let name: String
  let base: URL
  let folder: URL
  let model: any LanguageModel
  let batch: SafetensorsFile

  init(_ name: String) throws {
    self.name = name
    let model = Goldens.adapters.first { "\($0.model)-\($0.kind)" == name }?.model ?? name
    base = Goldens.url("models/\(model)")
    folder = Goldens.url("adapters/\(name)")
    self.model = try ModelFolder.load(base, dtype: .float32)
    self.model.own()
    batch = try SafetensorsFile(Goldens.url("models/\(model).safetensors"))
  }

  /// The logits of the golden batch.
  func logits() throws -> Tensor {
    guard let ids = batch.tensor("input_ids"), let mask = batch.tensor("attention_mask") else { return .zeros([1]) }
    let rows = TokenRows(ids: ids, lengths: mask.sum(along: 1).integers)
    guard let decoded = batch.tensor("decoder_input_ids") else { return model.logits(TokenBatch(target: rows)) }
    let full = TokenRows(ids: decoded, lengths: Array(repeating: decoded.size(1), count: decoded.size(0)))
    return model.logits(TokenBatch(source: rows, target: full))
  }

  /// The mean loss of the golden batch.
  func loss() throws -> Tensor {
    guard var labels = batch.tensor("labels") else { return .zeros([1]) }
    var logits = try logits()
    if batch.tensor("decoder_input_ids") == nil {
      logits = logits.sliced(1, 0..<logits.size(1) - 1)
      labels = labels.sliced(1, 1..<labels.size(1))
    }
    let count = (labels .!= -100.0).to(.float32).sum.scalar
    return logits.reshaped([-1, logits.size(2)]).crossEntropySum(targets: labels.reshaped([-1])) / count
  }

  /// The greatest difference of the golden batch's logits from `other`, where tokens stand.
  func difference(from other: Tensor) throws -> Double {
    var difference = (try logits() - other).absolute.maximum(along: -1)
    if batch.tensor("decoder_input_ids") == nil, let mask = batch.tensor("attention_mask") {
      difference = difference * mask.to(.float32)
    }
    return difference.reshaped([-1]).maximum(along: 0).scalar
  }

  /// What peft has computed and trained.
  func golden() throws -> (logits: Tensor, losses: [Double], trained: Int) {
    let file = try SafetensorsFile(folder.appending(path: "golden.safetensors"))
    let json = try JSONValue(parsing: Data(contentsOf: folder.appending(path: "golden.json")))
    return (
      file.tensor("logits") ?? .zeros([1]), json["adamw_losses"]?.array?.compactMap(\.double) ?? [],
      json["trained"]?.int ?? 0
    )
  }
}
