import OrchardModels
import OrchardSettings

/// The adapter that a prompt's text is made with, among those that a model's rows choose from.
enum AdapterChoice {
  /// Its place among them, or nil where the prompt names none.
  ///
  /// - Throws: `GenerationError` for a name that is not there.
  static func place(of prompt: TokenPrompt, number: Int, on model: any LanguageModel) throws -> Int? {
    guard let name = prompt.adapter else { return nil }
    let names = model.rowAdapters?.names ?? []
    if let place = names.firstIndex(of: name) { return place }
    let hint = NearestName.suggestion(for: name, in: names)
    throw GenerationError(
      "prompt \(number) asks for the adapter “\(name)”, which the model has not\(hint.isEmpty ? ";" : hint) "
        + (names.isEmpty ? "it was given none by name" : "there are \(names.joined(separator: ", "))"))
  }

  /// What is known of the model for a text that is made with an adapter: a soft prompt takes places of the context.
  static func properties(
    _ properties: ModelProperties, with adapter: Int?, on model: any LanguageModel
  ) -> ModelProperties {
    var made = properties
    made.contextLength = properties.contextLength.map { $0 - (model.rowAdapters?.promptCount(of: adapter) ?? 0) }
    return made
  }
}
