import OrchardModels
import OrchardSettings

/// Classifier-free guidance: away from what the model would write after another prompt.
///
/// Sanchez and others, "Stay on topic with classifier-free guidance", 2023.
public struct GuidanceSettings: Hashable, Sendable {
  /// How far: the log-probabilities are n + scale · (p − n), p after the prompt and n after the negative one; 1 is none.
  public var scale = 1.0
  /// What to lead away from; nil takes the prompt's last token alone.
  public var negativePrompt: String?

  /// No guidance.
  public init() {}

  /// Whether the model reads a second prompt.
  public var isOn: Bool { scale != 1 }
}

extension GenerationSettings {
  static var guidanceFields: [Field<Self>] {
    [
      Field(
        "guidance-scale", \Self.guidance.scale,
        "Classifier-free guidance: above 1 leads away from the negative prompt; 1 is none.", .above(0)),
      Field(
        "negative-prompt", \Self.guidance.negativePrompt,
        "What guidance leads away from; nothing takes the prompt's last token alone."),
    ]
  }

  var guidanceComplaints: [SettingsComplaint] {
    var complaints: [SettingsComplaint] = []
    if guidance.negativePrompt != nil, !guidance.isOn {
      complaints.append(
        SettingsComplaint("negative-prompt", "has no effect without guidance; set guidance-scale above 1 as well"))
    }
    if guidance.isOn, beams > 1 {
      complaints.append(SettingsComplaint("guidance-scale", "does not go with beam search; leave out num-beams"))
    }
    if guidance.isOn, contrast != nil {
      complaints.append(SettingsComplaint("guidance-scale", "does not go with penalty-alpha; give one of the two"))
    }
    return complaints
  }
}

extension GenerationSettings {
  /// What the model reads beside each prompt, to be led away from; nothing without guidance.
  ///
  /// - Throws: `GenerationError` where there is no tokenizer, or a negative prompt does not fit the context.
  func negatives(
    of prompts: [[Int]], limits: [TokenLimit], _ properties: ModelProperties, encode: ((String) -> [Int])?
  ) throws -> [[Int]] {
    guard guidance.isOn else { return [] }
    let isDecoder = properties.kind == .decoderOnly
    guard let text = guidance.negativePrompt else {
      guard isDecoder else {
        throw GenerationError("guidance of an encoder–decoder needs to know what from: give negative-prompt too")
      }
      return prompts.map { Array($0.suffix(1)) }
    }
    guard let encode else { throw GenerationError("a negative prompt needs a tokenizer, and none was given") }
    var tokens = encode(text)
    // As prompts begin and end in this kind of model.
    if isDecoder, let start = properties.startToken, prompts.allSatisfy({ $0.first == start }) {
      tokens.insert(start, at: 0)
    } else if !isDecoder, let end = properties.endTokens.first, prompts.allSatisfy({ $0.last == end }) {
      tokens.append(end)
    }
    guard !tokens.isEmpty else {
      throw GenerationError("the negative prompt is empty: leave it out, to lead away from the model without a prompt")
    }
    if isDecoder, let context = properties.contextLength, let longest = limits.map(\.count).max(),
      tokens.count + longest > context
    {
      throw GenerationError(
        "the negative prompt has \(tokens.count) tokens; with \(longest) new ones that exceeds the model's context of "
          + "\(context): shorten it, or give a lower max-new-tokens")
    }
    return prompts.map { _ in tokens }
  }
}
