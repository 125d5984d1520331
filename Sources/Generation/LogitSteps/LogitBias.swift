import OrchardSettings

/// Adds to the logits of words or single tokens (the parameter of OpenAI's interface, which knows token ids only).
///
/// A key of digits is a token id; any other is a text, biased in every form that the tokenizer gives it.
public enum LogitBias {
  static let kind = LogitStepKind(
    "logit-bias", "What is added to the logit of a token id or a word: {1734: -100, rain: 2.5}.", part: .always
  ) { (biases: [String: Double], situation) in
    SequenceBias(
      try biases.sorted { $0.key < $1.key }.flatMap { key, bias in
        let isID = key.allSatisfy { $0.isASCII && $0.isNumber }
        let phrase = isID ? Int(key).map { TokenPhrase.tokens([$0]) } : nil
        return try situation.forms(of: phrase ?? .text(key), setting: "logit-bias").map {
          SequenceBias.Entry($0, Float(bias))
        }
      })
  }
}
