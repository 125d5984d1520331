/// What makes examples of plain texts by hiding some of their tokens, other ones in each epoch.
public protocol TextCorruption: Sendable {
  /// The tokens of source and target that a text of `count` tokens gives.
  func lengths(of count: Int) -> SequenceLength

  /// The same with another draw.
  func seeded(_ seed: Int) -> Self

  /// The example of a text, whose tokens stand in its `source`; the same for the same number and epoch.
  func example(_ text: RenderedExample, number: Int, epoch: Int) -> RenderedExample
}
