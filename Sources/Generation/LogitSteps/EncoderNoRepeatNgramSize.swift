import OrchardSettings

/// Rules out tokens with which a run of n tokens of the prompt would come in the answer.
public struct EncoderNoRepeatNgramSize: LogitStep {
  /// The length of the runs.
  public let size: Int

  /// A step with the length of the runs.
  public init(_ size: Int) { self.size = size }

  /// Rules out what follows the last n − 1 tokens in the source of an encoder–decoder or the prompt of a decoder.
  public func apply(to row: LogitRow) { row.rule(outRepeating: row.context.source, size: size) }

  static let kind = LogitStepKind(
    "encoder-no-repeat-ngram-size", "No run of this many tokens of the prompt comes in the answer.", .range(1...),
    part: .always, off: 0
  ) { (value: Int, _) in EncoderNoRepeatNgramSize(value) }
}
