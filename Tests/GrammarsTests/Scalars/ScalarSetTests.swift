import OrchardGrammars
import Testing

@Suite struct ScalarSetTests {
  @Test func runsAreJoinedAndSurrogatesLeftOut() {
    let set = ScalarSet([
      .init(low: 5, high: 9), .init(low: 1, high: 4), .init(low: 20, high: 30), .init(low: 25, high: 26),
    ])
    #expect(set.runs.map(\.low) == [1, 20])
    #expect(set.runs.map(\.high) == [9, 30])
    #expect(ScalarSet.all.runs.map(\.high) == [0xD7FF, 0x10FFFF])
    #expect(!ScalarSet.all.contains(0xD800))
  }

  @Test func setOperationsHoldMemberByMember() {
    let a = ScalarSet([.init(low: 3, high: 7), .init(low: 12, high: 12), .init(low: 0xD000, high: 0xE010)])
    let b = ScalarSet([.init(low: 0, high: 4), .init(low: 7, high: 12), .init(low: 0xE00F, high: 0xFFFF)])
    for scalar in [UInt32](0...20) + [0xD000, 0xD7FF, 0xE000, 0xE00F, 0xE010, 0xE011, 0x10FFFF] {
      let (inA, inB) = (a.contains(scalar), b.contains(scalar))
      #expect(a.union(b).contains(scalar) == (inA || inB))
      #expect(a.intersection(b).contains(scalar) == (inA && inB))
      #expect(a.subtracting(b).contains(scalar) == (inA && !inB))
      #expect(a.complement.contains(scalar) == !inA)
    }
    #expect(a.complement.complement == a)
  }

  @Test func aPartitionIsWholeAndTellsEachSetApart() {
    let sets = [ScalarSet(0x30, 0x39), ScalarSet(0x35, 0x60), ScalarSet(0, 0x10FFFF), ScalarSet(0xE000, 0xE000)]
    let parts = ScalarSet.partition(sets)
    #expect(parts.reduce(ScalarSet()) { $0.union($1) } == .all)
    for (index, part) in parts.enumerated() {
      for other in parts[(index + 1)...] { #expect(part.intersection(other).isEmpty) }
      for set in sets { #expect(part.intersection(set).isEmpty || part.subtracting(set).isEmpty) }
    }
  }
}
