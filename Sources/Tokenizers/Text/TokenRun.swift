/// The tokens of pieces in a row, each with the part of its piece that it stands for, in bytes from the piece's start.
package struct TokenRun: Sendable {
  var ids: [Int32] = []
  var starts: [Int32] = []
  var ends: [Int32] = []
  /// The places in the run of added tokens that were found in the text.
  private(set) var added: [Int] = []

  /// Appends an added token, whose text is the text it was found as.
  mutating func append(added id: Int32, _ start: Int, _ end: Int) {
    added.append(ids.count)
    append(id, start, end)
  }

  @inline(__always)
  mutating func append(_ id: Int32, _ start: Int, _ end: Int) {
    ids.append(id)
    starts.append(Int32(truncatingIfNeeded: start))
    ends.append(Int32(truncatingIfNeeded: end))
  }

  mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    added.removeAll(keepingCapacity: true)
  }
}

/// Memory that the models use again from piece to piece.
package struct ModelScratch: Sendable {
  var symbols: [BytePairModel.Symbol] = []
  var heap: [UInt64] = []
  var bytes: [UInt8] = []
  var scores: [Double] = []
  var nodes: [UnigramModel.Node] = []
}
