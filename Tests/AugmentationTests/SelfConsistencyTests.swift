import OrchardAugmentation
import Testing

@Suite struct SelfConsistencyTests {
  @Test func mostVotesWin() throws {
    let rule = try AnswerRules.find("number")
    let found = SelfConsistency(
      [("18", -5), ("20", -1), ("18.0", -6), (nil, -0.5), ("20", -9), ("18", -4)], rule: rule)
    #expect(found.winner == "18")
    #expect(found.votes.map(\.count) == [3, 2])
    #expect(found.votes.map(\.answer) == ["18", "20"])
    #expect(found.votes.map(\.logProbability) == [-15, -10])
    #expect(found.unread == 1)
  }

  @Test func equallyManyGoByTheirLogProbabilities() throws {
    let rule = try AnswerRules.find("text")
    #expect(SelfConsistency([("a", -5), ("b", -3), ("a", -2), ("b", -3)], rule: rule).winner == "b")
    #expect(SelfConsistency([("a", -5), ("b", -3), ("a", -2), ("b", -4.5)], rule: rule).winner == "a")
    #expect(SelfConsistency([("b", -1), ("a", -1)], rule: rule).winner == "b")
    #expect(SelfConsistency([(nil, -1)], rule: rule).winner == nil)
    #expect(SelfConsistency([], rule: rule).winner == nil)
  }
}
