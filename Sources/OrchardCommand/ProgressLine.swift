import Foundation

/// How far long work has come: one line that is drawn again on a terminal, now and then a line of its own in a log.
///
/// Each line tells how much is done, what the caller has to say, the rate and the time left.
package final class ProgressLine {
  /// What one step is, in the plural: `steps`, `prompts`.
  private let unit: String
  private let total: Int
  private let first: Int
  private let terminal: Terminal
  private let clock: () -> TimeInterval
  private let write: (String) -> Void
  private let started: TimeInterval
  private var lastShown = -TimeInterval.infinity

  /// Progress over `total` steps.
  ///
  /// - Parameters:
  ///   - total: how many steps there are in all.
  ///   - first: steps done before this run, as after a resume; they count for what is done and not for the rate.
  ///   - unit: what one step is, in the plural.
  ///   - terminal: what the stream can show.
  ///   - clock: seconds that only ever grow.
  ///   - write: takes text as it is, line breaks included.
  package init(
    total: Int, first: Int = 0, unit: String, terminal: Terminal = .standardError,
    clock: @escaping () -> TimeInterval = { ProcessInfo.processInfo.systemUptime },
    write: @escaping (String) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
  ) {
    self.total = total
    self.first = first
    self.unit = unit
    self.terminal = terminal
    self.clock = clock
    self.write = write
    started = clock()
  }

  /// Tells that `done` steps are done in all; shown at most ten times a second, in a log every ten seconds.
  ///
  /// - Parameters:
  ///   - done: steps done in all.
  ///   - note: what else is to be seen, as `loss 2.31 · 3,100 tokens/s`; the steps' own rate where it is empty.
  package func update(_ done: Int, note: @autoclosure () -> String = "") {
    let now = clock()
    guard done >= total || now - lastShown >= (terminal.isInteractive ? 0.1 : 10) else { return }
    lastShown = now
    show(line(done, note: note(), elapsed: now - started))
  }

  /// Ends the line, so that what follows starts on one of its own.
  package func finish() {
    if terminal.isInteractive { write("\r\u{1B}[K") }
  }

  /// Tells something in between without spoiling the line.
  package func interject(_ text: String) {
    write((terminal.isInteractive ? "\r\u{1B}[K" : "") + text + "\n")
  }

  private func show(_ text: String) {
    guard terminal.isInteractive else { return write(text + "\n") }
    write("\r" + String(text.prefix(max(20, terminal.width - 1))) + "\u{1B}[K")
  }

  private func line(_ done: Int, note: String, elapsed: TimeInterval) -> String {
    let rate = elapsed > 0 ? Double(done - first) / elapsed : 0
    var parts = ["\(done)/\(total) \(unit)"]
    if !note.isEmpty { parts.append(note) } else if rate > 0 { parts.append(Self.rate(rate, unit)) }
    if rate > 0 {
      parts.append(done < total ? Self.duration(Double(total - done) / rate) + " left" : "in " + Self.duration(elapsed))
    }
    return bar(done) + parts.joined(separator: " · ")
  }

  /// A bar of twenty cells on a terminal that has room for it, nothing in a log.
  private func bar(_ done: Int) -> String {
    guard terminal.isInteractive, terminal.width >= 60, total > 0 else { return "" }
    let full = min(20, 20 * done / total)
    return String(repeating: "━", count: full) + String(repeating: "─", count: 20 - full) + " "
  }

  /// A rate for people, a step in many seconds included: `12.5 prompts/s`, `4.0 s a step`.
  private static func rate(_ rate: Double, _ unit: String) -> String {
    let format = rate >= 100 ? "%.0f" : rate >= 1 ? "%.1f" : "%.2f"
    return String(format: format, rate) + " \(unit)/s"
  }

  /// A time for people: `42 s`, `3:05`, `1:02:03`.
  package static func duration(_ seconds: TimeInterval) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    let tail = String(format: "%02d", whole % 60)
    return whole < 3600
      ? "\(whole / 60):\(tail)" : "\(whole / 3600):" + String(format: "%02d", whole / 60 % 60) + ":\(tail)"
  }
}
