import OrchardGeneration
import Testing

@Suite struct StopTextTests {
  /// Feeds pieces until a stop string comes; returns what was given out after each, and whether one came.
  private func run(_ stops: [String], _ pieces: [String]) -> (given: [String], stopped: Bool) {
    var search = StopText(stops)
    var given: [String] = []
    for piece in pieces {
      var text = ""
      let stopped = search.append(piece, to: &text)
      given.append(text)
      if stopped { return (given, true) }
    }
    var text = ""
    search.finish(to: &text)
    given.append(text)
    return (given, false)
  }

  @Test func acrossPieces() {
    let (given, stopped) = run(["END"], ["one E", "N", "D two"])
    #expect(stopped)
    #expect(given == ["one ", "", ""])
  }

  @Test func whatTurnsOutToBeNoStopStringIsGiven() {
    let (given, stopped) = run(["END"], ["one E", "N", "ergy", " E"])
    #expect(!stopped)
    #expect(given == ["one ", "", "ENergy", " ", "E"])
  }

  @Test func theEarliestOfSeveral() {
    #expect(run(["b", "\n\n"], ["a\n", "\nb"]) == (["a", ""], true))
    // “bc” is whole before “abcd” can be.
    #expect(run(["abcd", "bc"], ["xab", "c", "d"]) == (["x", "a"], true))
  }

  @Test func repeatedBeginnings() {
    #expect(run(["aab"], ["a", "a", "a", "b"]) == (["", "", "a", ""], true))
  }

  @Test func wholeCharactersOnly() {
    let (given, stopped) = run(["é!"], ["caf", "é", "?"])
    #expect(!stopped)
    #expect(given == ["caf", "", "é?", ""])
  }

  @Test func withoutStopStringsNothingIsHeldBack() {
    #expect(run([], ["a", "b"]) == (["a", "b", ""], false))
  }
}
