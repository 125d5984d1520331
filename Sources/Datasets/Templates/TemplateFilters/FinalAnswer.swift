import Foundation
import OrchardJSON

extension TemplateFilter {
  /// Followed: GSM8K (Cobbe and others, 2021).
  static let finalAnswer = TemplateFilter(
    "final-answer", "What stands behind the last “####”, or the whole text.", takes: "a text"
  ) { value in
    guard let text = value.writtenOut else { return nil }
    let start = text.range(of: "####", options: .backwards)?.upperBound ?? text.startIndex
    return .string(text[start...].trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
