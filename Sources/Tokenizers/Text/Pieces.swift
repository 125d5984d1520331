/// One piece of a text: a stretch of bytes that the model will see alone, or an added token that was found whole.
struct Piece {
  var start: Int
  var end: Int
  /// The added token found here, or -1 for a piece of text.
  var token: Int32
  /// Whether the piece starts where the whole text starts.
  var opensText: Bool
}

/// A text cut into pieces.
package struct Pieces {
  /// The bytes that the pieces point into.
  var bytes: [UInt8]
  /// One for each byte where offsets are wanted, else empty.
  var alignments: [Alignment]
  let tracked: Bool
  var list: [Piece]

  init(tracked: Bool) {
    self.tracked = tracked
    bytes = []
    alignments = []
    list = []
  }

  /// Puts a part of a text at the end, as one piece.
  mutating func append(_ range: Range<Int>, of text: AlignedText, token: Int32) {
    guard !range.isEmpty else { return }
    let start = bytes.count
    let opens = tracked ? text.alignments[range.lowerBound].start == 0 : text.origin == 0 && range.lowerBound == 0
    if start == 0, range == 0..<text.bytes.count {
      bytes = text.bytes
      alignments = text.alignments
    } else {
      bytes.append(contentsOf: text.bytes[range])
      if tracked { alignments.append(contentsOf: text.alignments[range]) }
    }
    list.append(Piece(start: start, end: bytes.count, token: token, opensText: opens))
  }

  /// Cuts every piece of text in smaller ones; added tokens stay whole.
  ///
  /// - Parameters:
  ///   - behavior: What becomes of the delimiters.
  ///   - find: Reports the spans of one piece, in order and without gaps, and which of them are delimiters.
  @inline(__always)
  mutating func split(
    _ behavior: DelimiterBehavior, _ find: (UnsafeBufferPointer<UInt8>, Range<Int>, inout Cutter) -> Void
  ) {
    var cutter = Cutter(behavior: behavior, capacity: list.count + bytes.count / 4)
    bytes.withUnsafeBufferPointer { source in
      for piece in list {
        guard piece.token < 0 else {
          cutter.out.append(piece)
          continue
        }
        let first = cutter.out.count
        find(source, piece.start..<piece.end, &cutter)
        cutter.finish()
        if tracked {
          for index in first..<cutter.out.count {
            cutter.out[index].opensText = alignments[cutter.out[index].start].start == 0
          }
        } else if piece.opensText, first < cutter.out.count, cutter.out[first].start == piece.start {
          cutter.out[first].opensText = true
        }
      }
    }
    list = cutter.out
  }

  /// Writes every piece of text anew; added tokens keep their bytes.
  ///
  /// - Parameter body: Writes one piece into the output; what it has written becomes the piece.
  @inline(__always)
  mutating func rewrite(_ body: (UnsafeBufferPointer<UInt8>, Piece, inout AlignedText.Output) -> Void) {
    var output = AlignedText.Output(capacity: bytes.count + bytes.count / 4, tracked: tracked)
    bytes.withUnsafeBufferPointer { source in
      for index in list.indices {
        let piece = list[index]
        let start = output.bytes.count
        if piece.token < 0 {
          body(source, piece, &output)
        } else {
          output.copy(piece.start..<piece.end, of: source, alignments)
        }
        list[index].start = start
        list[index].end = output.bytes.count
      }
    }
    bytes = output.bytes
    alignments = output.alignments
  }
}

/// What becomes of the delimiters that a text is split at.
enum DelimiterBehavior: String, Sendable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// Turns spans of text and delimiters into pieces.
struct Cutter {
  var out: [Piece] = []
  private let behavior: DelimiterBehavior
  private var previousIsDelimiter = false
  /// A piece that the next span may still lengthen.
  private var open: (start: Int, end: Int)?

  init(behavior: DelimiterBehavior, capacity: Int) {
    self.behavior = behavior
    out.reserveCapacity(capacity)
  }

  @inline(__always)
  private mutating func put(_ start: Int, _ end: Int) {
    if start < end { out.append(Piece(start: start, end: end, token: -1, opensText: false)) }
  }

  private mutating func close() {
    if let open { put(open.start, open.end) }
    open = nil
  }

  /// Takes the next span of a piece.
  @inline(__always)
  mutating func span(_ start: Int, _ end: Int, isDelimiter: Bool) {
    switch behavior {
    case .isolated: put(start, end)
    case .removed: if !isDelimiter { put(start, end) }
    case .contiguous, .mergedWithPrevious, .mergedWithNext: join(start, end, isDelimiter: isDelimiter)
    }
  }

  private mutating func join(_ start: Int, _ end: Int, isDelimiter: Bool) {
    let joins: Bool
    switch behavior {
    case .contiguous: joins = isDelimiter == previousIsDelimiter
    case .mergedWithPrevious: joins = isDelimiter && !previousIsDelimiter
    default: joins = previousIsDelimiter && !isDelimiter
    }
    previousIsDelimiter = isDelimiter
    if joins, let before = open {
      open = (before.start, end)
    } else {
      close()
      open = (start, end)
    }
  }

  /// Ends the spans of one piece.
  @inline(__always)
  mutating func finish() {
    guard open != nil else { return }
    close()
    previousIsDelimiter = false
  }
}
