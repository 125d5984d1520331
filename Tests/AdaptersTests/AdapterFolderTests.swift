import Foundation
import OrchardAdapters
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("peft folders, both ways")
struct AdapterFolderTests {
  @Test(
    "What peft has learned gives peft's logits, merged too, and the model is as before without it",
    arguments: TinyAdapter.names)
  func reads(name: String) throws {
    let tiny = try TinyAdapter(name)
    let before = try tiny.logits()
    let golden = try tiny.golden()
    let adapter = try AdapterFolder.read(tiny.folder, on: tiny.model, base: tiny.base)
    #expect(adapter.parameterCount == golden.trained)
    #expect(try tiny.difference(from: golden.logits) < 1e-4)
    adapter.isOn = false
    #expect(try tiny.difference(from: before) == 0)
    adapter.isOn = true
    guard adapter.isMergeable else {
      let error = #expect(throws: AdapterError.self) { try adapter.merge() }
      #expect("\(try #require(error))".contains("cannot be merged into weights"))
      return
    }
    try adapter.merge()
    #expect(try tiny.difference(from: golden.logits) < 1e-4)
    #expect(tiny.model.adaptableLayers.allSatisfy { $0.layer.adapter == nil })
  }

  @Test("What is written has peft's names, shapes and keys, and reads back the same", arguments: TinyAdapter.names)
  func writes(name: String) throws {
    let tiny = try TinyAdapter(name)
    let adapter = try AdapterFolder.read(tiny.folder, on: tiny.model, base: nil)
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "adapter")
    try AdapterFolder.write(adapter, base: tiny.base, to: url)
    let theirs = try SafetensorsFile(tiny.folder.appending(path: AdapterFolder.weightsName))
    let ours = try SafetensorsFile(url.appending(path: AdapterFolder.weightsName))
    #expect(ours.names == theirs.names)
    for name in theirs.names {
      let (a, b) = (ours.tensor(name)?.floats ?? [], theirs.tensor(name)?.floats ?? [])
      // What a network makes is computed anew; all else is the same to the bit.
      let allowed: Float = adapter.prompt?.encoder == nil ? 0 : 1e-6
      #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= allowed }, "\(name)")
    }
    // Every key that is written has peft's value, but for the path and where other names mean the same layers.
    let written = try AdapterConfiguration(folder: url).json
    let expected = try AdapterConfiguration(folder: tiny.folder).json
    for key in written.keys where !["base_model_name_or_path", "target_modules", "feedforward_modules"].contains(key) {
      // Where it is left out, peft finds it out by itself.
      if key == "fan_in_fan_out" { continue }
      #expect(written[key] == expected[key], "\(key)")
      #expect(expected.keys.contains(key), "\(key)")
    }
    adapter.detach()
    let again = try AdapterFolder.read(url, on: tiny.model, base: tiny.base)
    #expect(try tiny.difference(from: tiny.golden().logits) < 1e-4)
    again.detach()
    let other = try TinyAdapter(name.hasPrefix("gpt2") ? "bart-lora" : "gpt2-lora")
    let error = #expect(throws: AdapterError.self) { try AdapterFolder.read(url, on: tiny.model, base: other.base) }
    #expect("\(try #require(error))".contains("was trained beside another model (its digest is"))
    // Leaves what it writes for peft to read, where a person asks for it.
    if let place = ProcessInfo.processInfo.environment["ORCHARD_ADAPTERS_OUT"] {
      let out = URL(filePath: place).appending(path: name)
      let last = try AdapterFolder.read(url, on: tiny.model, base: tiny.base)
      try AdapterFolder.write(last, base: tiny.base, to: out)
      try SafetensorsWriter.write([("logits", try tiny.logits())], to: out.appending(path: "logits.safetensors"))
    }
  }

  @Test(
    "Of vectors that peft has learned for both halves the encoder's are read, as by peft",
    arguments: ["t5-v1_1", "bart"])
  func unread(name: String) throws {
    let tiny = try TinyAdapter(name)
    let folder = Goldens.url("prompts/\(name)")
    let adapter = try AdapterFolder.read(folder, on: tiny.model, base: nil)
    #expect(adapter.parameterCount == 5 * tiny.model.properties.width)
    let golden = try #require(try SafetensorsFile(folder.appending(path: "golden.safetensors")).tensor("logits"))
    #expect(try tiny.difference(from: golden) < 1e-4)
  }

  private func problem(_ tiny: TinyAdapter, _ change: (URL) throws -> Void) throws -> String {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "adapter")
    try FileManager.default.copyItem(at: tiny.folder, to: url)
    try change(url)
    return
      "\(try #require(#expect(throws: (any Error).self) { try AdapterFolder.read(url, on: tiny.model, base: nil) }))"
  }

  @Test("What is wrong with a folder is told, and nothing stays attached")
  func problems() throws {
    let tiny = try TinyAdapter("llama-grouped-lora")
    func edit(_ old: String, _ new: String) -> (URL) throws -> Void {
      { url in
        let file = url.appending(path: AdapterFolder.configurationName)
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacingOccurrences(of: old, with: new).write(to: file, atomically: true, encoding: .utf8)
      }
    }
    #expect(
      try problem(tiny, edit("\"LORA\"", "\"LOHA\"")).contains(
        "“LOHA”, which is not known; known are LORA, IA3, BOTTLENECK, P_TUNING, PREFIX_TUNING, PROMPT_TUNING"))
    #expect(try problem(tiny, edit("\"r\": 4", "\"r\": 3")).contains("has the shape [4, "))
    #expect(
      try problem(tiny, edit("\"bias\": \"none\"", "\"bias\": \"all\"")).contains(
        "“bias” is \"all\", which is not done"))
    let none = try problem(tiny) { try FileManager.default.removeItem(at: $0.appending(path: "adapter_config.json")) }
    #expect(none.contains("is no adapter's folder"))
    let empty = try problem(tiny) {
      try FileManager.default.removeItem(at: $0.appending(path: AdapterFolder.weightsName))
    }
    #expect(empty.contains("holds no adapter_model.safetensors"))
    let other = try TinyAdapter("t5-v1_1-lora")
    let foreign = try #require(
      #expect(throws: AdapterError.self) { try AdapterFolder.read(other.folder, on: tiny.model, base: nil) })
    #expect("\(foreign)".contains("has no weights for any layer of this model"))
    #expect(tiny.model.adaptableLayers.allSatisfy { $0.layer.adapter == nil })
  }
}
