// DistilBERT (Sanh, Debut, Chaumond and Wolf 2019): half of BERT's layers, without kinds of text and without a pooler.

import OrchardLayers
import OrchardTensors

extension EncoderArchitecture {
  /// DistilBERT with its heads.
  static let distilbert = EncoderArchitecture(
    "distilbert", prefix: "distilbert",
    classes: [
      "DistilBertModel": .bare,
      "DistilBertForMaskedLM": .maskedLanguageModel { json in
        MaskedForm(
          keys: [
            ("norm", "vocab_layer_norm"), ("bias", "vocab_projector.bias"), ("decoder", "vocab_projector.weight"),
          ] + CheckpointKeys.linear("dense", "vocab_transform"),
          words: "distilbert.embeddings.word_embeddings.weight",
          activation: try json.activation("activation", default: "gelu"), epsilon: 1e-12,
          isTied: try json.flag("tie_word_embeddings", default: true))
      },
      "DistilBertForSequenceClassification": .classification {
        try ClassificationForm(
          $0, keys: CheckpointKeys.linear("dense", "pre_classifier") + CheckpointKeys.linear("output", "classifier"),
          activation: { $0.relu }, dropoutKeys: ["seq_classif_dropout"], dropoutDefault: 0.2)
      },
    ],
    make: { json in
      var shape = try PostNormShape(
        width: try json.integer("dim", default: 768), heads: try json.integer("n_heads", default: 12),
        inner: try json.integer("hidden_dim", default: 3072), epsilon: 1e-12,
        activation: try json.activation("activation", default: "gelu"), source: json.source)
      shape.dropout = try json.number("dropout", default: 0.1)
      shape.attentionDropout = try json.number("attention_dropout", default: 0.1)
      shape.deviation = try json.number("initializer_range", default: 0.02)
      let positions = try json.integer("max_position_embeddings", default: 512)
      let properties = EncoderProperties(
        architecture: "distilbert", vocabularySize: try json.integer("vocab_size"), width: shape.width,
        contextLength: positions, paddingToken: try json.tokens("pad_token_id").first)
      return PostNormEncoder(
        properties, shape, layers: try json.integer("n_layers", default: 6), positionCount: positions, hasTypes: false,
        keys: distilbertKeys)
    })

  private static let distilbertKeys: CheckpointKeys = {
    let layer = "transformer.layer.*"
    return CheckpointKeys(
      [
        ("words", "embeddings.word_embeddings"), ("positions", "embeddings.position_embeddings"),
        ("norm", "embeddings.LayerNorm"), ("layers.*.attention.norm", "\(layer).sa_layer_norm"),
        ("layers.*.norm", "\(layer).output_layer_norm"),
      ]
        + CheckpointKeys.linear("layers.*.attention.query", "\(layer).attention.q_lin")
        + CheckpointKeys.linear("layers.*.attention.key", "\(layer).attention.k_lin")
        + CheckpointKeys.linear("layers.*.attention.value", "\(layer).attention.v_lin")
        + CheckpointKeys.linear("layers.*.attention.output", "\(layer).attention.out_lin")
        + CheckpointKeys.linear("layers.*.feedForward.up", "\(layer).ffn.lin1")
        + CheckpointKeys.linear("layers.*.feedForward.down", "\(layer).ffn.lin2"),
      surplus: ["embeddings.position_ids"])
  }()
}
