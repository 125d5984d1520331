import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("Folders of text encoders")
struct EncoderFolderTests {
  /// A copy of a golden folder that a test may change.
  private func copy(_ name: String, in folder: TemporaryFolder) throws -> URL {
    let copy = folder.url.appending(path: name)
    try FileManager.default.copyItem(at: Goldens.url("encoders/\(name)"), to: copy)
    return copy
  }

  private func message(_ body: () throws -> Void) throws -> String {
    "\(try #require(#expect(throws: ModelError.self) { try body() }))"
  }

  private func rename(_ folder: URL, _ change: (String) -> String?) throws {
    let url = folder.appending(path: "model.safetensors")
    let file = try SafetensorsFile(url)
    var tensors: [(name: String, tensor: Tensor)] = []
    for name in file.names {
      guard let new = change(name) else { continue }
      tensors.append((new, try #require(file.tensor(name)).copied))
    }
    try SafetensorsWriter.write(tensors, to: url)
  }

  @Test("Every architecture's file stands in the catalog, and every class has one")
  func catalog() throws {
    let names = EncoderArchitecture.all.map(\.name)
    #expect(names == ["bert", "roberta", "xlm-roberta", "distilbert"])
    let classes = EncoderArchitecture.all.flatMap(\.classes.keys)
    #expect(Set(classes).count == classes.count)
  }

  @Test("The encoder of a model with a head is read by itself", arguments: ["bert-masked", "bert-labels"])
  func encoderOfHead(name: String) throws {
    let folder = try EncoderFolder(Goldens.url("encoders/\(name)"))
    let encoder = try folder.encoder()
    let whole = try folder.model()
    let body = try #require((whole as? MaskedLanguageModel)?.body ?? (whole as? EncoderClassifier)?.body)
    #expect(encoder.parameters.map { $0.tensor.floats } == body.parameters.map { $0.tensor.floats })
  }

  @Test("Names of older checkpoints are read: gamma and beta, a buffer of positions, the decoder's tied bias")
  func olderNames() throws {
    let temporary = try TemporaryFolder()
    let folder = try copy("bert-masked", in: temporary)
    let expected = try EncoderFolder(folder).maskedLanguageModel().parameters.map { $0.tensor.floats }
    try rename(folder) { name in
      if name == "cls.predictions.bias" { return "cls.predictions.decoder.bias" }
      if name.hasSuffix("LayerNorm.weight") { return name.dropLast(6) + "gamma" }
      return name.hasSuffix("LayerNorm.bias") ? name.dropLast(4) + "beta" : name
    }
    let model = try EncoderFolder(folder).maskedLanguageModel()
    #expect(model.parameters.map { $0.tensor.floats } == expected)
  }

  @Test("What a model cannot do is refused with what it can")
  func refusals() throws {
    let bare = try EncoderFolder(Goldens.url("encoders/bert-bare"))
    #expect(
      try message { _ = try bare.classifier() }.contains(
        "a BertModel can embed texts, but not classify; that needs a BertForSequenceClassification"))
    let masked = try EncoderFolder(Goldens.url("encoders/roberta-masked"))
    #expect(try message { _ = try masked.classifier() }.contains("can embed texts and fill masks, but not classify"))
    let labels = try EncoderFolder(Goldens.url("encoders/bert-labels"))
    #expect(
      try message { _ = try labels.maskedLanguageModel() }.contains(
        "that needs a BertForMaskedLM or BertForPreTraining"))
    let writer = try message { _ = try EncoderFolder(Goldens.url("models/t5-v1_1")) }
    #expect(writer.contains("a t5 is a language model, which writes text"))
    let reader = try message { _ = try ModelFolder.load(Goldens.url("encoders/bert-masked")) }
    #expect(reader.contains("a bert is a text encoder and writes no text"))
  }

  @Test("A class without a known head still has its encoder; wrong settings name their key")
  func configurations() throws {
    let temporary = try TemporaryFolder()
    let folder = try copy("bert-labels", in: temporary)
    let url = folder.appending(path: "config.json")
    let original = try #require(JSONValue(parsing: Data(contentsOf: url)).object)
    func change(_ key: String, _ value: JSONValue) throws {
      var json = original
      json[key] = value
      try Data(JSONValue.object(json).text.utf8).write(to: url)
    }
    try change("architectures", ["BertForQuestionAnswering"])
    #expect(try EncoderFolder(folder).encoder().properties.width == 32)
    #expect(try message { _ = try EncoderFolder(folder).model() }.contains("“BertForQuestionAnswering” is not known"))
    try change("problem_type", "guessing")
    #expect(try message { _ = try EncoderFolder(folder).classifier() }.contains("“problem_type” is “guessing”"))
    try change("num_attention_heads", 5)
    #expect(
      try message { _ = try EncoderFolder(folder).classifier() }.contains("5 heads do not divide the width of 32"))
    try change("position_embedding_type", "relative_key")
    #expect(try message { _ = try EncoderFolder(folder).classifier() }.contains("only absolute is known"))
    try change("id2label", ["0": "bad", "2": "good"])
    #expect(try message { _ = try EncoderFolder(folder).classifier() }.contains("“1” is missing"))
  }

  @Test("Labels and problem follow the configuration")
  func labels() throws {
    let labels = try EncoderFolder(Goldens.url("encoders/bert-labels")).classifier()
    #expect(labels.labels == ["bad", "fair", "good"] && labels.problem == .singleLabel)
    let number = try EncoderFolder(Goldens.url("encoders/roberta-number")).classifier()
    #expect(number.labels.count == 1 && number.problem == .regression)
    let several = try EncoderFolder(Goldens.url("encoders/distilbert-several")).classifier()
    #expect(several.labels.count == 4 && several.problem == .multiLabel)
  }
}
