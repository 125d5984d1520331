/// The tokens of one example, or of one pack of examples.
public struct SequenceLength: Sendable, Equatable {
  /// Tokens that an encoder reads.
  public var source: Int
  /// Tokens that a decoder reads or writes.
  public var target: Int

  /// A length.
  public init(source: Int = 0, target: Int) {
    self.source = source
    self.target = target
  }

  /// Tokens of both sides.
  public var total: Int { source + target }
}
