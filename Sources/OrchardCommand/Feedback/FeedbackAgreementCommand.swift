import ArgumentParser
import Foundation
import OrchardFeedback
import OrchardJSON

/// `orchard feedback agreement`: how far raters agree.
struct FeedbackAgreementCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agreement",
    abstract: "Tell how far raters agree, and on which prompts they do not.",
    discussion: """
      Krippendorff's alpha is 1 for full agreement and 0 for what chance gives; above 0.8 one relies on it, above 0.67 \
      with caution. Kendall's tau is that of two raters' rankings of an item, averaged. Both need items that several \
      have judged: serve with --overlap 2 or more.

      Examples:
        orchard feedback agreement feedback.sqlite
        orchard feedback agreement feedback.sqlite --json
      """)

  @OptionGroup var place: FeedbackPlace

  @OptionGroup var format: OutputOptions

  func run() throws {
    for found in try FeedbackAgreement.all(try FeedbackStore(place.url)) {
      try Console.result(format.json ? found.json.text : Self.text(found))
    }
  }

  private static func text(_ found: FeedbackAgreement) -> String {
    func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    var lines = [
      "\(found.question): \(found.judgements) judgements, \(found.sharedItems) items with several",
      "  Krippendorff's alpha \(number(found.alpha)), Kendall's tau \(number(found.tau))",
    ]
    for one in found.disagreements.prefix(10) {
      lines.append("  \(number(one.agreement))  \(one.prompt.prefix(70).replacing("\n", with: " "))")
      for judged in one.judgements { lines.append("         \(judged.rater): \(judged.judgement.json.text)") }
    }
    if found.disagreements.count > 10 {
      lines.append("  and \(found.disagreements.count - 10) more: see --json")
    }
    return lines.joined(separator: "\n")
  }
}
