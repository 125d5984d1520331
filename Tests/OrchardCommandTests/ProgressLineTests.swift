import Foundation
import OrchardCommand
import Testing

@Suite struct ProgressLineTests {
  /// What a progress line writes while its clock is turned by hand.
  private final class Screen {
    var now: TimeInterval = 100
    var written: [String] = []

    func line(total: Int, first: Int = 0, terminal: Terminal) -> ProgressLine {
      ProgressLine(
        total: total, first: first, unit: "steps", terminal: terminal, clock: { self.now },
        write: { self.written.append($0) })
    }
  }

  @Test func aLogGetsALineEveryTenSecondsAndTheLast() {
    let screen = Screen()
    let progress = screen.line(total: 40, terminal: Terminal(isInteractive: false))
    for step in 1...40 {
      screen.now += 1
      progress.update(step, note: "loss 2.5")
    }
    progress.finish()
    #expect(
      screen.written == [
        "1/40 steps · loss 2.5 · 39 s left\n", "11/40 steps · loss 2.5 · 29 s left\n",
        "21/40 steps · loss 2.5 · 19 s left\n", "31/40 steps · loss 2.5 · 9 s left\n",
        "40/40 steps · loss 2.5 · in 40 s\n",
      ])
  }

  @Test func aTerminalGetsOneLineDrawnAgain() {
    let screen = Screen()
    let progress = screen.line(total: 100, terminal: Terminal(isInteractive: true, width: 80))
    screen.now += 2
    progress.update(50)
    progress.update(51)
    progress.finish()
    #expect(screen.written == ["\r━━━━━━━━━━────────── 50/100 steps · 25.0 steps/s · 2 s left\u{1B}[K", "\r\u{1B}[K"])
  }

  @Test func aLineNeverPassesTheWidth() {
    let screen = Screen()
    let progress = screen.line(total: 100, terminal: Terminal(isInteractive: true, width: 40))
    screen.now += 1
    progress.update(50, note: String(repeating: "long ", count: 30))
    let text = screen.written.first.map { $0.dropFirst().dropLast(3) } ?? ""
    #expect(text.count == 39)
  }

  @Test func stepsBeforeAResumeDoNotCountForTheRate() {
    let screen = Screen()
    let progress = screen.line(total: 100, first: 90, terminal: Terminal(isInteractive: false))
    screen.now += 5
    progress.update(95)
    #expect(screen.written == ["95/100 steps · 1.0 steps/s · 5 s left\n"])
  }

  @Test(arguments: [(0.4, "0 s"), (59.4, "59 s"), (60, "1:00"), (185, "3:05"), (3723, "1:02:03")])
  func times(seconds: TimeInterval, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
