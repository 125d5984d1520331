import ArgumentParser
import Foundation
import OrchardCommand
import OrchardEvaluation
import Testing
import TestSupport

@Suite struct EvaluateCommandTests {
  let folder: TemporaryFolder
  let predictions: URL
  let references: URL

  init() throws {
    folder = try TemporaryFolder()
    predictions = try folder.write("the cat sat on the mat\na dog barked\n", to: "predictions.txt")
    references = try folder.write("the cat sat on a mat\nthe dog barked loudly\n", to: "references.txt")
  }

  private func command(_ options: String...) throws -> EvaluateCommand {
    try EvaluateCommand.parse(["--predictions", predictions.path, "--references", references.path] + options)
  }

  @Test func everyOptionReachesItsMetric() throws {
    let report = try command(
      "--metrics", "rouge1, bleu ,chrf++", "--stemmer", "--lowercase", "--bleu-tokenizer", "char", "--smoothing",
      "floor",
      "--smoothing-value", "0.5", "--effective-order", "--bootstrap", "50", "--seed", "9", "--confidence", "0.5"
    ).report()
    #expect(
      Set(report.scores.map(\.signature)) == [
        "nrefs:1|bs:50|seed:9|stem:porter|like:rouge_score-0.1.2",
        "nrefs:1|bs:50|seed:9|case:lc|eff:yes|tok:char|smooth:floor[0.50]|version:2.6.0",
        "nrefs:1|bs:50|seed:9|case:lc|eff:yes|nc:6|nw:2|space:no|version:2.6.0",
      ])
    #expect(report.bootstrap == Bootstrap(resamples: 50, seed: 9, confidence: 0.5))
  }

  @Test func withoutOptionsItIsRougeWithoutIntervals() throws {
    let report = try command().report()
    #expect(report.scores.count == 12)
    #expect(report.scores.allSatisfy { $0.interval == nil && $0.signature.contains("stem:no") })
  }

  @Test func aBaselineIsComparedWithAThousandResamples() throws {
    let report = try command("--baseline", references.path).report()
    #expect(report.comparisons.count == 12)
    #expect(report.comparisons.allSatisfy { $0.baseline == 1 })
    #expect(report.bootstrap == Bootstrap(resamples: 1000))
  }

  @Test func fieldsOfLinesOfJSONAreNamed() throws {
    let lines = try folder.write("{\"answer\": \"a\", \"gold\": [\"a\", \"b\"]}\n", to: "lines.jsonl").path
    let command = try EvaluateCommand.parse([
      "--predictions", lines, "--references", lines, "--prediction-field", "answer", "--reference-field", "gold",
      "--metrics", "exact_match",
    ])
    let report = try command.report()
    #expect(report.score("exact_match", "share")?.value == 1)
    #expect(report.references == .same(2))
  }

  @Test(arguments: [
    (["--metrics", "blue"], "\"blue\" is no metric that is known here"),
    (["--metrics", ","], "no metric was named"),
    (["--bootstrap=-1"], "--bootstrap is -1; it takes a number from 0 to 1000000."),
    (["--confidence", "95"], "--confidence is 95.0; it takes a number between 0 and 1."),
    (["--smoothing", "half"], "--smoothing is half; it takes exp, floor, add-k or none."),
    (["--smoothing-value", "2"], "--smoothing-value goes with --smoothing floor or add-k, not with exp."),
    (["--smoothing", "floor", "--smoothing-value", "0"], "--smoothing-value is 0.0; it takes a number above 0."),
    (["--baseline", "old.txt", "--bootstrap", "0"], "--baseline compares by bootstrap; leave --bootstrap 0 out."),
  ])
  func wrongUsageIsToldBeforeAnythingIsRead(options: [String], message: String) throws {
    let error = try #require(throws: (any Error).self) {
      try EvaluateCommand.parse(["--predictions", "missing.txt", "--references", "missing.txt"] + options)
    }
    #expect(EvaluateCommand.exitCode(for: error) == .validationFailure)
    #expect(EvaluateCommand.message(for: error).contains(message))
  }

  @Test func aFileOfAnotherLengthIsNamed() throws {
    let short = try folder.write("one line\n", to: "short.txt")
    let command = try EvaluateCommand.parse(["--predictions", short.path, "--references", references.path])
    let error = try #require(throws: EvaluationError.self) { try command.report() }
    #expect(error.description.contains("short.txt holds 1 line, "))
    #expect(error.description.contains("references.txt holds 2 lines"))
  }
}
