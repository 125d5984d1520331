import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers
import TestSupport
import Testing

@Suite("Embedding texts, against sentence-transformers")
struct TextEmbedderTests {
  private static let sentences = Result {
    try JSONValue(parsing: Data(contentsOf: Goldens.url("encoders/sentence.json")))["sentences"]?.array?
      .compactMap(\.string) ?? []
  }

  private func expected(_ name: String) throws -> [[Float]] {
    let file = try SafetensorsFile(Goldens.url("encoders/sentence.safetensors"))
    let tensor = try #require(file.tensor(name))
    return (0..<tensor.size(0)).map { tensor.selected(0, $0).floats }
  }

  private func check(_ vectors: [[Float]], _ name: String) throws {
    let expected = try expected(name)
    #expect(vectors.count == expected.count)
    for (vector, wanted) in zip(vectors, expected) {
      #expect(vector.count == wanted.count)
      #expect(zip(vector, wanted).allSatisfy { abs($0 - $1) < 2e-5 })
    }
  }

  /// The golden folder with other files in place of its own.
  private func changed(
    _ files: [String: String], without removed: [String] = [], in temporary: TemporaryFolder
  ) throws -> URL {
    let folder = temporary.url.appending(path: UUID().uuidString)
    try FileManager.default.copyItem(at: Goldens.url("encoders/sentence"), to: folder)
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    for name in removed { try FileManager.default.removeItem(at: folder.appending(path: name)) }
    return folder
  }

  @Test("Transformer, pooling by mean and maximum, dense and normalise; long texts are cut", arguments: [1, 3, 32])
  func folder(batchSize: Int) throws {
    let embedder = try TextEmbedder(folder: Goldens.url("encoders/sentence"))
    #expect(embedder.tokenLimit == 16)
    try check(embedder.embed(Self.sentences.get(), batchSize: batchSize), "sentence")
    #expect(
      try Self.sentences.get().map { try embedder.encode($0).isCut } == [false, false, false, false, true, false])
  }

  @Test("Each way of pooling, in the older form of the folder", arguments: Pooling.allCases)
  func pooling(mode: Pooling) throws {
    let temporary = try TemporaryFolder()
    let modules = """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
      """
    let keys = [
      Pooling.first: "pooling_mode_cls_token", .greatest: "pooling_mode_max_tokens", .mean: "pooling_mode_mean_tokens",
      .meanBySquareRoot: "pooling_mode_mean_sqrt_len_tokens", .weightedMean: "pooling_mode_weightedmean_tokens",
      .last: "pooling_mode_lasttoken",
    ]
    let key = try #require(keys[mode])
    let folder = try changed(
      [
        "modules.json": modules, "1_Pooling/config.json": "{\"word_embedding_dimension\": 32, \"\(key)\": true}",
        "sentence_bert_config.json": #"{"max_seq_length": 16, "do_lower_case": false}"#,
      ], in: temporary)
    try check(TextEmbedder(folder: folder).embed(Self.sentences.get(), batchSize: 4), mode.rawValue)
  }

  @Test("A folder without modules is pooled by the mean")
  func plain() throws {
    let temporary = try TemporaryFolder()
    let embedder = try TextEmbedder(folder: changed([:], without: ["modules.json"], in: temporary))
    #expect(!embedder.folder.isDescribed)
    try check(embedder.embed(Self.sentences.get()), "mean")
    let lengths = try embedder.embed(Self.sentences.get(), normalize: true).map { $0.reduce(0) { $0 + $1 * $1 } }
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test("Prompts are put before texts; small letters where the folder asks for them")
  func prompts() throws {
    let temporary = try TemporaryFolder()
    let prompts = #"{"prompts": {"query": "the cat ", "document": ""}, "default_prompt_name": "document"}"#
    let folder = try changed(["config_sentence_transformers.json": prompts], in: temporary)
    let embedder = try TextEmbedder(folder: folder)
    #expect(try embedder.encode("sat", prompt: "query") == embedder.encode("the cat sat"))
    #expect(try embedder.encode("sat") == embedder.encode("sat", prompt: "document"))
    let error = #expect(throws: ModelError.self) { try embedder.encode("sat", prompt: "title") }
    #expect(error?.description.contains("has no prompt “title”; it has “document”, “query”") == true)
  }

  @Test("A decoder is embedded where the folder says how it is pooled")
  func decoder() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.url.appending(path: "decoder")
    try FileManager.default.copyItem(at: Goldens.url("models/llama-grouped"), to: folder)
    #expect(throws: ModelError.self) { try TextEmbedder(folder: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "1_Pooling"), withIntermediateDirectories: true)
    try Data(#"{"pooling_mode_lasttoken": true}"#.utf8).write(to: folder.appending(path: "1_Pooling/config.json"))
    let modules = #"[{"path": "", "type": "a.Transformer"}, {"path": "1_Pooling", "type": "a.Pooling"}]"#
    try Data(modules.utf8).write(to: folder.appending(path: "modules.json"))
    let embedder = try TextEmbedder(folder: folder)
    let texts = ["the cat sat", "a bird"]
    let vectors = try embedder.embed(texts)
    let model = try ModelFolder.load(folder)
    for (text, vector) in zip(texts, vectors) {
      let rows = TokenRows([try embedder.encode(text).ids])
      let hidden = model.hidden(TokenBatch(target: rows), mode: .inference)
      let last = hidden.selected(0, 0).selected(0, rows.length - 1).floats
      #expect(zip(vector, last).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test("What a folder asks for and cannot be done is named")
  func refusals() throws {
    let temporary = try TemporaryFolder()
    func message(_ files: [String: String]) throws -> String {
      let folder = try changed(files, in: temporary)
      return "\(try #require(#expect(throws: ModelError.self) { try TextEmbedder(folder: folder) }))"
    }
    let strange = #"[{"path": "", "type": "a.Transformer"}, {"path": "1", "type": "a.LSTM"}]"#
    #expect(try message(["modules.json": strange]).contains("a module of the kind “LSTM” is not known"))
    let unpooled = #"[{"path": "", "type": "a.Transformer"}]"#
    #expect(try message(["modules.json": unpooled]).contains("names no Pooling"))
    let mode = #"{"pooling_mode": "median"}"#
    #expect(try message(["1_Pooling/config.json": mode]).contains("“pooling_mode” is \"median\""))
    let dense = #"{"in_features": 64, "out_features": 12, "activation_function": "torch.nn.modules.activation.Mish"}"#
    #expect(try message(["2_Dense/config.json": dense]).contains("“activation_function” is"))
    let outside = #"[{"path": "../other", "type": "a.Transformer"}]"#
    #expect(try message(["modules.json": outside]).contains("inside the folder"))
  }

  @Test("The cosine of two vectors")
  func similarity() {
    #expect(TextEmbedder.similarity([1, 0], [2, 0]) == 1)
    #expect(TextEmbedder.similarity([1, 0], [0, 5]) == 0)
    #expect(abs(TextEmbedder.similarity([1, 1], [-1, 0]) + 0.70710677) < 1e-6)
    #expect(TextEmbedder.similarity([0, 0], [1, 0]) == 0)
  }
}

/// The published model, where a person has put it: its folder is named by ORCHARD_MINILM.
@Suite("all-MiniLM-L6-v2", .enabled(if: MiniLM.folder != nil, "ORCHARD_MINILM names no folder of all-MiniLM-L6-v2"))
struct MiniLMTests {
  @Test("Its published numbers")
  func numbers() throws {
    let embedder = try TextEmbedder(folder: try #require(MiniLM.folder))
    let vector = try embedder.embed(["This is an example sentence"])[0]
    let expected: [Float] = [0.067657, 0.063496, 0.048713, 0.079305, 0.037448]
    #expect(zip(vector, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  static let judged = SharedData.url("datasets/glue/STS-B/dev.tsv")

  @Test("Its rank correlation with the judgements of STS-B", .enabled(if: judged != nil, "STS-B is not here"))
  func judgements() throws {
    let text = try String(contentsOf: try #require(Self.judged), encoding: .utf8)
    // The last three columns: two sentences and how people judge their likeness.
    let rows = text.split(separator: "\n").map { $0.split(separator: "\t").suffix(3).map(String.init) }
      .filter { $0.count == 3 && Double($0[2]) != nil }
    #expect(rows.count == 1500)
    let embedder = try TextEmbedder(folder: try #require(MiniLM.folder), dtype: .bfloat16)
    let vectors = try embedder.embed(rows.map { $0[0] } + rows.map { $0[1] })
    let found = rows.indices.map { Double(TextEmbedder.similarity(vectors[$0], vectors[rows.count + $0])) }
    let correlation = Self.rankCorrelation(found, rows.compactMap { Double($0[2]) })
    #expect(abs(correlation - 0.810) < 0.001)
  }

  /// Spearman's: the correlation of ranks, equal values sharing the mean of theirs.
  private static func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      let order = values.indices.sorted { values[$0] < values[$1] }
      var ranks = [Double](repeating: 0, count: values.count)
      var start = 0
      while start < order.count {
        let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
        for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
        start = end
      }
      return ranks
    }
    let mean = Double(a.count - 1) / 2
    let (x, y) = (ranks(a).map { $0 - mean }, ranks(b).map { $0 - mean })
    let product = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    let squares = x.reduce(0) { $0 + $1 * $1 } * y.reduce(0) { $0 + $1 * $1 }
    return product / squares.squareRoot()
  }
}

enum MiniLM {
  static let folder = ProcessInfo.processInfo.environment["ORCHARD_MINILM"].map { URL(filePath: $0) }
}
