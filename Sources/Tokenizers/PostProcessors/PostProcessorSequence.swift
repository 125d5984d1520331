/// Several post-processors, one after the other.
struct PostProcessorSequence: PostProcessor {
  private let stages: [any PostProcessor]

  init(_ settings: StageSettings) throws {
    stages = try settings.stages("processors").map { try Catalog.postProcessor($0) }
  }

  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart] {
    stages.reduce(parts) { $1.apply(to: $0, addSpecialTokens: addSpecialTokens) }
  }
}
