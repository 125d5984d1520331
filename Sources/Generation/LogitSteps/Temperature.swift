import OrchardSettings

/// Divides the logits: below 1 the likely tokens become likelier still, above 1 the distribution flattens.
public struct Temperature: LogitStep {
  /// What the logits are divided by.
  public let temperature: Float

  /// A step with its temperature.
  public init(_ temperature: Double) { self.temperature = Float(temperature) }

  /// Divides every logit.
  public func apply(to row: LogitRow) {
    guard temperature != 1 else { return }
    for token in row.logits.indices { row.logits[token] /= temperature }
  }

  static let kind = LogitStepKind(
    "temperature", "Below 1 sharpens the distribution, above 1 flattens it.", .above(0), off: 1
  ) { value, _ in Temperature(value) }
}
