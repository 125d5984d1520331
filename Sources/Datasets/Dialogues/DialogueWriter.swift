/// Tells one scenario, with small talk, in sentences that all belong to one part.
struct DialogueWriter {
  let part: DialoguePart
  var random: SeededGenerator

  /// The lengths a dialogue and a summary must keep, in words, and a dialogue's in turns.
  static let dialogueWords = 40...90
  static let summaryWords = 8...25
  static let turns = 3...8

  /// How often a sentence is tried before the draw of words is given up.
  private static let tries = 24

  /// - Returns: Nil where a sentence could not be written for this part or a length is out of bounds.
  mutating func write(_ scenario: DialogueScenario) -> (dialogue: String, summary: String)? {
    let a = random.element(of: DialogueWords.names)
    let b = another(than: [a], from: DialogueWords.names)
    var words = fill(scenario.slots)
    words["a"] = a
    words["b"] = b
    guard let summary = sentence([scenario.summary], words: words), Self.summaryWords ~= Self.count(summary),
      var lines = lines(scenario.turns, words: words)
    else { return nil }

    // None, one before, one after, or one at both ends; the speakers always take turns.
    let place = random.below(4)
    if place == 1 || place == 3 {
      guard let before = smallTalk(DialogueSmallTalk.openings, a, b, next: scenario.turns.first?.speaker) else {
        return nil
      }
      lines.insert(contentsOf: before, at: 0)
    }
    if place >= 2 {
      guard let after = smallTalk(DialogueSmallTalk.closings, a, b, last: scenario.turns.last?.speaker) else {
        return nil
      }
      lines.append(contentsOf: after)
    }
    let dialogue = lines.joined(separator: "\n")
    guard Self.turns ~= lines.count, Self.dialogueWords ~= Self.count(dialogue),
      tells(dialogue, all: scenario.summary, words: words)
    else { return nil }
    return (dialogue, summary)
  }

  /// True where every word that the summary fills in stands in the dialogue.
  private func tells(_ dialogue: String, all summary: String, words: [String: String]) -> Bool {
    let told = dialogue.lowercased()
    return words.allSatisfy { name, word in
      !summary.contains("{\(name)}") || told.contains(word.lowercased())
    }
  }

  /// An exchange whose speakers alternate with the `last` speaker before it or the `next` one after it.
  private mutating func smallTalk(
    _ exchanges: [DialogueScenario], _ a: String, _ b: String, last: DialogueSpeaker? = nil,
    next: DialogueSpeaker? = nil
  ) -> [String]? {
    let exchange = random.element(of: exchanges)
    let clash =
      last.map { $0 == exchange.turns.first?.speaker } ?? next.map { $0 == exchange.turns.last?.speaker } ?? false
    var words = fill(exchange.slots)
    words["a"] = clash ? b : a
    words["b"] = clash ? a : b
    words["someone"] = another(than: [a, b], from: DialogueWords.names)
    return lines(exchange.turns, words: words)
  }

  private mutating func lines(_ turns: [DialogueTurn], words: [String: String]) -> [String]? {
    var lines: [String] = []
    for turn in turns {
      var line = (turn.speaker == .a ? words["a"] : words["b"]) ?? ""
      line += ":"
      for templates in turn.sentences {
        guard let sentence = sentence(templates, words: words) else { return nil }
        line += " " + sentence
      }
      lines.append(line)
    }
    return lines
  }

  private mutating func sentence(_ templates: [String], words: [String: String]) -> String? {
    for _ in 0..<Self.tries {
      var template = DialogueTemplate(random.element(of: templates), words: words)
      let sentence = template.sentence(random: &random)
      if DialoguePart.sentences(of: sentence).allSatisfy({ DialoguePart.owner(of: $0) == part }) { return sentence }
    }
    return nil
  }

  private mutating func fill(_ slots: [(name: String, words: [String])]) -> [String: String] {
    var filled: [String: String] = [:]
    var drawn: Set<String> = []
    for slot in slots {
      let word = another(than: drawn, from: slot.words)
      drawn.insert(word)
      let forms = word.split(separator: "/").map(String.init)
      filled[slot.name] = forms.first
      for (index, form) in forms.enumerated().dropFirst() { filled["\(slot.name).\(index)"] = form }
    }
    return filled
  }

  private mutating func another(than taken: Set<String>, from list: [String]) -> String {
    while true {
      let word = random.element(of: list)
      if !taken.contains(word) { return word }
    }
  }

  static func count(_ text: String) -> Int { text.split { $0 == " " || $0 == "\n" }.count }
}

extension SeededGenerator {
  mutating func element<Element>(of list: [Element]) -> Element { list[below(list.count)] }
}
