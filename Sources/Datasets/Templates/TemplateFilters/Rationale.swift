import Foundation
import OrchardJSON

extension TemplateFilter {
  /// Followed: GSM8K (Cobbe and others, 2021), whose calculator marks `<<2+3=5>>` are left out.
  static let rationale = TemplateFilter(
    "rationale", "What stands before “####”, without calculator marks.", takes: "a text"
  ) { value in
    guard let text = value.writtenOut else { return nil }
    let end = text.range(of: "####", options: .backwards)?.lowerBound ?? text.endIndex
    let parts = String(text[..<end]).components(separatedBy: "<<")
    let kept = parts.dropFirst().map { part in part.range(of: ">>").map { String(part[$0.upperBound...]) } ?? part }
    return .string((parts[0] + kept.joined()).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
