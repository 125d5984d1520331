import OrchardDatasets
import Testing

@Suite struct PackingTests {
  @Test func everyExampleOnceAndNoPackTooLong() {
    var random = SeededGenerator(seed: 3)
    for count in [0, 1, 2, 7, 500] {
      let lengths = (0..<count).map { _ in random.below(120) + 1 }
      let packs = Packing.packs(lengths, capacity: 100)
      #expect(packs.flatMap(\.self).sorted() == Array(0..<count))
      for pack in packs {
        let sum = pack.reduce(0) { $0 + lengths[$1] }
        #expect(sum <= 100 || pack.count == 1)
      }
      // First fit by decreasing length, told naively.
      var naive: [(room: Int, pack: [Int])] = []
      for index in lengths.indices.sorted(by: { (lengths[$1], $0) < (lengths[$0], $1) }) {
        if let place = naive.firstIndex(where: { $0.room >= lengths[index] }) {
          naive[place].room -= lengths[index]
          naive[place].pack.append(index)
        } else {
          naive.append((max(0, 100 - lengths[index]), [index]))
        }
      }
      #expect(packs == naive.map(\.pack))
    }
  }
}
