import OrchardJSON

/// What was found in a data set of answers that are compared.
public struct PreferenceReport: Sendable, Equatable {
  /// Prompts whose answers are compared.
  public var prompts = 0
  /// Pairs of a better and a worse answer.
  public var pairs = 0
  /// Pairs of equally good answers, which teach nothing.
  public var ties = 0
  /// Rows left out because fewer than two answers are left to be compared.
  public var lone = 0
  /// Answers left out because another one to the same prompt has the same tokens.
  public var identical = 0
  /// Pairs that stand the other way round in another row.
  public var contradictory = 0
  /// The first of these: the numbers of both rows, from 0.
  public var contradictions: [[Int]] = []
  /// How many are told.
  private static let told = 3
  private var seen: [[UInt64]: Int] = [:]

  /// A report of nothing yet.
  public init() {}

  /// Two reports are the same where they say the same.
  public static func == (a: PreferenceReport, b: PreferenceReport) -> Bool { a.json == b.json }

  /// What is left of a row's answers to be compared; nothing where there is no pair among them.
  mutating func add(_ answers: [RenderedExample]) -> [RenderedExample] {
    var keys: [UInt64] = []
    var kept: [RenderedExample] = []
    for answer in answers {
      if keys.contains(answer.contentKey) {
        identical += 1
      } else {
        keys.append(answer.contentKey)
        kept.append(answer)
      }
    }
    var (better, equal) = (0, 0)
    for (place, one) in kept.enumerated() {
      for other in kept.indices.dropFirst(place + 1) {
        let difference = one.grade - kept[other].grade
        if difference == 0 {
          equal += 1
          continue
        }
        better += 1
        note(difference > 0 ? [keys[place], keys[other]] : [keys[other], keys[place]], row: one.row)
      }
    }
    ties += equal
    guard better > 0 else {
      lone += 1
      return []
    }
    prompts += 1
    pairs += better
    return kept
  }

  private mutating func note(_ pair: [UInt64], row: Int) {
    seen[pair] = seen[pair] ?? row
    guard let other = seen[[pair[1], pair[0]]] else { return }
    contradictory += 1
    if contradictions.count < Self.told { contradictions.append([other, row]) }
  }

  /// Counts what was found in another data set.
  mutating func add(_ other: PreferenceReport) {
    prompts += other.prompts
    pairs += other.pairs
    ties += other.ties
    lone += other.lone
    identical += other.identical
    contradictory += other.contradictory
    contradictions = Array((contradictions + other.contradictions).prefix(Self.told))
  }

  /// The counts by name.
  public var json: JSONValue {
    [
      "prompts": .integer(prompts), "pairs": .integer(pairs), "ties": .integer(ties), "lone": .integer(lone),
      "identical": .integer(identical), "contradictory": .integer(contradictory),
      "contradictions": .array(contradictions.map { .array($0.map(JSONValue.integer)) }),
    ]
  }

  /// The counts in one sentence.
  public var text: String {
    func counted(_ count: Int, _ what: String) -> String { count == 1 ? "1 \(what)" : "\(count) \(what)s" }
    var parts = ["\(counted(pairs, "pair")) of answers to \(counted(prompts, "prompt"))"]
    if ties > 0 { parts.append(counted(ties, "tie")) }
    if identical > 0 { parts.append("\(counted(identical, "answer")) the same as another, left out") }
    if lone > 0 { parts.append("\(counted(lone, "row")) without a pair, left out") }
    if contradictory > 0 {
      let rows = contradictions.map { "\($0[0]) and \($0[1])" }.joined(separator: ", ")
      let more = contradictory > contradictions.count ? ", …" : ""
      parts.append(
        "\(counted(contradictory, "pair")) \(contradictory == 1 ? "contradicts" : "contradict") another "
          + "(rows \(rows)\(more))")
    }
    return parts.joined(separator: "; ")
  }
}
