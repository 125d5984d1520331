/// How large a batch is: rows `B`, the longest source `S` and the longest target `T`.
public struct BatchShape: Sendable, Equatable {
  /// Rows.
  public var rows: Int
  /// Tokens of the longest source; 0 for a decoder-only model.
  public var source: Int
  /// Tokens of the longest target.
  public var target: Int

  /// A shape.
  public init(rows: Int, source: Int, target: Int) {
    self.rows = rows
    self.source = source
    self.target = target
  }

  /// Tokens with the padding: what is computed.
  public var tokens: Int { rows * (source + target) }
}

extension BatchStream {
  /// The shapes of the next batches; the stream stays where it is.
  public func shapes(of count: Int) -> [BatchShape] {
    var sampler = sampler
    let lengths = dataset.lengths
    return (0..<count).map { _ in
      let rows = rows(sampler.next())
      return BatchShape(
        rows: rows.count, source: rows.map { row in row.reduce(0) { $0 + lengths[$1].source } }.max() ?? 0,
        target: rows.map { row in row.reduce(0) { $0 + lengths[$1].target } }.max() ?? 0)
    }
  }
}

extension SequenceBatch {
  /// The batch's shape.
  public var shape: BatchShape { BatchShape(rows: count, source: sourceWidth, target: targetWidth) }
}
