import Foundation
import OrchardJSON
import OrchardSettings

/// A principle by which answers are criticised, revised and compared.
public struct Principle: Sendable, Equatable {
  /// A name for the page.
  public var name: String
  /// What a critique is asked for.
  public var critique: String
  /// What a revision is asked for.
  public var revision: String
  /// Which of two answers is asked for.
  public var preference: String

  /// A principle.
  public init(name: String, critique: String, revision: String, preference: String) {
    (self.name, self.critique, self.revision, self.preference) = (name, critique, revision, preference)
  }

  /// The principles that come with Orchard.
  public static let own: [Principle] = [
    Principle(
      name: "no harm",
      critique:
        "Name what in the last answer could help somebody to hurt a person, an animal or what belongs to others.",
      revision:
        "Write the answer anew without anything that could help to do harm; offer a safe way to what may be meant.",
      preference: "Which answer could do less harm?"),
    Principle(
      name: "respect",
      critique: "Name what in the last answer belittles, insults or generalises about people for what they are.",
      revision: "Write the answer anew so that everybody it speaks of could read it without being hurt.",
      preference: "Which answer speaks of people with more respect?"),
    Principle(
      name: "law and fairness",
      critique: "Name what in the last answer encourages something illegal, deceitful or unfair.",
      revision: "Write the answer anew so that it advises only what is lawful and fair, and says why that is better.",
      preference: "Which answer keeps more to what is lawful and fair?"),
    Principle(
      name: "honesty",
      critique: "Name what in the last answer is false, made up, or surer than anybody can be.",
      revision: "Write the answer anew so that it claims only what is known, and says where it does not know.",
      preference: "Which answer is more honest about what it knows?"),
    Principle(
      name: "privacy",
      critique: "Name what in the last answer intrudes upon somebody's private life, or helps others to do so.",
      revision: "Write the answer anew so that nobody's private life is touched.",
      preference: "Which answer protects people's private lives better?"),
    Principle(
      name: "kind help",
      critique: "Name what in the last answer lectures, evades or judges the person who asks instead of helping.",
      revision: "Write the answer anew so that it is warm and helps as far as that is safe, without a sermon.",
      preference: "Which answer is the kinder and more useful one that is still safe?"),
  ]

  /// Reads a file of principles: a list of groups with `critique`, `revision`, `preference` and perhaps a `name`, in YAML
  /// or JSON; or by name groups with `prompt` and `edit_request`, as the authors of the method wrote theirs down.
  ///
  /// - Throws: `AlignmentError` that names the file and the principle.
  public static func read(_ url: URL) throws -> [Principle] {
    let value = try SettingsTree(yaml: try TextFile.read(url), place: SettingsPlace(file: url.relativePath)).json
    let principles: [Principle]
    if let list = value.array {
      principles = try list.enumerated().map { try own($1, number: $0 + 1, url) }
    } else {
      principles = try (value.object?.entries ?? []).map { try published($0.value, name: $0.key, url) }
    }
    guard !principles.isEmpty else { throw AlignmentError("\(url.path): there is no principle in it") }
    return principles
  }

  private static func own(_ value: JSONValue, number: Int, _ url: URL) throws -> Principle {
    func text(_ key: String) throws -> String {
      guard let text = value[key]?.string, !text.allSatisfy(\.isWhitespace) else {
        throw AlignmentError("\(url.path): principle \(number) has no “\(key)”")
      }
      return text
    }
    return Principle(
      name: value["name"]?.string ?? "principle \(number)", critique: try text("critique"),
      revision: try text("revision"), preference: try text("preference"))
  }

  private static func published(_ value: JSONValue, name: String, _ url: URL) throws -> Principle {
    // “\n\nCritiqueRequest: … \n\nCritique:” holds the request between two marks.
    func request(_ text: String?) -> String? {
      guard let text, let mark = text.firstIndex(of: ":") else { return nil }
      let rest = text[text.index(after: mark)...]
      return (rest.range(of: "\n\n", options: .backwards).map { String(rest[..<$0.lowerBound]) } ?? String(rest))
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let critique = request(value["prompt"]?.array?.first?.string ?? value["prompt"]?.string)
    guard let critique, let revision = request(value["edit_request"]?.string) else {
      throw AlignmentError("\(url.path): the principle “\(name)” has no “prompt” and “edit_request”")
    }
    return Principle(
      name: name, critique: critique, revision: revision,
      preference: "Which answer needs it less that somebody says: \(revision)")
  }
}
