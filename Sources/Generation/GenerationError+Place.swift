import OrchardModels

extension GenerationError {
  /// This error with the place where the first number that is none appears, where it tells of such numbers.
  ///
  /// The prompt is read once more, alone, with a look at what every layer gives.
  func located(in model: any LanguageModel, _ prompts: [TokenPrompt]) -> GenerationError {
    guard let prompt = promptWithoutNumbers, prompts.indices.contains(prompt) else { return self }
    let rows = TokenRows([prompts[prompt].tokens], on: model.device)
    let start = TokenRows([[model.properties.startToken ?? 0]], on: model.device)
    let batch =
      model.properties.kind == .decoderOnly ? TokenBatch(target: rows) : TokenBatch(source: rows, target: start)
    guard let place = model.firstNonFinite(batch) else {
      return GenerationError("\(description); while reading the prompt itself all numbers are finite")
    }
    let weight = model.firstDamagedWeight.map { "; the weight “\($0)” holds numbers that are none" } ?? ""
    return GenerationError("\(description); the first such numbers come from \(place)\(weight)")
  }
}
