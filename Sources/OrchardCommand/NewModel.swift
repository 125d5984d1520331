import ArgumentParser
import OrchardJSON

/// An architecture that `orchard create` can make a model of: its `config.json` for sizes that a person gives.
struct NewModel: ExpressibleByArgument, Sendable {
  /// What a person gives, and the ids that the tokenizer gives.
  struct Sizes {
    var vocabulary, width, layers, heads: Int
    var inner: Int?
    var context: Int
    var dropout: Double
    var beginning, end, padding: Int?

    fileprivate func id(_ id: Int?) -> JSONValue { id.map(JSONValue.integer) ?? .null }
  }

  /// The name, as `model_type` in `config.json`.
  let name: String
  /// Whether each head's numbers are turned in pairs.
  let hasEvenHeads: Bool
  private let className: String
  private let keys: @Sendable (Sizes) -> [(String, JSONValue)]

  private init(
    _ name: String, _ className: String, hasEvenHeads: Bool = true,
    _ keys: @escaping @Sendable (Sizes) -> [(String, JSONValue)]
  ) {
    self.name = name
    self.className = className
    self.hasEvenHeads = hasEvenHeads
    self.keys = keys
  }

  init?(argument: String) {
    guard let found = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = found
  }

  static var allValueStrings: [String] { all.map(\.name) }

  /// The `config.json` of a new model.
  func configuration(_ sizes: Sizes) -> JSONObject {
    let first: [(String, JSONValue)] = [
      ("architectures", .array([.string(className)])), ("model_type", .string(name)),
      ("vocab_size", .integer(sizes.vocabulary)),
    ]
    return JSONObject(first + keys(sizes))
  }

  /// Every architecture that can be made: one entry each.
  static let all: [NewModel] = [
    NewModel("bert", "BertForMaskedLM", hasEvenHeads: false) { sizes in
      [
        ("hidden_size", .integer(sizes.width)), ("num_hidden_layers", .integer(sizes.layers)),
        ("num_attention_heads", .integer(sizes.heads)), ("intermediate_size", .integer(sizes.inner ?? 4 * sizes.width)),
        ("hidden_act", "gelu"), ("hidden_dropout_prob", .number(sizes.dropout)),
        ("attention_probs_dropout_prob", .number(sizes.dropout)), ("max_position_embeddings", .integer(sizes.context)),
        ("type_vocab_size", 2), ("layer_norm_eps", 1e-12), ("initializer_range", 0.02), ("tie_word_embeddings", true),
        ("pad_token_id", sizes.id(sizes.padding)),
      ]
    },
    NewModel("gemma2", "Gemma2ForCausalLM") { sizes in
      llamaLike(sizes, act: "hidden_activation", "gelu_pytorch_tanh") + [
        ("query_pre_attn_scalar", .integer(sizes.width / sizes.heads)), ("attn_logit_softcapping", 50.0),
        ("final_logit_softcapping", 30.0), ("sliding_window", .integer(max(1, sizes.context / 2))),
      ]
    },
    NewModel("gpt2", "GPT2LMHeadModel", hasEvenHeads: false) { sizes in
      [
        ("n_positions", .integer(sizes.context)), ("n_embd", .integer(sizes.width)),
        ("n_layer", .integer(sizes.layers)), ("n_head", .integer(sizes.heads)),
        ("n_inner", .integer(sizes.inner ?? 4 * sizes.width)), ("activation_function", "gelu_new"),
        ("embd_pdrop", .number(sizes.dropout)), ("attn_pdrop", .number(sizes.dropout)),
        ("resid_pdrop", .number(sizes.dropout)), ("layer_norm_epsilon", 1e-5), ("initializer_range", 0.02),
        ("tie_word_embeddings", true),
      ] + tokens(sizes)
    },
    NewModel("gpt_neox", "GPTNeoXForCausalLM") { sizes in
      [
        ("hidden_size", .integer(sizes.width)), ("intermediate_size", .integer(sizes.inner ?? 4 * sizes.width)),
        ("num_hidden_layers", .integer(sizes.layers)), ("num_attention_heads", .integer(sizes.heads)),
        // Short heads are turned whole: a quarter of them might be no even number.
        ("rotary_pct", .number(sizes.width / sizes.heads % 8 == 0 ? 0.25 : 1)), ("rotary_emb_base", 10000),
        ("max_position_embeddings", .integer(sizes.context)), ("use_parallel_residual", true), ("hidden_act", "gelu"),
        ("hidden_dropout", .number(sizes.dropout)), ("attention_dropout", .number(sizes.dropout)),
        ("layer_norm_eps", 1e-5), ("initializer_range", 0.02), ("tie_word_embeddings", false),
      ] + tokens(sizes)
    },
    NewModel("llama", "LlamaForCausalLM") { llamaLike($0) },
    NewModel("mistral", "MistralForCausalLM") { sizes in
      llamaLike(sizes) + [("sliding_window", .integer(max(1, sizes.context / 2)))]
    },
    NewModel("qwen2", "Qwen2ForCausalLM") { llamaLike($0) + [("use_sliding_window", false)] },
    NewModel("qwen3", "Qwen3ForCausalLM") { llamaLike($0) + [("use_sliding_window", false)] },
    NewModel("t5", "T5ForConditionalGeneration", hasEvenHeads: false) { sizes in
      [
        ("d_model", .integer(sizes.width)), ("d_kv", .integer(sizes.width / sizes.heads)),
        ("d_ff", .integer(sizes.inner ?? 2 * sizes.width)),
        ("num_layers", .integer(sizes.layers)), ("num_decoder_layers", .integer(sizes.layers)),
        ("num_heads", .integer(sizes.heads)), ("relative_attention_num_buckets", 32),
        ("relative_attention_max_distance", 128), ("dropout_rate", .number(sizes.dropout)),
        ("layer_norm_epsilon", 1e-6), ("feed_forward_proj", "gated-gelu"), ("tie_word_embeddings", false),
        ("is_encoder_decoder", true), ("decoder_start_token_id", .integer(sizes.padding ?? 0)),
        ("pad_token_id", .integer(sizes.padding ?? 0)), ("eos_token_id", sizes.id(sizes.end)),
      ]
    },
  ]

  private static func tokens(_ sizes: Sizes) -> [(String, JSONValue)] {
    [
      ("bos_token_id", sizes.id(sizes.beginning)), ("eos_token_id", sizes.id(sizes.end)),
      ("pad_token_id", sizes.id(sizes.padding)),
    ]
  }

  /// The keys that Llama's family shares.
  private static func llamaLike(
    _ sizes: Sizes, act key: String = "hidden_act", _ activation: String = "silu"
  ) -> [(String, JSONValue)] {
    [
      ("hidden_size", .integer(sizes.width)), ("intermediate_size", .integer(sizes.inner ?? 2 * sizes.width)),
      ("num_hidden_layers", .integer(sizes.layers)), ("num_attention_heads", .integer(sizes.heads)),
      ("num_key_value_heads", .integer(sizes.heads)), ("head_dim", .integer(sizes.width / sizes.heads)),
      ("max_position_embeddings", .integer(sizes.context)), ("rms_norm_eps", 1e-5), ("rope_theta", 10000),
      (key, .string(activation)), ("tie_word_embeddings", true), ("initializer_range", 0.02),
    ] + tokens(sizes)
  }
}
