import OrchardJSON

extension TemplateFilter {
  /// Takes a list of texts, a list of objects with `label` and `text`, or an object whose keys are the choices.
  static let choices = TemplateFilter(
    "choices", "Choices behind letters: (A) first (B) second.", takes: "a list of choices"
  ) { value in
    guard let choices = labelled(value) else { return nil }
    return .string(choices.map { "(\($0.label)) \($0.text)" }.joined(separator: " "))
  }

  private static func labelled(_ value: JSONValue) -> [(label: String, text: String)]? {
    let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
    if let scores = value.object { return Array(zip(letters, scores.keys)).map { (label: $0, text: $1) } }
    guard let list = value.array, list.count <= letters.count else { return nil }
    var choices: [(label: String, text: String)] = []
    for (letter, choice) in zip(letters, list) {
      guard let text = choice.writtenOut ?? choice["text"]?.writtenOut else { return nil }
      choices.append((choice["label"]?.string ?? letter, text))
    }
    return choices
  }
}
