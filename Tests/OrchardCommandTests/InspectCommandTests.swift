import Foundation
import OrchardCommand
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

/// `orchard inspect`, run as a person runs it, and what it is made of.
@Suite struct InspectCommandTests {
  @Test(arguments: ["gpt2", "neox", "mistral", "qwen2", "qwen3", "gemma2", "llama-scaled", "t5-v1_1", "bart"])
  func partsAddUpToTheModel(name: String) throws {
    let folder = Goldens.url("models/\(name)")
    let summary = try ModelSummary(folder)
    let model = try ModelFolder.load(folder)
    #expect(summary.parameterCount == model.parameterCount)
    #expect(summary.parameters[.other] == nil)
    #expect(summary.bytes.map(\.dtype) == [.float32])
    #expect(summary.bytes.map(\.bytes).reduce(0, +) == 4 * model.parameterCount)
    #expect(summary.vocabularySize == model.properties.vocabularySize)
    for part in [ModelSummary.Part.embedding, .attention, .feedForward, .norms] {
      #expect((summary.parameters[part] ?? 0) > 0, "\(part)")
    }
    // BART has a bias of the output beside a tied table.
    #expect((summary.parameters[.head] != nil) == (summary.isTied == false || name == "bart"))
    #expect(summary.uses.contains(.generate) && summary.uses.contains(.fineTune))
    #expect(summary.uses.contains(.embed) == (model.properties.kind == .decoderOnly))
  }

  @Test func encodersSayWhatTheyCanDo() throws {
    let masked = try ModelSummary(Goldens.url("encoders/roberta-masked"))
    #expect(masked.kind == "encoder" && masked.uses == [.embed, .fillMasks] && masked.isTied == nil)
    #expect((masked.parameters[.head] ?? 0) > 0 && masked.parameters[.other] == nil)
    let sentence = try ModelSummary(Goldens.url("encoders/sentence"))
    #expect(sentence.uses == [.embed])
  }

  @Test func peopleAndProgramsAreTold() throws {
    let folder = Goldens.url("models/llama-scaled").path
    let shown = try CommandRun(["inspect", folder])
    #expect(shown.code == 0, "\(shown.complaints)")
    for line in [
      "llama (LlamaForCausalLM, decoder-only)", "of float32 in 3 files", "3 layers, width 24", "64 tokens",
      "113 tokens", "its own", "generate, score, embed, fine-tune",
    ] {
      #expect(shown.output.contains(line), "\(line)")
    }
    let json = try #require(JSONValue(parsing: CommandRun(["inspect", folder, "--json"]).output).object)
    #expect(json["architecture"] == "llama" && json["files"] == 3 && json["layers"] == 3 && json["tied"] == false)
    let parts = (json["parts"]?.object?.entries ?? []).compactMap(\.value.int)
    #expect(parts.reduce(0, +) == json["parameters"]?.int)
  }

  @Test func templatesDefaultsAndUnknownArchitectures() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(#"{"model_type": "mamba", "vocab_size": 5}"#, to: "config.json")
    _ = try folder.write(#"{"temperature": 0.6, "eos_token_id": 2, "do_sample": true}"#, to: "generation_config.json")
    _ = try folder.write("{{ messages }}", to: "chat_template.jinja")
    try SafetensorsWriter.write(
      [(name: "backbone.weight", tensor: .zeros([5, 3], dtype: .bfloat16))],
      to: folder.url.appending(path: "model.safetensors"))
    let run = try CommandRun(["inspect", folder.url.path])
    #expect(run.code == 0)
    #expect(run.output.contains("temperature 0.6, do_sample true"))
    #expect(run.output.contains("the architecture is not known to Orchard"))
    #expect(run.output.contains("of bfloat16 in 1 file"))
    let summary = try ModelSummary(folder.url)
    #expect(summary.hasChatTemplate && summary.parameterCount == 15 && summary.uses.isEmpty)
  }
}
