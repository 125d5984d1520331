import Foundation
import OrchardJSON

extension TemplateFilter {
  static let paragraph = TemplateFilter(
    "paragraph", "A text as a paragraph of its own, behind an empty line; nothing where it is empty.", takes: "a text"
  ) { value in
    value.writtenOut.map { text in
      let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
      return .string(text.isEmpty ? "" : "\n\n\(text)")
    }
  }
}
