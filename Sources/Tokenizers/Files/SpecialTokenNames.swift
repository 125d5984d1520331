import OrchardJSON

/// The special tokens that `tokenizer_config.json` and `special_tokens_map.json` name.
struct SpecialTokenNames: Sendable {
  /// What a special token is for.
  enum Role: String, CaseIterable, Sendable {
    case beginning = "bos_token"
    case end = "eos_token"
    case padding = "pad_token"
    case unknown = "unk_token"
    case mask = "mask_token"

    /// The names it has in most models, for a tokenizer without a configuration.
    var usualNames: [String] {
      switch self {
      case .beginning: return ["<s>", "<|begin_of_text|>", "<bos>", "<|endoftext|>"]
      case .end: return ["</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>"]
      case .padding: return ["<pad>", "[PAD]"]
      case .unknown: return ["<unk>", "[UNK]"]
      case .mask: return ["<mask>", "[MASK]"]
      }
    }
  }

  private var names: [Role: String] = [:]

  /// Whether no file names any.
  var isEmpty: Bool { names.isEmpty }

  init(configuration: JSONValue?, map: JSONValue?) {
    for role in Role.allCases {
      for source in [configuration, map] where names[role] == nil {
        let value = source?[role.rawValue]
        // Either the text itself or an object that also tells how it is matched.
        names[role] = value?.string ?? value?["content"]?.string
      }
    }
  }

  func name(_ role: Role) -> String? { names[role] }

  /// All roles that have a token.
  var all: [(Role, String)] { Role.allCases.compactMap { role in names[role].map { (role, $0) } } }
}

extension Tokenizer {
  /// The chat template in a `tokenizer_config.json`: a text, or a list of which one is called default.
  static func chatTemplate(in configuration: JSONValue?) -> String? {
    guard let value = configuration?["chat_template"] else { return nil }
    if let text = value.string { return text }
    let templates = value.array ?? []
    return (templates.first { $0["name"]?.string == "default" } ?? templates.first)?["template"]?.string
  }
}
