import Foundation
import OrchardSettings

extension AnswerRules {
  static let pattern = Kind(
    "regex", "What a regular expression finds, or its first group: regex:result = (\\d+)."
  ) { argument throws(SettingsError) in
    guard let argument, !argument.isEmpty else {
      throw SettingsError(problem: "the answer rule “regex” needs a regular expression behind a colon: regex:= (\\d+)")
    }
    let expression: NSRegularExpression
    do {
      expression = try NSRegularExpression(pattern: argument, options: .anchorsMatchLines)
    } catch {
      throw SettingsError(problem: "the answer rule “regex:\(argument)” is no regular expression")
    }
    return AnswerRule(candidates: { text in
      let whole = NSRange(text.startIndex..., in: text)
      return expression.matches(in: text, range: whole).compactMap { match in
        Range(match.range(at: match.numberOfRanges > 1 ? 1 : 0), in: text).map { String(text[$0]) }
      }
    })
  }
}
