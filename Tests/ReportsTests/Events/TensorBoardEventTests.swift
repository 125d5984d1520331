import Foundation
import OrchardJSON
import OrchardReports
import TestSupport
import Testing

@Suite("TensorBoard's event records")
struct TensorBoardEventTests {
  /// The events of `events_goldens.py`.
  static let events: [(name: String, event: TensorBoardEvent)] = [
    ("version", .init(time: 1_700_000_000.25, .fileVersion)), ("restart", .init(time: 1_700_000_001.5, .restart)),
    (
      "scalars",
      .init(
        time: 1_700_000_002, step: 300,
        .scalars([("training/loss", 2.5), ("training/learning_rate", 0.1), ("x", -3e-7)]))
    ),
    (
      "text",
      .init(
        time: 1_700_000_003, step: 7,
        .text(tag: "samples", String(repeating: "**Ann**: größer 🍎\n", count: 20)))
    ),
  ]

  @Test("Each record equals the package's own, byte for byte", arguments: events.map(\.name))
  func golden(name: String) throws {
    let goldens = try JSONValue(parsing: Data(contentsOf: Goldens.url("reports_events.json")))
    let event = try #require(Self.events.first { $0.name == name }).event
    let digits = event.record.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(digits == goldens[name]?.string)
  }
}
