import OrchardEvaluation
import OrchardJSON

/// How far raters agree about one question.
public struct FeedbackAgreement: Sendable {
  /// An item that raters disagree on.
  public struct Disagreement: Sendable {
    /// The item.
    public let item: Int64
    /// The prompt.
    public let prompt: String
    /// The mean agreement of two of its raters: Kendall's tau of rankings, of thumbs the share that are alike.
    public let agreement: Double
    /// What each rater has found.
    public let judgements: [RatedItem]
  }

  /// The question's name.
  public let question: String
  /// Judgements that stand.
  public let judgements: Int
  /// Items that several have judged.
  public let sharedItems: Int
  /// Krippendorff's alpha over answers: of ranks as an order, of thumbs as names; nil where nothing is shared, or nothing
  /// varies.
  public let alpha: Double?
  /// The mean of Kendall's tau-b over pairs of raters of an item; nil where there is none.
  public let tau: Double?
  /// Items on which raters agree less than they would on the whole by chance (at most 0), the worst first.
  public let disagreements: [Disagreement]

  /// The agreement about each question of a store.
  ///
  /// - Throws: The error of the file.
  public static func all(_ store: FeedbackStore) throws -> [FeedbackAgreement] {
    let prompts = Dictionary(try store.items().map { ($0.id, $0.prompt) }, uniquingKeysWith: { $1 })
    let found = Dictionary(grouping: try store.judgements(), by: \.question)
    return try store.questions().filter { $0.task != .correct }.map {
      FeedbackAgreement($0, found[$0.name] ?? [], prompts: prompts)
    }
  }

  /// The agreement about a question by its judgements.
  public init(_ question: FeedbackQuestion, _ judged: [RatedItem], prompts: [Int64: String]) {
    self.question = question.name
    let usable = judged.filter { !Self.values($0, question.task).isEmpty }
    judgements = usable.count
    let items = Dictionary(grouping: usable, by: \.item).filter { $0.value.count > 1 }
    sharedItems = items.count
    let units = items.sorted { $0.key < $1.key }.flatMap { _, raters -> [[Double]] in
      let values = raters.map { Self.values($0, question.task) }
      let count = values.map(\.count).min() ?? 0
      return (0..<count).map { place in values.compactMap { $0[place] } }
    }
    alpha = KrippendorffAlpha.alpha(units, scale: question.task == .rank ? .ordinal : .nominal)
    var taus: [Double] = []
    var disagreements: [Disagreement] = []
    for (item, raters) in items.sorted(by: { $0.key < $1.key }) {
      let agreements = raters.indices.flatMap { first in
        raters.indices.filter { $0 > first }.compactMap {
          Self.agreement(
            Self.values(raters[first], question.task), Self.values(raters[$0], question.task), question.task)
        }
      }
      guard !agreements.isEmpty else { continue }
      if question.task == .rank { taus += agreements }
      let mean = agreements.reduce(0, +) / Double(agreements.count)
      if mean <= (question.task == .rank ? 0 : 0.5) {
        disagreements.append(
          Disagreement(item: item, prompt: prompts[item] ?? "", agreement: mean, judgements: raters))
      }
    }
    tau = taus.isEmpty ? nil : taus.reduce(0, +) / Double(taus.count)
    self.disagreements = disagreements.sorted { ($0.agreement, $0.item) < ($1.agreement, $1.item) }
  }

  /// A number for each answer; nil for those without one.
  private static func values(_ judged: RatedItem, _ task: FeedbackQuestion.Task) -> [Double?] {
    switch task {
    case .rank: return judged.judgement.ranks.map(Double.init)
    case .thumbs: return judged.judgement.thumbs.map { $0.map { $0 ? 1 : 0 } }
    case .correct: return []
    }
  }

  private static func agreement(
    _ one: [Double?], _ other: [Double?], _ task: FeedbackQuestion.Task
  ) -> Double? {
    let both = zip(one, other).compactMap { one, other in
      if let one, let other { return (one, other) }
      return nil as (Double, Double)?
    }
    guard !both.isEmpty else { return nil }
    guard task == .rank else { return Double(both.count { $0.0 == $0.1 }) / Double(both.count) }
    return KendallTau.tau(both.map(\.0), both.map(\.1))
  }

  /// The agreement as JSON.
  public var json: JSONValue {
    var object = JSONObject([
      ("question", .string(question)), ("judgements", .integer(judgements)), ("shared_items", .integer(sharedItems)),
    ])
    object["krippendorff_alpha"] = alpha.map { .number($0) } ?? .null
    object["kendall_tau"] = tau.map { .number($0) } ?? .null
    object["disagreements"] = .array(
      disagreements.map { one in
        .object(
          JSONObject([
            ("item", .integer(Int(one.item))), ("prompt", .string(one.prompt)), ("agreement", .number(one.agreement)),
            (
              "judgements",
              .array(
                one.judgements.map {
                  .object(JSONObject([("rater", .string($0.rater)), ("found", $0.judgement.json)]))
                })
            ),
          ]))
      })
    return .object(object)
  }
}
