import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Model folders")
struct ModelFolderTests {
  /// A copy of a golden model's folder that a test may spoil.
  private func copy(_ name: String, in folder: TemporaryFolder) throws -> URL {
    let copy = folder.url.appending(path: name)
    try FileManager.default.copyItem(at: Goldens.url("models/\(name)"), to: copy)
    return copy
  }

  private func message(_ folder: URL) throws -> String {
    let error = #expect(throws: (any Error).self) { try ModelFolder.load(folder) }
    return "\(try #require(error))"
  }

  @Test("What is saved has the reference's names and numbers, in one file or several", arguments: GoldenModel.all)
  func roundTrip(golden: GoldenModel) throws {
    let folder = try TemporaryFolder()
    let source = Goldens.url("models/\(golden.name)")
    let model = try golden.load()
    let configuration = try ModelConfiguration(folder: source)
    for bytes in [5_000_000_000, 4000] {
      try ModelFolder.save(model, configuration: configuration, to: folder.url, shardBytes: bytes)
      let saved = try CheckpointFolder(folder.url)
      let reference = try CheckpointFolder(source)
      #expect(saved.names == reference.names)
      for name in reference.names {
        let (a, b) = (try #require(saved.tensor(name)), try #require(reference.tensor(name)))
        #expect(a.shape == b.shape)
        #expect(a.floats == b.floats, "\(name)")
      }
      let reloaded = try ModelFolder.load(folder.url)
      #expect(reloaded.parameterCount == model.parameterCount)
      let isSharded = FileManager.default.fileExists(atPath: folder.url.path + "/model.safetensors.index.json")
      #expect(isSharded == (bytes == 4000))
      let written = try ModelConfiguration(folder: folder.url).json
      for (key, value) in configuration.json.entries { #expect(written[key] == value, "\(key)") }
    }
  }

  @Test("A tied weight is one parameter, and is read from whichever name a checkpoint keeps it under")
  func tied() throws {
    let folder = try TemporaryFolder()
    let copy = try copy("t5-v1_0", in: folder)
    let model = try ModelFolder.load(copy)
    let once = Set(model.namedParameters.map { ObjectIdentifier($0.parameter) }).count
    #expect(model.parameters.count == once)
    let file = try SafetensorsFile(copy.appending(path: "model.safetensors"))
    var tensors = try file.names.map { (name: $0, tensor: try #require(file.tensor($0)).copied) }
    let shared = try #require(tensors.firstIndex { $0.name == "shared.weight" })
    for alias in ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"] {
      tensors.append((alias, tensors[shared].tensor))
    }
    tensors.remove(at: shared)
    try SafetensorsWriter.write(tensors, to: copy.appending(path: "model.safetensors"))
    let again = try ModelFolder.load(copy)
    #expect(again.parameters.map { $0.tensor.floats } == model.parameters.map { $0.tensor.floats })
  }

  @Test("Missing, surplus and wrongly shaped tensors are named")
  func misfits() throws {
    let folder = try TemporaryFolder()
    let copy = try copy("llama-grouped", in: folder)
    let url = copy.appending(path: "model.safetensors")
    let file = try SafetensorsFile(url)
    var tensors = try file.names.map { (name: $0, tensor: try #require(file.tensor($0)).copied) }
    tensors.removeAll { $0.name == "model.norm.weight" }
    tensors.append((name: "model.extra.weight", tensor: .zeros([2])))
    let place = try #require(tensors.firstIndex { $0.name == "model.layers.0.self_attn.q_proj.weight" })
    tensors[place].tensor = .zeros([3, 5])
    try SafetensorsWriter.write(tensors, to: url)
    let text = try message(copy)
    #expect(text.contains("1 missing: “model.norm.weight”"))
    #expect(text.contains("model.extra.weight"))
    #expect(text.contains("“model.layers.0.self_attn.q_proj.weight” has the shape [3, 5]"))
    #expect(text.contains("[32, 32]"))
  }

  @Test("A file cut short, an unknown architecture, a broken or missing configuration, a pickle: each says what to do")
  func brokenFolders() throws {
    let folder = try TemporaryFolder()
    let copy = try copy("t5-v1_1", in: folder)
    let weights = copy.appending(path: "model.safetensors")
    let data = try Data(contentsOf: weights)
    try data.prefix(data.count / 2).write(to: weights)
    #expect(try message(copy).contains("cut short"))
    try FileManager.default.removeItem(at: weights)
    #expect(try message(copy).contains("holds no model.safetensors"))
    try Data("x".utf8).write(to: copy.appending(path: "pytorch_model.bin"))
    #expect(try message(copy).contains("safe_serialization=True"))
    try Data(#"{"model_type": "mamba"}"#.utf8).write(to: copy.appending(path: "config.json"))
    #expect(try message(copy).contains("“mamba” is not known; known are bart, gemma, gemma2, gpt2"))
    try Data(#"{"model_type": "t5", "vocab_size": "many"}"#.utf8).write(to: copy.appending(path: "config.json"))
    #expect(try message(copy).contains("“vocab_size” must be a whole number"))
    try Data(#"{"model_type": "#.utf8).write(to: copy.appending(path: "config.json"))
    #expect(try message(copy).contains("line 1, column"))
    try FileManager.default.removeItem(at: copy.appending(path: "config.json"))
    #expect(try message(copy).contains("config.json: cannot be read"))
    #expect(try message(folder.url.appending(path: "nothing")).contains("no such model folder"))
  }

  @Test("A T5 in fp16 is refused, bf16 and fp32 offered")
  func halfPrecision() throws {
    let error = #expect(throws: ModelError.self) {
      try ModelFolder.load(Goldens.url("models/t5-v1_1"), dtype: .float16)
    }
    #expect(error?.description.contains("use bf16 or fp32") == true)
    #expect(try ModelFolder.load(Goldens.url("models/t5-v1_1"), dtype: .bfloat16).dtype == .bfloat16)
  }
}
