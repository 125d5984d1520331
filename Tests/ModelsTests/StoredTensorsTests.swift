import Foundation
import OrchardJSON
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

/// minGPT's gpt-nano, trained to sort, and every tensor of one batch as its own program computed it.
@Suite("GPT-2 against minGPT's stored tensors", .enabled(if: SharedData.isPresent))
struct StoredTensorsTests {
  private func stored(_ name: String) throws -> JSONObject {
    let url = try #require(SharedData.url("weights/minGPT-sort/\(name)"))
    return try #require(JSONValue(parsing: Data(contentsOf: url)).object)
  }

  private func tensor(_ value: JSONValue?) throws -> Tensor {
    let text = try #require(value?["data"]?.string)
    let data = try #require(Data(base64Encoded: text))
    let shape = try #require(value?["shape"]?.array).compactMap(\.int)
    let numbers = data.withUnsafeBytes { bytes in
      (0..<data.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
    }
    return Tensor(numbers, shape: shape)
  }

  /// The weights as an ordinary folder: minGPT keeps its matrices as `[O, I]`, GPT-2's checkpoints as `[I, O]`.
  private func folder(_ folder: TemporaryFolder) throws -> URL {
    let weights = try stored("gpt-nano-sort-model.json")
    let matrices = ["attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"]
    let tensors = try weights.entries.filter { $0.key != "config" && !$0.key.hasSuffix(".attn.bias") }.map { entry in
      let plain = try tensor(entry.value)
      let isMatrix = matrices.contains { entry.key.hasSuffix($0) }
      return (name: entry.key, tensor: isMatrix ? plain.transposed(0, 1).contiguous : plain)
    }
    try SafetensorsWriter.write(tensors, to: folder.url.appending(path: "model.safetensors"))
    let configuration: JSONValue = [
      "model_type": "gpt2", "vocab_size": 3, "n_positions": 11, "n_embd": 48, "n_layer": 3, "n_head": 3,
      "tie_word_embeddings": false,
    ]
    try Data(configuration.text.utf8).write(to: folder.url.appending(path: "config.json"))
    return folder.url
  }

  @Test("Every place of the batch")
  func places() throws {
    let temporary = try TemporaryFolder()
    let model = try ModelFolder.load(folder(temporary))
    let partials = try stored("gpt-nano-sort-t0-partials.json")
    let ids = try tensor(partials["idx"]).to(.int64)
    let batch = TokenBatch(target: TokenRows(ids: ids, lengths: [11, 11, 11]))
    var seen: [ActivationPlace: Tensor] = [:]
    let last = model.trace(batch) { seen[$0] = $1 }
    func expect(_ name: String, _ found: Tensor?) throws {
      let expected = try tensor(partials[name])
      let found = try #require(found, "\(name)")
      #expect(found.shape == expected.shape)
      let difference = (found - expected).absolute.reshaped([-1]).maximum(along: 0).scalar
      #expect(difference < 1e-4, "\(name): \(difference)")
    }
    func place(_ part: ActivationPlace.Part, _ layer: Int? = nil) -> Tensor? {
      seen[ActivationPlace(part, layer: layer)]
    }
    try expect("x", place(.embedding))
    for layer in 0..<3 { try expect("block\(layer)", place(.output, layer)) }
    // The parts within a layer were stored of the first.
    try expect("ln1", place(.attentionNorm, 0))
    try expect("q", place(.query, 0))
    try expect("k", place(.key, 0))
    try expect("v", place(.value, 0))
    try expect("yProj", place(.attention, 0))
    try expect("ln2", place(.feedForwardNorm, 0))
    try expect("mlp", place(.feedForward, 0))
    try expect("mlpResid", place(.output, 0))
    try expect("ln_f", place(.norm))
    try expect("lm_head", model.head.logits(last))
    try expect("probs", model.head.logits(last).softmax())
  }
}
