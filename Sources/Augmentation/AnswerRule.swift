import Foundation
import OrchardSettings

/// How an answer is found in what a model writes, and when two answers are the same.
public struct AnswerRule: Sendable {
  /// Which of several candidates is the answer.
  public enum Choice: Sendable {
    /// The first behind the words that announce it; the last where nothing announces it.
    case announced
    /// Always the first.
    case first
    /// Always the last.
    case last
  }

  /// Everything in a text that could be the answer, in order.
  public let candidates: @Sendable (String) -> [String]
  /// An answer in the form in which answers are compared.
  public let comparable: @Sendable (String) -> String
  /// Which candidate is taken.
  public let choice: Choice
  /// What asks for the bare answer behind a chain of thought, without “Therefore,”: “the answer (arabic numerals) is”.
  public let request: String

  /// A rule.
  public init(
    choice: Choice = .announced, request: String = "the answer is",
    comparable: (@Sendable (String) -> String)? = nil, candidates: @escaping @Sendable (String) -> [String]
  ) {
    self.choice = choice
    self.request = request
    self.comparable = comparable ?? { $0 }
    self.candidates = candidates
  }

  /// The answer that a text gives, or nil where it gives none.
  ///
  /// Behind the last `marker` ("The answer is") counts the first candidate; where the text holds no marker, the last of
  /// all. Without a marker to look for, the text is the answer to a request for it, and the first candidate counts. A
  /// full stop at the answer's end is left out.
  ///
  /// Followed: the answer cleansing of Kojima and others, 2022; a marker is found here whatever its capitals.
  public func read(_ text: String, marker: String?) -> String? {
    var part = text
    var isAnnounced = marker == nil
    if let marker, let range = text.range(of: marker, options: [.backwards, .caseInsensitive]) {
      part = String(text[range.upperBound...])
      isAnnounced = true
    }
    let found = candidates(part)
    let taken: String? =
      switch choice {
      case .first: found.first
      case .last: found.last
      case .announced: isAnnounced ? found.first : found.last
      }
    guard let taken else { return nil }
    let answer = taken.hasSuffix(".") ? String(taken.dropLast()) : taken
    return answer.isEmpty ? nil : answer
  }

  /// Whether two answers are the same.
  public func isSame(_ a: String, _ b: String) -> Bool { comparable(a).utf8.elementsEqual(comparable(b).utf8) }
}

/// The kinds of answer rules: each a file in `AnswerRules` and a line here.
public enum AnswerRules {
  /// A kind of rule: how it is made of what stands behind its name, as `A-D` in `choice:A-D`.
  public struct Kind: Sendable {
    /// The name.
    public let name: String
    /// What it finds, in one line.
    public let help: String
    /// Makes the rule; the text behind the colon is nil where there is none.
    public let make: @Sendable (String?) throws(SettingsError) -> AnswerRule

    /// A kind.
    public init(
      _ name: String, _ help: String, make: @escaping @Sendable (String?) throws(SettingsError) -> AnswerRule
    ) {
      self.name = name
      self.help = help
      self.make = make
    }

    /// A kind without an argument.
    init(_ name: String, _ help: String, _ rule: AnswerRule) {
      self.init(name, help) { argument throws(SettingsError) in
        guard let argument else { return rule }
        throw SettingsError(
          problem: "the answer rule “\(name)” takes nothing behind a colon, but “\(argument)” stands there")
      }
    }
  }

  /// All kinds, by name.
  public static let catalog = Catalog<Kind>(
    of: "answer rule",
    [number, firstNumber, lastNumber, choice, choiceAnywhere, yesNo, letters, text, pattern].map {
      .init($0.name, $0.help, $0)
    })

  /// The rule of that name; what it takes stands behind a colon: `choice:A-D`, `regex:= (\d+)`.
  ///
  /// - Throws: `SettingsError` with the nearest name, or with what is wrong behind the colon.
  public static func find(_ text: String) throws(SettingsError) -> AnswerRule {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return try catalog.find(parts[0]).make(parts.count > 1 ? parts[1] : nil)
  }
}
