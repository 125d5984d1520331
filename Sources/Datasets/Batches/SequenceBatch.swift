/// Several examples side by side, padded at the right to the longest: rows `B`, source tokens `S`, target tokens `T`.
///
/// Arrays of `B × T` hold row after row.
public struct SequenceBatch: Sendable, Equatable {
  /// Which examples these are, row by row; a packed row holds several.
  public private(set) var rows: [[Int]] = []
  /// The task that each row is of, row by row; empty where there is but one.
  public internal(set) var tasks: [Int] = []
  /// The group that each row is of, row by row: rows of one number, which stand side by side, are answers to one prompt;
  /// empty where each row stands alone.
  public var groups: [Int] = []
  /// How good each row's answer was found, `B`: see `RenderedExample.grade`.
  public private(set) var grades: [Double] = []
  /// A number for what each row holds, `B`: see `RenderedExample.contentKey`.
  public private(set) var keys: [UInt64] = []
  /// The number of rows, `B`.
  public var count: Int { rows.count }
  /// `S`: the longest source; 0 for a decoder-only model.
  public private(set) var sourceWidth = 0
  /// `T`: the longest target.
  public private(set) var targetWidth = 0
  /// What the encoder reads, `B × S`.
  public private(set) var sourceIDs: [Int] = []
  /// Which text of a pair each token of a source belongs to, `B × S`; empty where no source tells.
  public private(set) var sourceTypes: [Int] = []
  /// The sources' lengths, `B`.
  public private(set) var sourceLengths: [Int] = []
  /// What the decoder writes, `B × T`.
  public private(set) var targetIDs: [Int] = []
  /// The targets' lengths, `B`.
  public private(set) var targetLengths: [Int] = []
  /// Whether a token is to be predicted from those before it, `B × T`.
  public private(set) var supervised: [Bool] = []
  /// Each token's place in its example, `B × T`; 0 for padding.
  ///
  /// A token that is hidden from an encoder has its place in the source.
  public private(set) var positions: [Int] = []
  /// The example within its row to which a token belongs, `B × T`; -1 for padding.
  ///
  /// A token may attend only to tokens of its own segment.
  public private(set) var segments: [Int] = []
  /// Tokens to be predicted, in all rows.
  public private(set) var supervisedCount = 0

  /// Tokens that are no padding.
  public var tokenCount: Int { sourceLengths.reduce(0, +) + targetLengths.reduce(0, +) }

  /// Whether a row holds more than one example.
  public var isPacked: Bool { rows.contains { $0.count > 1 } }

  /// Puts examples side by side, one a row.
  ///
  /// Widths are rounded up to a multiple of `multiple`.
  public init(_ indices: [Int], of examples: [RenderedExample], paddingID: Int, multiple: Int = 1) {
    self.init(packs: indices.map { [$0] }, of: examples, paddingID: paddingID, multiple: multiple)
  }

  /// Puts packs of examples side by side, one pack a row.
  ///
  /// Sources cannot be packed: with them a pack holds one example.
  public init(packs: [[Int]], of examples: [RenderedExample], paddingID: Int, multiple: Int = 1) {
    func rounded(_ width: Int) -> Int { (width + multiple - 1) / multiple * multiple }
    precondition(
      packs.allSatisfy { pack in pack.count == 1 || pack.allSatisfy { examples[$0].source.isEmpty } },
      "examples with a source cannot be packed")
    rows = packs
    grades = packs.map { pack in examples[pack[0]].grade }
    keys = packs.map { pack in examples[pack[0]].contentKey }
    sourceLengths = packs.map { pack in pack.reduce(0) { $0 + examples[$1].source.count } }
    targetLengths = packs.map { pack in pack.reduce(0) { $0 + examples[$1].target.count } }
    sourceWidth = rounded(sourceLengths.max() ?? 0)
    targetWidth = rounded(targetLengths.max() ?? 0)
    sourceIDs = [Int](repeating: paddingID, count: packs.count * sourceWidth)
    if packs.contains(where: { !examples[$0[0]].types.isEmpty }) {
      sourceTypes = [Int](repeating: 0, count: sourceIDs.count)
    }
    targetIDs = [Int](repeating: paddingID, count: packs.count * targetWidth)
    supervised = [Bool](repeating: false, count: targetIDs.count)
    positions = [Int](repeating: 0, count: targetIDs.count)
    segments = [Int](repeating: -1, count: targetIDs.count)
    for (row, pack) in packs.enumerated() {
      var start = row * targetWidth
      for (segment, index) in pack.enumerated() {
        let example = examples[index]
        for (place, id) in example.source.enumerated() { sourceIDs[row * sourceWidth + place] = Int(id) }
        for (place, type) in example.types.enumerated() { sourceTypes[row * sourceWidth + place] = Int(type) }
        for (place, id) in example.target.enumerated() {
          targetIDs[start + place] = Int(id)
          positions[start + place] = example.places.isEmpty ? place : Int(example.places[place])
          segments[start + place] = segment
        }
        for span in example.spans {
          for place in span { supervised[start + place] = true }
        }
        supervisedCount += example.supervisedCount
        start += example.target.count
      }
    }
  }

  /// Some of the rows, in the given order, no wider than they need.
  public func rows(_ places: [Int]) -> SequenceBatch {
    func taken<Value>(_ values: [Value], _ width: Int, _ kept: Int) -> [Value] {
      places.flatMap { values[$0 * width..<$0 * width + kept] }
    }
    var part = self
    part.rows = places.map { rows[$0] }
    if !tasks.isEmpty { part.tasks = places.map { tasks[$0] } }
    if !groups.isEmpty { part.groups = places.map { groups[$0] } }
    part.grades = places.map { grades[$0] }
    part.keys = places.map { keys[$0] }
    part.sourceLengths = places.map { sourceLengths[$0] }
    part.targetLengths = places.map { targetLengths[$0] }
    part.sourceWidth = part.sourceLengths.max() ?? 0
    part.targetWidth = part.targetLengths.max() ?? 0
    part.sourceIDs = taken(sourceIDs, sourceWidth, part.sourceWidth)
    if !sourceTypes.isEmpty { part.sourceTypes = taken(sourceTypes, sourceWidth, part.sourceWidth) }
    part.targetIDs = taken(targetIDs, targetWidth, part.targetWidth)
    part.supervised = taken(supervised, targetWidth, part.targetWidth)
    part.positions = taken(positions, targetWidth, part.targetWidth)
    part.segments = taken(segments, targetWidth, part.targetWidth)
    part.supervisedCount = part.supervised.count { $0 }
    return part
  }

  /// The places of the rows that belong together, group by group; each row alone where there are no groups.
  public var groupRows: [Range<Int>] {
    guard !groups.isEmpty else { return (0..<count).map { $0..<$0 + 1 } }
    var ranges: [Range<Int>] = []
    for row in 0..<count {
      if row > 0, groups[row] == groups[row - 1], let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound..<row + 1
      } else {
        ranges.append(row..<row + 1)
      }
    }
    return ranges
  }

  /// The tokens of each row that are learned, `B`.
  public var supervisedCounts: [Int] {
    (0..<count).map { row in supervised[row * targetWidth..<(row + 1) * targetWidth].count { $0 } }
  }

  /// The target with every token that is not supervised replaced by `ignored`, `B × T`.
  public func labels(ignored: Int = -100) -> [Int] {
    zip(targetIDs, supervised).map { $1 ? $0 : ignored }
  }

  /// Which source tokens are no padding, `B × S`.
  public var sourceMask: [Bool] { mask(sourceLengths, width: sourceWidth) }

  /// Which target tokens are no padding, `B × T`.
  public var targetMask: [Bool] { mask(targetLengths, width: targetWidth) }

  private func mask(_ lengths: [Int], width: Int) -> [Bool] {
    lengths.flatMap { length in (0..<width).map { $0 < length } }
  }
}
