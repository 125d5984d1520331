import Foundation

extension AnswerRules {
  static let text = Kind(
    "text", "A line as it stands, without white space and a full stop at its end.",
    AnswerRule(comparable: comparableText) { text in
      text.components(separatedBy: .newlines).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    })

  @Sendable private static func comparableText(_ text: String) -> String {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
  }
}
