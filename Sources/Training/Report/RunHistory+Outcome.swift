import Foundation
import OrchardJSON

extension RunHistory {
  /// What came of the run, by names that programs read.
  public var outcome: JSONObject {
    let model = about?.json["model"]
    return JSONObject([
      ("run", .string(folder.url.relativePath)), ("status", .string(status.rawValue)), ("step", .integer(step)),
      ("total_steps", about?.totalSteps.map(JSONValue.integer) ?? .null), ("loss", Self.number(lastLoss)),
      ("best_validation_loss", Self.number(best?.loss)), ("best_step", best.map { .integer($0.step) } ?? .null),
      ("seconds", Self.number(about?.seconds ?? stepSeconds)), ("tokens_per_second", Self.number(tokensPerSecond)),
      ("peak_memory_bytes", about?.peakMemory.map(JSONValue.integer) ?? .null),
      ("architecture", model?["architecture"] ?? .null), ("parameters", model?["parameters"] ?? .null),
      ("trainable_parameters", model?["trainable_parameters"] ?? .null),
      ("data", about?.json["data"]?["hash"] ?? .null), ("template", about?.json["template"]?["hash"] ?? .null),
      ("begun", Self.number(about?.begun)),
    ])
  }

  /// The rows by which runs are compared: what is measured, and a run's value as people read it.
  static let measures: [(name: String, value: @Sendable (RunHistory) -> String?)] = [
    ("status", { $0.status.rawValue }),
    ("steps", { Readable.count($0.step) }),
    ("training loss at the end", { $0.lastLoss.map(Readable.loss) }),
    ("best validation loss", { $0.best.map { Readable.loss($0.loss) } }),
    ("at step", { $0.best.map { Readable.count($0.step) } }),
    (
      "time",
      { ($0.about?.seconds ?? $0.stepSeconds) > 0 ? Readable.duration($0.about?.seconds ?? $0.stepSeconds) : nil }
    ),
    ("tokens a second", { $0.tokensPerSecond.map { Readable.count(Int($0.rounded())) } }),
    ("most memory", { $0.about?.peakMemory.map(Readable.bytes) }),
    ("parameters", { $0.about?.json["model"]?["parameters"]?.int.map(Readable.count) }),
    ("trained parameters", { $0.about?.json["model"]?["trainable_parameters"]?.int.map(Readable.count) }),
    ("data, SHA-256 begins", { $0.about?.json["data"]?["hash"]?.string.map { String($0.prefix(12)) } }),
    ("template, SHA-256 begins", { $0.about?.json["template"]?["hash"]?.string.map { String($0.prefix(12)) } }),
  ]

  private static func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
}
