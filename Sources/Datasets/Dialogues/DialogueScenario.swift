/// Who speaks: `a` opens the conversation.
enum DialogueSpeaker: Sendable {
  case a
  case b
}

/// One turn: a speaker and, for each of the turn's sentences, the templates to choose from.
struct DialogueTurn: Sendable {
  let speaker: DialogueSpeaker
  let sentences: [[String]]

  static func a(_ sentences: [String]...) -> DialogueTurn { DialogueTurn(speaker: .a, sentences: sentences) }
  static func b(_ sentences: [String]...) -> DialogueTurn { DialogueTurn(speaker: .b, sentences: sentences) }
}

/// A situation: the words its slots are filled from, its turns, and its summary.
///
/// Templates are written in a small language (`DialogueTemplate`). Slots of the same word list get
/// different words. A word may have several forms, divided by a slash: `{x}` is the first, `{x.1}` the second.
struct DialogueScenario: Sendable {
  let topic: String
  let slots: [(name: String, words: [String])]
  let turns: [DialogueTurn]
  let summary: String

  init(_ topic: String, _ slots: [(String, [String])], _ turns: [DialogueTurn], summary: String = "") {
    self.topic = topic
    self.slots = slots.map { (name: $0.0, words: $0.1) }
    self.turns = turns
    self.summary = summary
  }
}
