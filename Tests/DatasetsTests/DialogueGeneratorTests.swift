import Foundation
import OrchardDatasets
import OrchardJSON
import Testing

struct DialogueGeneratorTests {
  static let data = DialogueGenerator(seed: 1).dataset(training: 3000, heldOut: 200)

  private static func turns(of dialogue: Dialogue) -> [(name: Substring, text: String)] {
    dialogue.dialogue.split(separator: "\n").map { line in
      let colon = line.firstIndex(of: ":") ?? line.startIndex
      return (line[..<colon], String(line[colon...].dropFirst(2)))
    }
  }

  /// Whole turns, and each of their sentences.
  private static func sentences(of dialogues: [Dialogue]) -> Set<String> {
    var all: Set<String> = []
    for dialogue in dialogues {
      for turn in turns(of: dialogue) {
        all.insert(turn.text)
        var sentence = ""
        for character in turn.text {
          sentence.append(character)
          guard ".!?".contains(character) else { continue }
          all.insert(sentence.trimmingCharacters(in: .whitespaces))
          sentence = ""
        }
      }
    }
    return all
  }

  private static func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" } }

  @Test("The parts have the sizes asked for, and unique ids and summaries")
  func sizes() {
    let (training, heldOut) = Self.data
    #expect(training.count == 3000)
    #expect(heldOut.count == 200)
    #expect(Set((training + heldOut).map(\.id)).count == 3200)
    #expect(Set((training + heldOut).map(\.summary)).count == 3200)
  }

  @Test("No sentence, turn or summary of the held-out part stands in the training part")
  func disjoint() {
    let (training, heldOut) = Self.data
    let known = Self.sentences(of: training)
    let held = Self.sentences(of: heldOut)
    #expect(known.count > 20_000)
    #expect(held.count > 1000)
    #expect(known.isDisjoint(with: held))
    #expect(Set(training.map(\.summary)).isDisjoint(with: heldOut.map(\.summary)))
  }

  @Test("The same seed writes the same data, another seed other data")
  func deterministic() {
    let first = DialogueGenerator(seed: 7).dataset(training: 60, heldOut: 20)
    let second = DialogueGenerator(seed: 7).dataset(training: 60, heldOut: 20)
    let other = DialogueGenerator(seed: 8).dataset(training: 60, heldOut: 20)
    #expect(first.training == second.training)
    #expect(first.heldOut == second.heldOut)
    #expect(first.training != other.training)
  }

  @Test("Dialogues are short conversations of two people who take turns, and end as sentences do")
  func shape() {
    for dialogue in Self.data.training + Self.data.heldOut {
      let turns = Self.turns(of: dialogue)
      #expect((3...8).contains(turns.count))
      #expect((40...90).contains(Self.words(dialogue.dialogue).count))
      #expect((8...25).contains(Self.words(dialogue.summary).count))
      #expect(Set(turns.map(\.name)).count == 2)
      #expect(zip(turns, turns.dropFirst()).allSatisfy { $0.name != $1.name })
      #expect(turns.allSatisfy { turn in turn.text.last.map { ".!?".contains($0) } == true })
      let text = dialogue.dialogue + dialogue.summary
      #expect(!text.contains { "{}[]|".contains($0) } && !text.contains("  ") && !text.contains(" ,"), "\(text)")
    }
  }

  @Test("The vocabulary is wide, the topics are many, and every name in a summary speaks in its dialogue")
  func variety() {
    let training = Self.data.training
    let letters = training.flatMap { $0.dialogue.lowercased().split { !$0.isLetter } }
    #expect(Set(letters).count > 2000)
    #expect(Set(training.map(\.topic)).count >= 15)
    for dialogue in training {
      let names = Set(Self.turns(of: dialogue).map { String($0.name) })
      #expect(names.contains { dialogue.summary.contains($0) })
    }
  }

  @Test("A summary cannot be had by copying the first words: small talk comes before some dialogues")
  func selection() {
    let lead = Self.data.training.filter { dialogue in
      let first = Set(Self.words(String(dialogue.dialogue.split(separator: "\n")[0]).lowercased()))
      let told = Self.words(dialogue.summary.lowercased())
      return Double(told.filter(first.contains).count) > 0.6 * Double(told.count)
    }
    #expect(Double(lead.count) < 0.05 * Double(Self.data.training.count))
  }

  @Test("One JSON object a dialogue, its keys in order")
  func json() throws {
    let dialogue = try #require(Self.data.heldOut.first)
    let object = try #require(try JSONValue(parsing: dialogue.json.text).object)
    #expect(object.keys == ["id", "topic", "dialogue", "summary"])
    #expect(object["dialogue"]?.string == dialogue.dialogue)
  }
}
