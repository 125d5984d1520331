/// What several chains of thought agree on.
///
/// Followed: Wang and others, Self-Consistency Improves Chain of Thought Reasoning in Language Models, 2022.
public struct SelfConsistency: Sendable, Equatable {
  /// An answer and who gave it.
  public struct Vote: Sendable, Equatable {
    /// The answer as the first chain wrote it.
    public let answer: String
    /// How many chains gave it.
    public let count: Int
    /// The sum of these chains' log-probabilities, in nats.
    public let logProbability: Double
  }

  /// The answers, the winner first.
  public let votes: [Vote]
  /// How many chains gave no answer that the rule could read; they do not vote.
  public let unread: Int

  /// What most chains say; of equally many, those of the greater summed log-probability win.
  public var winner: String? { votes.first?.answer }

  /// Counts the votes of chains: their answers, nil where none was read, and their log-probabilities.
  public init(_ chains: [(answer: String?, logProbability: Double)], rule: AnswerRule) {
    var order: [String] = []
    var counts: [String: (answer: String, count: Int, logProbability: Double)] = [:]
    for case (let answer?, let logProbability) in chains {
      let key = rule.comparable(answer)
      if counts[key] == nil { order.append(key) }
      let before = counts[key] ?? (answer, 0, 0)
      counts[key] = (before.answer, before.count + 1, before.logProbability + logProbability)
    }
    let all = order.compactMap { counts[$0] }.map {
      Vote(answer: $0.answer, count: $0.count, logProbability: $0.logProbability)
    }
    votes = all.enumerated().sorted { a, b in
      if a.element.count != b.element.count { return a.element.count > b.element.count }
      if a.element.logProbability != b.element.logProbability {
        return a.element.logProbability > b.element.logProbability
      }
      return a.offset < b.offset
    }.map(\.element)
    unread = chains.count { $0.answer == nil }
  }
}
