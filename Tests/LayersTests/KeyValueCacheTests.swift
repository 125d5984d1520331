import OrchardLayers
import OrchardTensors
import Testing

@Suite struct KeyValueCacheTests {
  /// Rows that stay, move, branch, change places in circles, and leave.
  @Test(arguments: [
    [0, 1, 2, 3, 4], [0, 0, 1, 3, 4], [1, 0, 2, 3, 4], [1, 2, 3, 4, 0], [4, 3, 2, 1, 0], [1, 0, 3, 4, 2],
    [2, 2, 2, 2, 2], [1, 2, 0, 0, 4], [4, 4, 3], [1, 0], [3], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4], [1, 2, 0, 3, 3],
  ])
  func selectingRowsEqualsIndexing(rows: [Int]) {
    let lengths = [3, 7, 5, 2, 6]
    let cache = KeyValueCache()
    let keys = Tensor((0..<280).map { Float($0) }, shape: [5, 2, 7, 4])
    let values = Tensor((0..<280).map { -Float($0) }, shape: [5, 2, 7, 4])
    cache.append(keys: keys, values: values, lengths: [0, 0, 0, 0, 0])
    cache.selectRows(rows, lengths: lengths)
    for (place, row) in rows.enumerated() {
      for (cached, whole) in [(cache.keys, keys), (cache.values, values)] {
        let found = cached?.selected(0, place).sliced(1, 0..<lengths[row]).floats
        #expect(found == whole.selected(0, row).sliced(1, 0..<lengths[row]).floats)
      }
    }
    #expect(cache.keys?.size(0) == rows.count)
  }

  @Test func rowsThatStayAreNotTouched() {
    #expect(RowMoves([0, 1, 2]).moves.isEmpty)
    #expect(RowMoves([0, 0, 2]).moves == [RowMoves.Move(from: 0, to: 1, isExchange: false)])
    #expect(RowMoves([1, 0, 2]).moves == [RowMoves.Move(from: 1, to: 0, isExchange: true)])
  }
}
