import OrchardLayers
import OrchardModels
import OrchardTensors
import TestSupport
import Testing

@Suite("The state of a conversation") struct DecodingStateTests {
  @Test("Sources are encoded with others of about their length, and stand in their own rows")
  func sources() throws {
    let lengths = [3, 10, 9, 4, 10, 1]
    let sources = lengths.enumerated().map { row, length in (0..<length).map { 10 * row + $0 } }
    var batches: [[Int]] = []
    let none = sources.map { _ -> SoftPrompt? in nil }
    let state = DecodingState(encoding: sources, behind: none, layers: 2, keeping: nil, on: .cpu) { rows, _ in
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

  @Test(
    "Prompts of several lengths are read in groups and go on as each does alone",
    arguments: ["llama-grouped", "gpt2", "gemma2"])
  func prompts(name: String) throws {
    let model = try ModelFolder.load(Goldens.url("models/\(name)"))
    let lengths = [2, 30, 10, 28, 2, 9, 1, 27, 10, 2, 2]
    let prompts = lengths.enumerated().map { row, length in (0..<length).map { 3 + (7 * row + 5 * $0) % 50 } }
    withoutGradients {
      let (together, _) = model.begin(prompts)
      var batches = 0
      let counted = together.firstReading(TokenRows(prompts)) { rows, state in
        batches += 1
        return model.read(rows, into: state)
      }
      #expect(batches == 3 && counted?.shape[..<2] == [11, 30])
      #expect(together.lengths == lengths)
      let next = model.next(after: prompts.map { _ in [9] }, in: together)
      for (row, prompt) in prompts.enumerated() {
        let (alone, _) = model.begin([prompt])
        let first = model.next(after: [prompt], in: alone)
        let last = model.head.logits(counted?.selected(0, row).sliced(0, lengths[row] - 1..<lengths[row]) ?? first)
        #expect((last - first).absolute.reshaped([-1]).maximum(along: 0).scalar < 1e-4)
        let second = model.next(after: [[9]], in: alone)
        #expect((next.selected(0, row) - second.selected(0, 0)).absolute.maximum(along: 0).scalar < 1e-4)
      }
    }
  }
}
