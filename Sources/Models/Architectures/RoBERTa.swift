// RoBERTa (Liu and others 2019): BERT whose positions begin behind the padding id, with heads of its own names.
// XLM-RoBERTa (Conneau and others 2019) is the same over another vocabulary.

import OrchardLayers
import OrchardTensors

extension EncoderArchitecture {
  /// RoBERTa with its heads.
  static let roberta = roberta("roberta", classes: "Roberta")

  /// XLM-RoBERTa with its heads.
  static let xlmRoberta = roberta("xlm-roberta", classes: "XLMRoberta")

  private static func roberta(_ name: String, classes start: String) -> EncoderArchitecture {
    EncoderArchitecture(
      name, prefix: "roberta",
      classes: [
        "\(start)Model": .bare,
        "\(start)ForMaskedLM": .maskedLanguageModel { try maskedRoberta($0) },
        "\(start)ForSequenceClassification": .classification {
          try ClassificationForm(
            $0,
            keys: CheckpointKeys.linear("dense", "classifier.dense")
              + CheckpointKeys.linear("output", "classifier.out_proj"),
            activation: { $0.tanh }, dropoutKeys: ["classifier_dropout", "hidden_dropout_prob"], dropsInput: true)
        },
      ],
      make: { json in
        // The padding token has a position of its own, and the first token the one behind it.
        let padding = try json.integer("pad_token_id", default: 1, from: 0)
        return try bert(json, name: name, firstPosition: padding + 1)
      })
  }

  private static func maskedRoberta(_ json: ModelConfiguration) throws -> MaskedForm {
    MaskedForm(
      keys: [("norm", "lm_head.layer_norm"), ("bias", "lm_head.bias"), ("decoder", "lm_head.decoder.weight")]
        + CheckpointKeys.linear("dense", "lm_head.dense"),
      words: "roberta.embeddings.word_embeddings.weight", aliases: ["lm_head.bias": ["lm_head.decoder.bias"]],
      surplus: ["roberta.pooler"], activation: .gelu, epsilon: try json.number("layer_norm_eps", default: 1e-5),
      isTied: try json.flag("tie_word_embeddings", default: true))
  }
}
