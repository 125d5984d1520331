/// A token that a row may go on with, proposed cheaply.
struct Draft {
  let token: Int
  /// The distribution that it was drawn from, as probabilities; nil where it was not drawn.
  var probabilities: [Float]?
}

/// A row that asks for drafts.
struct DraftRow {
  /// The row, among those of the last time, that it continues.
  let parent: Int
  /// What the model was given: an encoder's source, or a decoder's prompt.
  let context: RowContext
  /// The tokens that the decoder has read, and the one that it reads next.
  let history: [Int]
  /// The row's random numbers.
  let random: RandomStream
  /// The most tokens that are of use.
  let most: Int
}

/// Proposes how rows go on; the model then reads all proposals at once and keeps those that it would have chosen.
///
/// Drafts change how long a text takes and not the text: Leviathan, Kalman and Matias, "Fast inference from
/// transformers via speculative decoding", 2023.
protocol Drafter {
  /// Drafts for each row, at most `most`; none where nothing is known.
  mutating func drafts(for rows: [DraftRow]) throws -> [[Draft]]
}

/// How often drafts were right.
public struct DraftCount: Sendable, Hashable {
  /// Tokens that were proposed.
  public internal(set) var proposed = 0
  /// Tokens among them that the model chose too.
  public internal(set) var accepted = 0

  /// No drafts yet.
  public init() {}

  /// The share of proposed tokens that were accepted; nil where none were proposed.
  public var rate: Double? { proposed == 0 ? nil : Double(accepted) / Double(proposed) }

  /// Both counts together.
  public static func + (a: DraftCount, b: DraftCount) -> DraftCount {
    var sum = a
    sum.proposed += b.proposed
    sum.accepted += b.accepted
    return sum
  }
}
