import Foundation
import OrchardJSON

extension TemplateFilter {
  static let trim = TemplateFilter("trim", "A text without white space at its ends.", takes: "a text") { value in
    value.writtenOut.map { .string($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
