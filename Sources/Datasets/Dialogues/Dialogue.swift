import OrchardJSON

/// A short conversation and what a person would say it was about.
public struct Dialogue: Sendable, Equatable {
  /// A name that is unique within its part: `training-17`.
  public let id: String
  /// What the conversation is about: `lost item`.
  public let topic: String
  /// The turns, one a line, each `Name: text`.
  public let dialogue: String
  /// Who does or decides what, when, where and why, in one or two sentences.
  public let summary: String

  /// The dialogue as one JSON object, its keys in the order id, topic, dialogue, summary.
  public var json: JSONValue {
    ["id": .string(id), "topic": .string(topic), "dialogue": .string(dialogue), "summary": .string(summary)]
  }
}
