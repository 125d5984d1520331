// BERT (Devlin, Chang, Lee and Toutanova 2018), and what has its shape: MiniLM, BGE, E5, GTE.

import OrchardLayers
import OrchardTensors

extension EncoderArchitecture {
  /// BERT with its heads.
  static let bert = EncoderArchitecture(
    "bert", prefix: "bert",
    classes: [
      "BertModel": .bare,
      "BertForMaskedLM": .maskedLanguageModel { try maskedBERT($0) },
      "BertForPreTraining": .maskedLanguageModel { try maskedBERT($0) },
      "BertForSequenceClassification": .classification {
        try ClassificationForm(
          $0, keys: CheckpointKeys.linear("dense", "bert.pooler.dense") + CheckpointKeys.linear("output", "classifier"),
          activation: { $0.tanh }, dropoutKeys: ["classifier_dropout", "hidden_dropout_prob"])
      },
    ],
    make: { try bert($0, name: "bert", firstPosition: 0) })

  /// The encoder that BERT's configuration describes; RoBERTa's is the same with other positions.
  static func bert(_ json: ModelConfiguration, name: String, firstPosition: Int) throws -> PostNormEncoder {
    let positionType = try json.text("position_embedding_type", default: "absolute")
    guard positionType == "absolute" else {
      throw ModelError("\(json.source): “position_embedding_type” is “\(positionType)”; only absolute is known")
    }
    var shape = try PostNormShape(
      width: try json.integer("hidden_size"), heads: try json.integer("num_attention_heads"),
      inner: try json.integer("intermediate_size"), epsilon: try json.number("layer_norm_eps", default: 1e-12),
      activation: try json.activation("hidden_act", default: "gelu"), source: json.source)
    shape.dropout = try json.number("hidden_dropout_prob", default: 0.1)
    shape.attentionOutputDropout = shape.dropout
    shape.attentionDropout = try json.number("attention_probs_dropout_prob", default: 0.1)
    shape.deviation = try json.number("initializer_range", default: 0.02)
    let positions = try json.integer("max_position_embeddings", default: 512, from: firstPosition + 1)
    let properties = EncoderProperties(
      architecture: name, vocabularySize: try json.integer("vocab_size"), width: shape.width,
      contextLength: positions - firstPosition, typeCount: try json.integer("type_vocab_size", default: 2),
      paddingToken: try json.tokens("pad_token_id").first)
    return PostNormEncoder(
      properties, shape, layers: try json.integer("num_hidden_layers"), positionCount: positions,
      firstPosition: firstPosition, keys: bertKeys)
  }

  /// The names of BERT's and RoBERTa's weights, without the prefix that a model with a head gives them.
  private static let bertKeys: CheckpointKeys = {
    let layer = "encoder.layer.*"
    return CheckpointKeys(
      [
        ("words", "embeddings.word_embeddings"), ("positions", "embeddings.position_embeddings"),
        ("types", "embeddings.token_type_embeddings"), ("norm", "embeddings.LayerNorm"),
        ("layers.*.attention.norm", "\(layer).attention.output.LayerNorm"),
        ("layers.*.norm", "\(layer).output.LayerNorm"),
      ]
        + CheckpointKeys.linear("layers.*.attention.query", "\(layer).attention.self.query")
        + CheckpointKeys.linear("layers.*.attention.key", "\(layer).attention.self.key")
        + CheckpointKeys.linear("layers.*.attention.value", "\(layer).attention.self.value")
        + CheckpointKeys.linear("layers.*.attention.output", "\(layer).attention.output.dense")
        + CheckpointKeys.linear("layers.*.feedForward.up", "\(layer).intermediate.dense")
        + CheckpointKeys.linear("layers.*.feedForward.down", "\(layer).output.dense"),
      surplus: ["embeddings.position_ids", "embeddings.token_type_ids"],
      olderEndings: ["LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"])
  }()

  private static func maskedBERT(_ json: ModelConfiguration) throws -> MaskedForm {
    let head = "cls.predictions"
    return MaskedForm(
      keys: [("norm", "\(head).transform.LayerNorm"), ("bias", "\(head).bias"), ("decoder", "\(head).decoder.weight")]
        + CheckpointKeys.linear("dense", "\(head).transform.dense"),
      words: "bert.embeddings.word_embeddings.weight",
      aliases: ["\(head).bias": ["\(head).decoder.bias"]], surplus: ["cls.seq_relationship", "bert.pooler"],
      activation: try json.activation("hidden_act", default: "gelu"),
      epsilon: try json.number("layer_norm_eps", default: 1e-12),
      isTied: try json.flag("tie_word_embeddings", default: true))
  }
}
