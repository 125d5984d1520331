import ArgumentParser
import Foundation
import OrchardJSON
import OrchardLayers
import OrchardModels
import OrchardTensors
import OrchardTokenizers

/// `orchard create`: makes a model with random weights, to be trained from nothing.
struct CreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a model with random weights, to be trained from nothing.",
    discussion: """
      The vocabulary is that of a tokenizer: a model's folder, or one that orchard tokenizer train wrote. The folder \
      that is written holds config.json, weights and tokenizer, as Hugging Face transformers reads them.

      Examples:
        orchard create --architecture t5 --tokenizer runs/vocabulary --output runs/model
        orchard create --architecture llama --tokenizer runs/vocabulary --output runs/model \\
          --width 256 --layers 6 --heads 8 --inner 768
      """)

  /// The architectures that can be made.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case t5
    case llama
  }

  @Option(help: "The architecture: \(Kind.allCases.map(\.rawValue).joined(separator: " or ")).")
  var architecture: Kind

  @Option(help: ArgumentHelp("The folder with the tokenizer.", valueName: "folder"))
  var tokenizer: String

  @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var output: String

  @Option(help: "Numbers in a hidden state.")
  var width = 256

  @Option(help: "Layers; of an encoder-decoder, in each half.")
  var layers = 4

  @Option(help: "Attention heads.")
  var heads = 4

  @Option(help: "The inner width of the feed-forward parts. (default: twice the width)")
  var inner: Int?

  @Option(help: "llama: the longest text in tokens.")
  var context = 1024

  @Option(help: "t5: the share of activations that training leaves out at random.")
  var dropout = 0.1

  @OptionGroup var seed: SeedOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    for (name, value) in [("width", width), ("layers", layers), ("heads", heads), ("context", context)]
    where !(1...1_000_000).contains(value) {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
    if let inner, inner < 1 { throw ValidationError("--inner is \(inner); it takes a number from 1.") }
    if width % heads != 0 { throw ValidationError("--width \(width) is no multiple of --heads \(heads).") }
    if architecture == .llama, width / heads % 2 != 0 {
      throw ValidationError("--width \(width) over --heads \(heads) is odd; llama's heads have an even width.")
    }
    if !(0..<1).contains(dropout) { throw ValidationError("--dropout is \(dropout); it takes 0 or more, less than 1.") }
  }

  func run() throws {
    let vocabulary = try Tokenizer(folder: URL(filePath: tokenizer))
    let folder = URL(filePath: output)
    if FileManager.default.fileExists(atPath: folder.appending(path: "config.json").path) {
      throw ModelError("\(folder.path): holds a model already; choose another output")
    }
    let configuration = ModelConfiguration(shape(vocabulary), source: "the new model")
    let model = try Architecture.model(configuration)
    Engine.seed(seed.seed)
    model.initialize()
    try ModelFolder.save(model, configuration: configuration, to: folder)
    try vocabulary.save(to: folder)
    if format.json {
      try Console.result(
        JSONObject([("folder", .string(folder.path)), ("parameters", .integer(model.parameterCount))]))
    } else {
      try Console.result("\(folder.path): \(architecture.rawValue) with \(model.parameterCount) random parameters")
    }
  }

  /// The `config.json` of the new model.
  private func shape(_ vocabulary: Tokenizer) -> JSONObject {
    func id(_ id: Int?) -> JSONValue { id.map(JSONValue.integer) ?? .null }
    let inner = inner ?? 2 * width
    // Matrix products run faster over a round number of columns; the ids beyond the tokenizer's are never used.
    let size = (vocabulary.vocabularySize + 7) / 8 * 8
    switch architecture {
    case .t5:
      return JSONObject([
        ("architectures", ["T5ForConditionalGeneration"]), ("model_type", "t5"), ("vocab_size", .integer(size)),
        ("d_model", .integer(width)), ("d_kv", .integer(width / heads)), ("d_ff", .integer(inner)),
        ("num_layers", .integer(layers)), ("num_decoder_layers", .integer(layers)), ("num_heads", .integer(heads)),
        ("relative_attention_num_buckets", 32), ("relative_attention_max_distance", 128),
        ("dropout_rate", .number(dropout)), ("layer_norm_epsilon", 1e-6), ("feed_forward_proj", "gated-gelu"),
        ("tie_word_embeddings", false), ("is_encoder_decoder", true),
        ("decoder_start_token_id", .integer(vocabulary.paddingID ?? 0)),
        ("pad_token_id", .integer(vocabulary.paddingID ?? 0)),
        ("eos_token_id", id(vocabulary.endID)),
      ])
    case .llama:
      return JSONObject([
        ("architectures", ["LlamaForCausalLM"]), ("model_type", "llama"), ("vocab_size", .integer(size)),
        ("hidden_size", .integer(width)), ("intermediate_size", .integer(inner)),
        ("num_hidden_layers", .integer(layers)), ("num_attention_heads", .integer(heads)),
        ("num_key_value_heads", .integer(heads)), ("max_position_embeddings", .integer(context)),
        ("rms_norm_eps", 1e-5), ("rope_theta", 10000), ("hidden_act", "silu"), ("tie_word_embeddings", true),
        ("initializer_range", 0.02), ("bos_token_id", id(vocabulary.beginningID)),
        ("eos_token_id", id(vocabulary.endID)), ("pad_token_id", id(vocabulary.paddingID)),
      ])
    }
  }
}
