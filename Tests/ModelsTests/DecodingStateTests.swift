import OrchardLayers
import OrchardModels
import OrchardTensors
import Testing

@Suite("The state of a conversation") struct DecodingStateTests {
  @Test("Sources are encoded with others of about their length, and stand in their own rows")
  func sources() throws {
    let lengths = [3, 10, 9, 4, 10, 1]
    let sources = lengths.enumerated().map { row, length in (0..<length).map { 10 * row + $0 } }
    var batches: [[Int]] = []
    let state = DecodingState(encoding: sources, layers: 2, keeping: nil, on: .cpu) { rows in
      batches.append(rows.lengths)
      // One head of one number: the token itself, and for the values its negative.
      let ids = rows.ids.to(.float32).reshaped([rows.lengths.count, 1, rows.length, 1])
      return [(ids, ids * -1), (ids + 0.5, ids)]
    }
    #expect(batches == [[10, 10, 9], [4], [3], [1]])
    #expect(state.sourceLengths == lengths)
    for (row, source) in sources.enumerated() {
      func own(_ tensor: Tensor?) throws -> [Float] {
        try #require(tensor).selected(0, row).selected(0, 0).sliced(0, 0..<source.count).floats
      }
      #expect(try own(state.sourceCaches[0].keys) == source.map(Float.init))
      #expect(try own(state.sourceCaches[0].values) == source.map { -Float($0) })
      #expect(try own(state.sourceCaches[1].keys) == source.map { Float($0) + 0.5 })
    }
  }
}
