import ArgumentParser
import Foundation
import OrchardCommand
import OrchardTensors
import Testing

@Suite struct EndingTests {
  @Test func anErrorOfOursTellsItsSentence() {
    let ending = Ending(of: EngineError("device cuda:3 is not available"))
    #expect(ending.code == 1)
    #expect(ending.text == "orchard: error: device cuda:3 is not available")
  }

  @Test func anErrorOfFoundationIsToldInItsOwnWords() {
    let path = "/nowhere/at/all"
    let error = #expect(throws: (any Error).self) { try String(contentsOfFile: path, encoding: .utf8) }
    let text = error.map { Ending(of: $0).text } ?? ""
    #expect(text.hasPrefix("orchard: error: "))
    #expect(!text.contains("Error Domain"))
  }

  @Test func wrongUsageIsSixtyFour() {
    let ending = Ending(of: ValidationError("--top-p is 2; it takes a number from 0 to 1."))
    #expect(ending.code == 64)
    #expect(ending.text.hasPrefix("orchard: error: --top-p is 2; it takes a number from 0 to 1."))
  }

  @Test func aCodeAloneSaysNothing() {
    let ending = Ending(of: ExitCode(1))
    #expect(ending.code == 1)
    #expect(ending.text.isEmpty)
  }

  @Test func interruptedIsOneHundredAndThirty() {
    let ending = Ending(of: Interrupted("the run is kept in runs/a; go on with --resume."))
    #expect(ending.code == 130)
    #expect(ending.text == "orchard: interrupted: the run is kept in runs/a; go on with --resume.")
  }
}
