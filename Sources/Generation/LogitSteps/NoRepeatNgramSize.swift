import OrchardSettings

/// Rules out tokens with which a run of n tokens would come a second time (Paulus, Xiong and Socher, "A deep reinforced
/// model for abstractive summarization", 2017).
public struct NoRepeatNgramSize: LogitStep {
  /// The length of the runs.
  public let size: Int

  /// A step with the length of the runs.
  public init(_ size: Int) { self.size = size }

  /// Rules out what followed the last n − 1 tokens wherever the history holds them before.
  public func apply(to row: LogitRow) { row.rule(outRepeating: row.history, size: size) }

  static let kind = LogitStepKind(
    "no-repeat-ngram-size", "No run of this many tokens comes twice; a decoder's prompt counts.", .range(1...),
    part: .always, off: 0
  ) { (value: Int, _) in NoRepeatNgramSize(value) }
}

extension LogitRow {
  /// Rules out each token that in `text` follows the row's last `size − 1` tokens.
  func rule(outRepeating text: [Int], size: Int) {
    let length = size - 1
    guard history.count >= length, text.count >= size else { return }
    let last = history[(history.count - length)...]
    for start in 0...(text.count - size) where text[start..<start + length].elementsEqual(last) {
      rule(out: text[start + length])
    }
  }
}
