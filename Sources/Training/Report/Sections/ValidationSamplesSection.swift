import OrchardJSON
import OrchardReports

extension ReportSection {
  /// What the model answered to the first validation rows: what was wanted, its first answer, and its last one.
  static func validationSamples(_ history: RunHistory) -> ReportSection {
    guard let last = history.samples.last, let rows = last["samples"]?.array else { return .samples("Answers", []) }
    let first = history.samples.count > 1 ? history.samples.first : nil
    func step(_ line: JSONValue) -> String { "model after step \(line["step"]?.int ?? 0)" }
    let samples = rows.enumerated().map { place, row in
      var answers = [AnsweredSample.Answer("wanted", .human, row["reference"]?.string ?? "")]
      let earlier = first?["samples"]?.array ?? []
      if let first, earlier.indices.contains(place), earlier[place]["prompt"]?.string == row["prompt"]?.string {
        answers.append(.init(step(first), .before, earlier[place]["answer"]?.string ?? ""))
      }
      answers.append(.init(step(last), .after, row["answer"]?.string ?? ""))
      return AnsweredSample(
        title: "Validation row \(place + 1)", input: row["prompt"]?.string ?? "", answers: answers)
    }
    return .samples("Answers", samples)
  }
}
