import OrchardTensors

/// Rows of token ids of different lengths, padded on the right to one length.
public struct TokenRows {
  /// The ids `[B, T]`; what stands behind a row's length counts nothing.
  public let ids: Tensor
  /// Tokens in each row.
  public let lengths: [Int]

  /// The length that all rows were padded to.
  public var length: Int { ids.size(1) }

  /// Rows of ids, padded with `filler`, which may be any id: masks go by position.
  public init(_ rows: [[Int]], filler: Int = 0, on device: Device = .cpu) {
    let length = max(1, rows.map(\.count).max() ?? 0)
    let flat = rows.flatMap { $0 + Array(repeating: filler, count: length - $0.count) }
    ids = Tensor(flat, shape: [rows.count, length], on: device)
    lengths = rows.map(\.count)
  }

  /// Ids that are already padded on the right.
  public init(ids: Tensor, lengths: [Int]) {
    precondition(ids.rank == 2 && ids.size(0) == lengths.count, "rows \(ids) with \(lengths.count) lengths")
    self.ids = ids
    self.lengths = lengths
  }

  /// True where a key may be seen, `[B, 1, 1, T]`; nil where no row is padded.
  package func visible(on device: Device) -> Tensor? {
    guard lengths.contains(where: { $0 != length }) else { return nil }
    let rows = Tensor(lengths, shape: [lengths.count, 1, 1, 1], on: device)
    return Tensor.range(0..<length, on: device) .< rows
  }
}

/// What a language model reads in one training or scoring pass.
public struct TokenBatch {
  /// What the encoder reads; nil for a decoder-only model.
  public var source: TokenRows?
  /// What the decoder reads: for an encoder-decoder the answer shifted one place to the right.
  public var target: TokenRows
  /// For several examples packed into one row: the number of the example that each place `[B, T]` belongs to.
  ///
  /// A place sees only places of its own example, and positions begin anew in each.
  public var segments: [[Int]]?

  /// A batch of these parts.
  public init(source: TokenRows? = nil, target: TokenRows, segments: [[Int]]? = nil) {
    self.source = source
    self.target = target
    self.segments = segments
  }
}
