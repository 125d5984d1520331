/// Texts with masked tokens: what a text encoder learns from plain text.
///
/// Devlin and others, "BERT: pre-training of deep bidirectional transformers", 2018, section 3.1: of the tokens that are
/// to be foretold most are replaced by the mask token, some by a random one, and the rest are left, so that the encoder
/// cannot know which tokens it has to doubt. How many there are is fixed by the text's length, as in BERT's own data;
/// which ones is drawn anew in each epoch, as RoBERTa does (Liu and others 2019).
public struct TokenMasking: TextCorruption, Equatable {
  /// The share of tokens that are to be foretold.
  public let share: Double
  /// The share of these that become the mask token.
  public let maskShare: Double
  /// The share of these that become a random token.
  public let randomShare: Double
  /// The token that stands for what is hidden.
  public let mask: Int32
  /// How many tokens there are, to draw a random one of.
  public let vocabularySize: Int
  /// Tokens that are no words, and are hidden only where a text has too few others.
  public let special: Set<Int32>
  /// What begins a text.
  public let opening: [Int32]
  /// What ends it.
  public let closing: [Int32]
  /// Where the draw begins.
  public private(set) var seed: Int

  /// A way of hiding tokens.
  public init(
    share: Double, maskShare: Double, randomShare: Double, mask: Int32, vocabularySize: Int, special: Set<Int32> = [],
    opening: [Int32], closing: [Int32], seed: Int
  ) {
    self.share = share
    self.maskShare = maskShare
    self.randomShare = randomShare
    self.mask = mask
    self.vocabularySize = vocabularySize
    self.special = special
    self.opening = opening
    self.closing = closing
    self.seed = seed
  }

  /// How many of a text's `count` tokens are to be foretold.
  func hidden(of count: Int) -> Int { min(count, max(1, Int((Double(count) * share).rounded()))) }

  /// The same with another draw.
  public func seeded(_ seed: Int) -> Self {
    var other = self
    other.seed = seed
    return other
  }

  /// The tokens of source and target that a text of `count` tokens gives.
  public func lengths(of count: Int) -> SequenceLength {
    SequenceLength(source: opening.count + count + closing.count, target: hidden(of: count))
  }

  /// The text with hidden tokens as source, and these as target; other ones in each epoch.
  public func example(_ text: RenderedExample, number: Int, epoch: Int) -> RenderedExample {
    var random = SeededGenerator(
      seed: UInt64(truncatingIfNeeded: seed) ^ 0x6D61_736B, stream: UInt64(epoch) << 40 | UInt64(number))
    var places = Array(text.source.indices)
    random.shuffle(&places)
    let (words, others) = (
      places.filter { !special.contains(text.source[$0]) }, places.filter { special.contains(text.source[$0]) }
    )
    places = (words + others).prefix(hidden(of: places.count)).sorted()
    var source = text.source
    for place in places {
      let draw = random.unit()
      if draw < maskShare {
        source[place] = mask
      } else if draw < maskShare + randomShare {
        source[place] = Int32(random.below(vocabularySize))
      }
    }
    return RenderedExample(
      row: text.row, source: opening + source + closing, target: places.map { text.source[$0] },
      supervised: 0..<places.count, endIsSupervised: false, places: places.map { Int32($0 + opening.count) })
  }
}
