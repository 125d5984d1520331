/// Several pre-tokenizers, one after the other.
struct PreTokenizerSequence: PreTokenizer {
  let stages: [any PreTokenizer]

  init(_ settings: StageSettings) throws {
    stages = try settings.stages("pretokenizers").map { try Catalog.preTokenizer($0) }
  }

  /// The given stages.
  init(_ stages: [any PreTokenizer]) { self.stages = stages }

  func apply(to pieces: inout Pieces) {
    for stage in stages { stage.apply(to: &pieces) }
  }
}
