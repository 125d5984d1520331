import OrchardDatasets
import Testing

@Suite struct SequenceBatchTests {
  func example(_ row: Int, source: [Int32] = [], target: [Int32], supervised: Range<Int>) -> RenderedExample {
    RenderedExample(row: row, source: source, target: target, supervised: supervised, endIsSupervised: true)
  }

  @Test func padsAtTheRight() {
    let examples = [
      example(0, source: [5, 6, 7], target: [8, 2], supervised: 0..<2),
      example(1, source: [9], target: [3, 4, 2], supervised: 0..<3),
    ]
    let batch = SequenceBatch([1, 0], of: examples, paddingID: 0)
    #expect(batch.count == 2 && batch.sourceWidth == 3 && batch.targetWidth == 3)
    #expect(batch.sourceIDs == [9, 0, 0, 5, 6, 7])
    #expect(batch.sourceMask == [true, false, false, true, true, true])
    #expect(batch.targetIDs == [3, 4, 2, 8, 2, 0])
    #expect(batch.labels() == [3, 4, 2, 8, 2, -100])
    #expect(batch.targetMask == [true, true, true, true, true, false])
    #expect(batch.sourceLengths == [1, 3] && batch.targetLengths == [3, 2])
    #expect(batch.positions == [0, 1, 2, 0, 1, 0])
    #expect(batch.segments == [0, 0, 0, 0, 0, -1])
    #expect(batch.supervisedCount == 5 && batch.tokenCount == 9 && !batch.isPacked)
    #expect(batch.rows == [[1], [0]])
    let rounded = SequenceBatch([1, 0], of: examples, paddingID: 0, multiple: 8)
    #expect(rounded.sourceWidth == 8 && rounded.targetWidth == 8)
  }

  @Test func packsKeepTheirSegments() {
    let examples = [
      example(0, target: [1, 2, 3], supervised: 1..<3), example(1, target: [4, 5], supervised: 1..<2),
      example(2, target: [6, 7, 8, 9], supervised: 2..<4),
    ]
    let batch = SequenceBatch(packs: [[0, 1], [2]], of: examples, paddingID: 0)
    #expect(batch.isPacked && batch.targetWidth == 5)
    #expect(batch.targetIDs == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
    #expect(batch.positions == [0, 1, 2, 0, 1, 0, 1, 2, 3, 0])
    #expect(batch.segments == [0, 0, 0, 1, 1, 0, 0, 0, 0, -1])
    #expect(batch.supervised == [false, true, true, false, true, false, false, true, true, false])
    #expect(batch.supervisedCount == 5)
  }
}
