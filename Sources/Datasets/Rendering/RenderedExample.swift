/// The kind of model that examples are rendered for.
public enum SequenceShape: String, Sendable {
  /// A prompt is encoded apart; the decoder writes the completion.
  case encoderDecoder = "encoder-decoder"
  /// Prompt and completion are one sequence.
  case decoderOnly = "decoder-only"
  /// A text is read as a whole, and what is hidden in it is foretold.
  case encoder
}

/// One example as tokens.
public struct RenderedExample: Sendable, Equatable {
  /// The row of the data set.
  public var row: Int
  /// What an encoder reads; empty for a decoder-only model.
  public var source: [Int32]
  /// Which text of a pair each token of `source` belongs to; empty where that is not told.
  public var types: [Int32] = []
  /// What the decoder writes: the completion, or the whole sequence of a decoder-only model; of an encoder alone the
  /// tokens that are hidden from it.
  public var target: [Int32]
  /// The positions of `target` that are to be predicted from those before them.
  ///
  /// They are positions and never ids: a padding token that shares the end token's id hides no end token.
  public var supervised: Range<Int>
  /// Further positions, all before these, that are learned too: a conversation's earlier answers.
  public var earlier: [Range<Int>]
  /// Whether the last token is an end token and supervised.
  public var endIsSupervised: Bool
  /// Whether the prompt was shortened.
  public var promptIsTruncated: Bool
  /// Whether the completion was shortened; then it has no end token, so that nothing teaches to stop midway.
  public var completionIsTruncated: Bool

  /// An example as tokens.
  public init(
    row: Int, source: [Int32], target: [Int32], supervised: Range<Int>, earlier: [Range<Int>] = [],
    endIsSupervised: Bool,
    promptIsTruncated: Bool = false, completionIsTruncated: Bool = false,
    isUncorrupted: Bool = false, places: [Int32] = [], grade: Double = 0
  ) {
    self.row = row
    self.source = source
    self.target = target
    self.supervised = supervised
    self.earlier = earlier
    self.endIsSupervised = endIsSupervised
    self.promptIsTruncated = promptIsTruncated
    self.completionIsTruncated = completionIsTruncated
    self.isUncorrupted = isUncorrupted
    self.places = places
    self.grade = grade
  }

  /// How good a person found the answer: the more the better.
  ///
  /// To be compared within its group alone; above 0 is good
  /// where an answer is judged by itself. 0 where nobody was asked. Where texts are sorted by labels, the number of the label.
  public var grade: Double

  /// A number that two examples share where they have the same tokens and learn the same of them, and else do not: the
  /// same on every machine.
  public var contentKey: UInt64 {
    var key = ContentKey()
    key.add(source)
    if !types.isEmpty { key.add(types) }
    key.add(target)
    for span in spans { key.add([Int32(span.lowerBound), Int32(span.upperBound)]) }
    return key.value
  }

  /// Whether `source` is a text of which tokens have yet to be hidden (`TextCorruption`), and `target` has their number
  /// alone.
  public var isUncorrupted: Bool

  /// Where in `source` the tokens of `target` are hidden; empty where these are a text of their own.
  public var places: [Int32]

  /// All positions of `target` that are learned, span by span.
  public var spans: [Range<Int>] { earlier + [supervised] }

  /// How many tokens are learned.
  public var supervisedCount: Int { spans.reduce(0) { $0 + $1.count } }

  /// The tokens of both sides.
  public var count: Int { source.count + target.count }
}
