/// A text, or a pair of texts, as tokens.
public struct Encoding: Sendable, Equatable {
  /// The tokens' numbers.
  public internal(set) var ids: [Int] = []
  /// The tokens' texts.
  public internal(set) var tokens: [String] = []
  /// The part of the input each token stands for, in Unicode scalars; empty for a special token that was added.
  public internal(set) var offsets: [Range<Int>] = []
  /// Whether a token was added around the text rather than found in it.
  public internal(set) var specialTokensMask: [Bool] = []
  /// The segment each token belongs to: mostly 0 for a first text and 1 for a second.
  public internal(set) var typeIDs: [Int] = []

  /// The number of tokens.
  public var count: Int { ids.count }
}

/// The tokens of one text on their way through the post-processors.
package struct EncodedPart {
  /// Which of the two texts these tokens come from, nil for special tokens.
  var sequence: Int?
  var ids: [Int] = []
  /// Empty, like the fields below, where only the numbers are wanted.
  var tokens: [String] = []
  var offsets: [Range<Int>] = []
  var specialTokensMask: [Bool] = []
  var typeIDs: [Int] = []
  let isDetailed: Bool

  init(sequence: Int?, isDetailed: Bool) {
    self.sequence = sequence
    self.isDetailed = isDetailed
  }

  /// A run of special tokens.
  init(special ids: [Int], _ tokens: [String], typeID: Int, isDetailed: Bool) {
    self.init(sequence: nil, isDetailed: isDetailed)
    self.ids = ids
    guard isDetailed else { return }
    self.tokens = tokens
    offsets = ids.map { _ in 0..<0 }
    specialTokensMask = ids.map { _ in true }
    typeIDs = ids.map { _ in typeID }
  }

  mutating func setTypeID(_ typeID: Int) {
    if isDetailed { typeIDs = Array(repeating: typeID, count: ids.count) }
  }
}

extension Encoding {
  /// The parts in a row.
  init(joining parts: [EncodedPart]) {
    for part in parts {
      ids.append(contentsOf: part.ids)
      tokens.append(contentsOf: part.tokens)
      offsets.append(contentsOf: part.offsets)
      specialTokensMask.append(contentsOf: part.specialTokensMask)
      typeIDs.append(contentsOf: part.typeIDs)
    }
  }
}
