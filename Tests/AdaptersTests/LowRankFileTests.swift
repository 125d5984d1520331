import Foundation
import OrchardAdapters
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Adapters in other formats")
struct LowRankFileTests {
  private func greatest(_ tensor: Tensor) -> Double { tensor.absolute.reshaped([-1]).maximum(along: 0).scalar }

  private func logits(_ folder: URL, _ ids: [[Int]]) throws -> Tensor {
    let model = try ModelFolder.load(Goldens.url("models/llama-grouped"), dtype: .float32)
    _ = try AdapterFolder.read(folder, on: model, base: nil)
    return withoutGradients { model.logits(TokenBatch(target: TokenRows(ids))) }
  }

  @Test("What mlx-lm has written gives its logits", arguments: ["lora", "dora"])
  func fromMLX(kind: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "adapter")
    let source = Goldens.url("mlx/\(kind)")
    let file = try LowRankFile(source)
    #expect(file.counts.layers == 6)
    try file.write(.peft, to: url)
    let golden = try SafetensorsFile(source.appending(path: "golden.safetensors"))
    let ids = try #require(golden.tensor("ids")).to(.int64).integers
    let expected = try #require(golden.tensor("logits"))
    #expect(greatest(try logits(url, [ids]) - expected) < 1e-4)
    // There and back nothing is lost.
    let back = folder.url.appending(path: "back")
    try LowRankFile(url).write(.mlx, to: back)
    let (theirs, ours) = (
      try SafetensorsFile(source.appending(path: "adapters.safetensors")),
      try SafetensorsFile(back.appending(path: "adapters.safetensors"))
    )
    #expect(theirs.names == ours.names)
    for name in theirs.names { #expect(theirs.tensor(name)?.floats == ours.tensor(name)?.floats, "\(name)") }
  }

  @Test(
    "LoRA by way of mlx-lm's format computes the same, with ranks and factors of its own for a layer too",
    arguments: ["lora", "lora-patterns", "dora"])
  func throughMLX(kind: String) throws {
    let folder = try TemporaryFolder()
    let (mlx, back) = (folder.url.appending(path: "mlx"), folder.url.appending(path: "back"))
    let source = Goldens.url("adapters/llama-grouped-\(kind)")
    try LowRankFile(source).write(.mlx, to: mlx)
    try LowRankFile(mlx).write(.peft, to: back)
    let ids = [[5, 9, 7, 4, 8, 6, 11, 3]]
    let (before, after) = (try logits(source, ids), try logits(back, ids))
    #expect(greatest(after - before) < 1e-4)
    // Leaves what it writes for mlx-lm to read, where a person asks for it.
    if let place = ProcessInfo.processInfo.environment["ORCHARD_MLX_OUT"] {
      let out = URL(filePath: place).appending(path: kind)
      try LowRankFile(source).write(.mlx, to: out)
      try SafetensorsWriter.write(
        [("ids", Tensor(ids[0], shape: [1, ids[0].count])), ("logits", before)],
        to: out.appending(path: "logits.safetensors"))
    }
  }

  @Test("Smaller numbers, of any kind of adapter", arguments: ["lora", "ia3", "p-tuning", "prefix"])
  func numbers(kind: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "half")
    let source = Goldens.url("adapters/llama-grouped-\(kind)")
    try AdapterFolder.copy(source, to: url, numbers: .bfloat16)
    #expect(try AdapterFolder.weights(in: url).entries.values.allSatisfy { $0.dtype == .bfloat16 })
    let ids = [[5, 9, 7, 4]]
    let (before, after) = (try logits(source, ids), try logits(url, ids))
    #expect(greatest(after - before) < 0.05 * greatest(before))
    #expect(greatest(after - before) > 0)
  }

  @Test("What has no place in a format is told")
  func problems() throws {
    let folder = try TemporaryFolder()
    func problem(_ body: () throws -> Void) throws -> String {
      "\(try #require(#expect(throws: (any Error).self) { try body() }))"
    }
    let out = folder.url.appending(path: "out")
    #expect(
      try problem { try LowRankFile(Goldens.url("adapters/t5-v1_1-lora")).write(.mlx, to: out) }.contains(
        "mlx-lm has adapters in the layers of decoders like Llama alone"))
    #expect(
      try problem { _ = try LowRankFile(Goldens.url("adapters/llama-grouped-prompt")) }.contains(
        "is of the kind PROMPT_TUNING; this is for LoRA"))
    #expect(
      try problem { _ = try LowRankFile(Goldens.url("adapters/t5-v1_1-lora-saved")) }.contains(
        "has trained lm_head, decoder.final_layer_norm as a whole"))
    func written(_ text: String) throws -> URL {
      let url = folder.url.appending(path: "mlx")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      try text.write(to: url.appending(path: "adapter_config.json"), atomically: true, encoding: .utf8)
      return url
    }
    let full = try written(#"{"fine_tune_type": "full", "lora_parameters": {"scale": 2}}"#)
    #expect(try problem { _ = try LowRankFile(full) }.contains("“fine_tune_type” is “full”"))
    let none = try written(#"{"fine_tune_type": "lora", "lora_parameters": {}}"#)
    #expect(try problem { _ = try LowRankFile(none) }.contains("has no “scale”"))
    #expect(try problem { _ = try LowRankFile(try written("{}")) }.contains("it is no adapter's that is known"))
    #expect(!FileManager.default.fileExists(atPath: out.path))
  }
}
