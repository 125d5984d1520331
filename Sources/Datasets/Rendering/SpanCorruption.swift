/// Texts with gaps: what an encoder–decoder learns from plain text.
///
/// Raffel and others, "Exploring the limits of transfer learning", 2020, section 3.1.4; spans are drawn as in the T5
/// project's `random_spans_noise_mask`: numbers of hidden tokens and of spans are fixed by the length, their places are
/// drawn. A text begins with tokens that are kept and ends with hidden ones.
public struct SpanCorruption: TextCorruption, Equatable {
  /// The share of tokens that are hidden.
  public let share: Double
  /// The mean length of a span.
  public let spanLength: Double
  /// The tokens that stand for hidden spans, in their order.
  public let sentinels: [Int32]
  /// What ends source and target.
  public let closing: [Int32]
  /// Where the draw begins.
  public private(set) var seed: Int

  /// A way of making gaps.
  public init(share: Double, spanLength: Double, sentinels: [Int32], closing: [Int32], seed: Int) {
    self.share = share
    self.spanLength = spanLength
    self.sentinels = sentinels
    self.closing = closing
    self.seed = seed
  }

  /// Hidden tokens and spans in a text of `count` tokens.
  func counts(of count: Int) -> (hidden: Int, spans: Int) {
    let hidden = min(max(Int((Double(count) * share).rounded()), 1), count - 1)
    let spans = max(1, Int((Double(hidden) / spanLength).rounded()))
    return (hidden, min(spans, hidden, count - hidden, sentinels.count))
  }

  /// The same with another draw.
  public func seeded(_ seed: Int) -> Self {
    var other = self
    other.seed = seed
    return other
  }

  /// The tokens of source and target that a text of `count` tokens gives.
  public func lengths(of count: Int) -> SequenceLength {
    let (hidden, spans) = counts(of: count)
    return SequenceLength(
      source: count - hidden + spans + closing.count, target: hidden + spans + closing.count)
  }

  /// The greatest number of a text's tokens whose source and target fit.
  public func capacity(source: Int, target: Int) -> Int {
    func fits(_ count: Int) -> Bool {
      let lengths = lengths(of: count)
      return lengths.source <= source && lengths.target <= target
    }
    var count = 1
    while fits(count + 1) { count += 1 }
    return count
  }

  /// The source and target of a text; other spans in each epoch.
  public func example(_ text: RenderedExample, number: Int, epoch: Int) -> RenderedExample {
    let tokens = text.source
    let (hidden, spans) = counts(of: tokens.count)
    var random = SeededGenerator(
      seed: UInt64(truncatingIfNeeded: seed) ^ 0x7370_616E, stream: UInt64(epoch) << 40 | UInt64(number))
    let kept = Self.cut(tokens.count - hidden, into: spans, &random)
    let gone = Self.cut(hidden, into: spans, &random)
    var (source, target): ([Int32], [Int32]) = ([], [])
    var place = 0
    for span in 0..<spans {
      source += tokens[place..<place + kept[span]]
      place += kept[span]
      source.append(sentinels[span])
      target.append(sentinels[span])
      target += tokens[place..<place + gone[span]]
      place += gone[span]
    }
    return RenderedExample(
      row: text.row, source: source + closing, target: target + closing,
      supervised: 0..<target.count + closing.count, endIsSupervised: true)
  }

  /// Cuts `count` into `parts` parts of at least 1, every way as likely as any other.
  private static func cut(_ count: Int, into parts: Int, _ random: inout SeededGenerator) -> [Int] {
    // Which of the places between tokens are cuts: so many of them, drawn without order.
    var isCut = (0..<count - 1).map { $0 < parts - 1 }
    random.shuffle(&isCut)
    var lengths = [1]
    for cut in isCut {
      if cut { lengths.append(1) } else { lengths[lengths.count - 1] += 1 }
    }
    return lengths
  }
}
