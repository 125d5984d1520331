import OrchardJSON

/// What a person found of the answers to a prompt.
public struct FeedbackJudgement: Sendable, Equatable {
  /// A ranking: each answer's rank in the order of the answers, 1 the best, equal ones ties; empty where there is none.
  public var ranks: [Int] = []
  /// Whether no answer is acceptable.
  public var noneIsAcceptable = false
  /// Thumbs: whether each answer is good; nil for those that are not judged; empty where there are none.
  public var thumbs: [Bool?] = []
  /// The text as it should be.
  public var correction: String?

  /// A judgement that says nothing yet.
  public init() {}

  /// Reads a judgement.
  ///
  /// - Throws: `FeedbackError` where it is none.
  public init(_ json: JSONValue) throws {
    guard json.object != nil else { throw FeedbackError("a judgement is an object") }
    if let ranks = json["ranks"], !ranks.isNull {
      guard let numbers = ranks.array?.compactMap(\.int), numbers.count == ranks.array?.count,
        numbers.allSatisfy({ (1...10_000).contains($0) })
      else { throw FeedbackError("“ranks” is a list of whole numbers from 1") }
      self.ranks = Self.dense(numbers)
    }
    if let none = json["none_is_acceptable"], !none.isNull {
      guard case .bool(let value) = none else { throw FeedbackError("“none_is_acceptable” is true or false") }
      noneIsAcceptable = value
    }
    if let thumbs = json["thumbs"], !thumbs.isNull {
      self.thumbs = try (thumbs.array ?? [.string("")]).map { thumb in
        switch thumb {
        case .null: return nil
        case .bool(let value): return value
        default: throw FeedbackError("“thumbs” is a list of true, false and null")
        }
      }
    }
    if let text = json["correction"], !text.isNull {
      guard let text = text.string else { throw FeedbackError("“correction” is a text") }
      correction = text
    }
  }

  /// The judgement as JSON.
  public var json: JSONValue {
    var object = JSONObject()
    if !ranks.isEmpty { object["ranks"] = .array(ranks.map { .integer($0) }) }
    if noneIsAcceptable { object["none_is_acceptable"] = .bool(true) }
    if !thumbs.isEmpty { object["thumbs"] = .array(thumbs.map { $0.map { .bool($0) } ?? .null }) }
    if let correction { object["correction"] = .string(correction) }
    return .object(object)
  }

  /// Ranks without gaps: 1 for the lowest, 2 for the next.
  public static func dense(_ ranks: [some Comparable & Hashable]) -> [Int] {
    let order = Set(ranks).sorted()
    return ranks.map { rank in 1 + (order.firstIndex(of: rank) ?? 0) }
  }

  /// What is missing for an answer to a question about `count` answers, as a person is told; nil for nothing.
  func gap(for task: FeedbackQuestion.Task, answers count: Int) -> String? {
    switch task {
    case .rank where noneIsAcceptable && ranks.isEmpty: return nil
    case .rank where ranks.count != count: return "the ranking has \(ranks.count) ranks for \(count) answers"
    case .thumbs where noneIsAcceptable && thumbs.isEmpty: return nil
    case .thumbs where thumbs.count != count: return "there are \(thumbs.count) thumbs for \(count) answers"
    case .thumbs where thumbs.allSatisfy({ $0 == nil }) && !noneIsAcceptable: return "no answer has a thumb yet"
    case .correct where correction?.allSatisfy(\.isWhitespace) ?? true: return "the corrected text is empty"
    default: return nil
    }
  }
}
