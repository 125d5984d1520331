/// Several normalizers, one after the other.
struct NormalizerSequence: Normalizer {
  private let stages: [any Normalizer]

  init(_ settings: StageSettings) throws {
    stages = try settings.stages("normalizers").map { try Catalog.normalizer($0) }
  }

  func apply(to text: inout AlignedText) {
    for stage in stages { stage.apply(to: &text) }
  }
}
