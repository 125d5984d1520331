import ArgumentParser
import Foundation
import OrchardEncoders
import OrchardJSON

/// `orchard fill`: the likeliest words for the gaps of a text.
package struct FillCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fill",
    abstract: "Fill the gaps of texts with the likeliest tokens of a masked language model.",
    discussion: """
      The model is a Hugging Face folder with a masked head (BertForMaskedLM and its kin). A gap is written as the \
      model's own mask token, or as <mask> or [MASK] for any model. Each filling gives a line with its probability \
      and the token; with --json each text gives one object with text and gaps, a list for each gap.

      Examples:
        orchard fill --model DIR "Paris is the <mask> of France."
        orchard fill --model DIR --file gaps.txt --top 10 --json
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @OptionGroup(title: "Texts")
  var source: TextsOptions

  @Option(help: "How many tokens to tell for each gap.")
  var top = 5

  @Option(help: "Texts computed side by side; the answers do not depend on it.")
  var batchSize = 32

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: PrecisionOptions

  @OptionGroup var format: OutputOptions

  package init() {}

  package func validate() throws {
    for (name, value) in [("top", top), ("batch-size", batchSize)] where value < 1 {
      throw ValidationError("--\(name) is \(value); it takes a number from 1.")
    }
  }

  package func run() throws {
    let folder = try ModelPlace.folder(model)
    let texts = try source.read()
    let device = try engine.start()
    let filler = try MaskFiller(folder: folder, dtype: precision.dtype.dtype, on: device)
    Interruption.catchSignals()
    let progress = ProgressLine(total: texts.count, unit: "texts")
    let results = try filler.fill(texts, top: top, batchSize: batchSize) {
      if texts.count > 1 { progress.update($0) }
      try Interruption.check("nothing was written")
    }
    if texts.count > 1 { progress.finish() }
    for (text, gaps) in zip(texts, results) {
      if format.json {
        try Console.result(
          JSONObject([("text", .string(text)), ("gaps", .array(gaps.map { .array($0.map(Self.json)) }))]))
        continue
      }
      if texts.count > 1 { try Console.result(text) }
      for (number, fillings) in gaps.enumerated() {
        let start = gaps.count > 1 ? "\(number + 1)\t" : ""
        for filling in fillings {
          try Console.result(start + String(format: "%.4f", filling.score) + "\t\(filling.text)")
        }
      }
    }
  }

  private static func json(_ filling: MaskFiller.Filling) -> JSONValue {
    .object(
      JSONObject([
        ("token_id", .integer(filling.token)), ("token", .string(filling.text)),
        ("score", .number(Double(filling.score))),
      ]))
  }
}
