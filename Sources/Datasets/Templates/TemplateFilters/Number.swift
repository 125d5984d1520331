import OrchardJSON

extension TemplateFilter {
  static let number = TemplateFilter("number", "A number without “.0” at its end.", takes: "a number") { value in
    let text: String? = if case .number(let number) = value { "\(number)" } else { value.writtenOut }
    return text.map { .string($0.hasSuffix(".0") ? String($0.dropLast(2)) : $0) }
  }
}
