import OrchardJSON
import OrchardReports

extension ReportSection {
  /// What the model answered to validation rows: what was wanted, its first answer, and its last one; where a method
  /// compares with the original, that one's answer and the model's last, those furthest apart first.
  static func validationSamples(_ history: RunHistory) -> ReportSection {
    guard let last = history.samples.last, let rows = last["samples"]?.array else { return .samples("Answers", []) }
    let first = history.samples.count > 1 ? history.samples.first : nil
    func step(_ line: JSONValue) -> String { "model after step \(line["step"]?.int ?? 0)" }
    func named(_ name: String, _ reward: JSONValue?) -> String {
      reward?.double.map { "\(name), reward \($0.fixed(3))" } ?? name
    }
    let samples = rows.enumerated().map { place, row in
      var answers: [AnsweredSample.Answer] = []
      if let original = row["original"]?.string {
        answers.append(.init(named("the original", row["figures"]?["original_reward"]), .before, original))
      } else {
        answers.append(.init("wanted", .human, row["reference"]?.string ?? ""))
      }
      let earlier = first?["samples"]?.array ?? []
      if row["original"] == nil, let first, earlier.indices.contains(place),
        earlier[place]["prompt"]?.string == row["prompt"]?.string
      {
        answers.append(.init(step(first), .before, earlier[place]["answer"]?.string ?? ""))
      }
      answers.append(.init(named(step(last), row["figures"]?["reward"]), .after, row["answer"]?.string ?? ""))
      let divergence = row["figures"]?["divergence"]?.double.map { "\($0.fixed(2)) nats from the original" }
      return AnsweredSample(
        title: divergence ?? "Validation row \(place + 1)", input: row["prompt"]?.string ?? "", answers: answers)
    }
    return .samples("Answers", samples)
  }
}
