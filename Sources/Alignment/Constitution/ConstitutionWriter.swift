import Foundation
import OrchardGeneration
import OrchardHub
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors

/// A model that writes and judges in the stages of a constitution.
protocol ConstitutionWriter {
  /// A continuation of each text; `numbers` tell draws apart.
  func texts(after prompts: [String], numbers: [Int]) throws -> [String]
  /// The probability that a text goes on with “A” rather than with “B”, for each.
  func preferences(after prompts: [String]) throws -> [Double]
}

/// Which model writes or judges.
public struct ConstitutionModelSettings: SettingsGroup {
  /// The folder of a model; nil for none.
  public var folder: String?
  /// The address of an OpenAI-style server; nil for none.
  public var url: String?
  /// The model's name at that server.
  public var name = ""
  /// The environment variable with the server's token; nil for none.
  public var tokenVariable: String?
  /// The seconds that a reply of the server may take.
  public var seconds = 120.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "A model in a folder, or at an OpenAI-style server."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("folder", \.folder, "The folder of a model, of a run or of an adapter."),
      Field(
        "url", \.url,
        "The address of an OpenAI-style server's chat completions, such as http://host/v1/chat/completions."),
      Field("name", \.name, "The model's name at that server."),
      Field("token-variable", \.tokenVariable, "The environment variable with the server's token; empty for none."),
      Field("seconds", \.seconds, "Seconds that a reply may take.", .above(0)),
    ]
  }

  /// Both, a folder and a server; or what is of a server without one.
  public var complaints: [SettingsComplaint] {
    if folder != nil, url != nil { return [SettingsComplaint("url", "stands beside folder; give one of the two")] }
    guard url == nil else { return [] }
    return [("name", !name.isEmpty), ("token-variable", tokenVariable != nil)].filter(\.1).map {
      SettingsComplaint($0.0, "is of a server, and there is no url")
    }
  }

  /// Whether nothing is named.
  var isEmpty: Bool { folder == nil && url == nil }
}

/// A model of a folder.
struct FolderWriter: ConstitutionWriter {
  let generator: TextGenerator
  let settings: GenerationSettings
  let batchSize: Int
  let check: () throws -> Void

  func texts(after prompts: [String], numbers: [Int]) throws -> [String] {
    let room = try prompts.map { try fitting($0) }
    let tokens = zip(room, numbers).map { text, number in
      TokenPrompt(generator.tokens(of: text), sample: number)
    }
    return try generator.generate(tokens, settings: settings, batchSize: batchSize) { _ in try check() }
      .map { $0.text.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  func preferences(after prompts: [String]) throws -> [Double] {
    let scorer = TextScorer(generator)
    let room = try prompts.map { try fitting($0) }
    let found = try scorer.score(room.flatMap { [($0, " A"), ($0, " B")] }, batchSize: batchSize) { _ in try check() }
    return stride(from: 0, to: found.count, by: 2).map { place in
      1 / (1 + exp(found[place + 1].sum - found[place].sum))
    }
  }

  /// A text, less worked examples at its beginning where it would not fit the model's context.
  private func fitting(_ text: String) throws -> String {
    guard let context = generator.model.properties.contextLength else { return text }
    let most = context - (settings.maxNewTokens ?? 0) - 1
    guard generator.tokens(of: text).count > most, let gap = text.range(of: "###\n\n") else { return text }
    return String(text[gap.upperBound...])
  }
}

/// A model at an OpenAI-style server.
struct ServerWriter: ConstitutionWriter {
  let endpoint: JSONEndpoint
  let model: String
  let settings: GenerationSettings
  let check: () throws -> Void

  /// What such servers call the settings that they know.
  static let names = [
    "temperature": "temperature", "top-p": "top_p", "presence-penalty": "presence_penalty",
    "frequency-penalty": "frequency_penalty",
  ]

  func texts(after prompts: [String], numbers: [Int]) throws -> [String] {
    try zip(prompts, numbers).map { prompt, number in
      try check()
      var body = request(prompt, tokens: settings.maxNewTokens ?? 256)
      body["seed"] = .integer((settings.seed &+ number) & 0x7FFF_FFFF)
      // Such servers take at most four.
      body["stop"] = .array(settings.stop.prefix(4).map { .string($0) })
      return try content(try endpoint.post(.object(body)))
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  func preferences(after prompts: [String]) throws -> [Double] {
    try prompts.map { prompt in
      try check()
      var body = request(prompt + "\n\nReply with the letter alone, A or B.", tokens: 4)
      (body["temperature"], body["logprobs"], body["top_logprobs"]) = (0, true, 20)
      let reply = try endpoint.post(.object(body))
      return try probability(reply) ?? letter(try content(reply))
    }
  }

  private func request(_ prompt: String, tokens: Int) -> JSONObject {
    var body = JSONObject([
      ("model", .string(model)), ("messages", [["role": "user", "content": .string(prompt)]]),
      ("max_tokens", .integer(tokens)),
    ])
    for (name, theirs) in Self.names { body[theirs] = settings[step: name].map { .number($0) } }
    if !settings.sample { body["temperature"] = 0 }
    return body
  }

  private func content(_ reply: JSONValue) throws -> String {
    guard let text = reply["choices"]?.array?.first?["message"]?["content"]?.string else {
      throw AlignmentError(
        "\(endpoint.url): the reply has no choices[0].message.content: \(reply.text.prefix(160))")
    }
    return text
  }

  /// The share of “A” in what the server tells of its first letter; nil where it tells nothing.
  private func probability(_ reply: JSONValue) throws -> Double? {
    let places = reply["choices"]?.array?.first?["logprobs"]?["content"]?.array ?? []
    for place in places {
      let tokens = place["top_logprobs"]?.array ?? []
      func mass(_ letter: String) -> Double {
        tokens.filter { $0["token"]?.string?.trimmingCharacters(in: .whitespacesAndNewlines) == letter }
          .reduce(0) { $0 + exp($1["logprob"]?.double ?? -.infinity) }
      }
      let (a, b) = (mass("A"), mass("B"))
      if a + b > 0.01 { return a / (a + b) }
    }
    return nil
  }

  private func letter(_ text: String) throws -> Double {
    switch text.first(where: { $0.isLetter }) {
    case "A", "a": return 1
    case "B", "b": return 0
    default: return 0.5
    }
  }
}
