import OrchardHub
import OrchardJSON
import OrchardSettings
import OrchardTensors

/// What a server says of answers.
public struct EndpointRewardSettings: RewardSourceSettings {
  /// The address.
  public var url = ""
  /// The environment variable with the token that the server wants; nil for none.
  public var tokenVariable: String?
  /// The seconds that an answer of the server may take.
  public var seconds = 60.0
  /// How often is asked where the server is not there or fails.
  public var attempts = 3
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help =
    "What a server says: it is sent {\"answers\": [{\"prompt\", \"answer\", \"reference\"} …]} and replies {\"scores\": [number …]}."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("url", \.url, "The address, http or https.", required: true),
      Field(
        "token-variable", \.tokenVariable,
        "The environment variable with the bearer token that the server wants; empty for none."),
      Field("seconds", \.seconds, "Seconds that a reply may take.", .above(0)),
      Field("attempts", \.attempts, "How often is asked where the server is not there or fails.", .range(1...)),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// The reward.
  ///
  /// - Throws: `EndpointError` for an address that is none, or a variable that is not set.
  public func make(on device: Device) throws -> any AnswerReward {
    EndpointReward(
      endpoint: try JSONEndpoint(url, tokenVariable: tokenVariable, seconds: seconds, attempts: attempts))
  }
}

private struct EndpointReward: AnswerReward {
  let endpoint: JSONEndpoint

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    let rows = answers.map { answer in
      var row = JSONObject([("prompt", .string(answer.prompt)), ("answer", .string(answer.answer))])
      if let reference = answer.reference { row["reference"] = .string(reference) }
      return JSONValue.object(row)
    }
    let reply = try endpoint.post(["answers": .array(rows)])
    let numbers = reply["scores"]?.array
    let scores = numbers?.compactMap(\.double) ?? []
    guard let numbers, scores.count == numbers.count, scores.count == answers.count else {
      throw AlignmentError(
        "\(endpoint.url): the reply has \(numbers.map { _ in "\(scores.count) scores" } ?? "no “scores”") for "
          + "\(answers.count) answers: \(reply.text.prefix(120))")
    }
    return scores
  }
}
