import ArgumentParser
import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels

/// `orchard score`: how likely a model finds texts.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Tell how likely a model finds continuations, choices or whole texts.",
    discussion: """
      --pairs is JSONL, or another table. A row has a “context” (or “prompt”) and a “continuation” (or “completion”), \
      or several “choices” with an “answer”: its place from 0, or its text. Continuations are scored as they stand; \
      before a choice comes a space where none is. Told are the log-probability in nats, the number of tokens, and \
      whether greedy decoding would give them; for choices the accuracy, also by log-probability for each letter \
      (acc_norm). White space at a context's end is moved to the continuation, as in lm-evaluation-harness.

      --text is a file that is one text (with .jsonl, each row's “text”): its log-likelihood and its perplexity for \
      each token, word and byte. Long texts are read in windows; every token is scored once. With a --stride below \
      the window, windows overlap and every token has more before it, which takes longer.

      Examples:
        orchard score --model DIR --pairs questions.jsonl
        orchard score --model OWNER/NAME --pairs pairs.jsonl --json
        orchard score --model DIR --text test.txt
        orchard score --model DIR --text test.txt --window 512 --stride 128
      """)

  @Option(help: ArgumentHelp("The model's folder, or OWNER/NAME on the hub.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("Contexts with their continuations or choices, one a row.", valueName: "file"))
  var pairs: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("A text to find the perplexity of; several times for several.", valueName: "file"))
  var text: [String] = []

  @Option(
    parsing: .unconditional,
    help: "What stands between context and continuation. (default: a space before choices, else nothing)")
  var separator: String?

  @Option(help: "Texts: the most tokens that are read at once. (default: the model's context)")
  var window: Int?

  @Option(help: "Texts: how many tokens each further window scores. (default: the window)")
  var stride: Int?

  @Option(help: "Continuations or windows computed side by side; the numbers do not depend on it.")
  var batchSize = 8

  @OptionGroup var adapted: AdapterOptions

  @OptionGroup var engine: EngineOptions

  @OptionGroup var precision: WeightOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    try adapted.refuseChoice()
    if (pairs == nil) == text.isEmpty { throw ValidationError("name --pairs or --text: what is to be scored.") }
    if pairs != nil, window != nil || stride != nil {
      throw ValidationError("--window and --stride are for --text: a continuation is read in one go.")
    }
    if !text.isEmpty, separator != nil { throw ValidationError("--separator is for --pairs: a text has no context.") }
    for (name, value) in [("window", window), ("stride", stride), ("batch-size", batchSize)] {
      if let value, value < 1 { throw ValidationError("--\(name) is \(value); it takes a number from 1.") }
    }
    if let window, let stride, stride > window {
      throw ValidationError("--stride is \(stride), but the window holds \(window) tokens; some would be left out.")
    }
  }

  func run() throws {
    // What is to be scored is read first: what is wrong with it is then told at once.
    let rows = try pairs.map { try ScoredRow.all(in: $0, separator: separator) }
    let texts = try ScoredText.all(in: text)
    let folder = try ModelPlace.folder(model)
    let device = try engine.start()
    let scorer = TextScorer(try adapted.generator(folder, precision.dtype.format, on: device))
    Interruption.catchSignals()
    if let rows { try score(rows, by: scorer) } else { try score(texts, by: scorer) }
  }

  private func score(_ rows: [ScoredRow], by scorer: TextScorer) throws {
    let pairs = rows.flatMap(\.pairs)
    let progress = ProgressLine(total: pairs.count, unit: "continuations")
    let likelihoods = try scorer.score(pairs, batchSize: batchSize) { done in
      progress.update(done)
      try Interruption.check("nothing was written")
    }
    progress.finish()
    var report = PairReport()
    var start = 0
    for (number, row) in rows.enumerated() {
      let own = Array(likelihoods[start..<start + row.pairs.count])
      start += own.count
      let line = report.add(row, own, number: number)
      try Console.result(format.json ? line.json.text : line.text)
    }
    if report.cut > 0 {
      Console.warn(
        "\(report.cut) of \(pairs.count) contexts were cut at their beginning: the model's context holds "
          + "\(scorer.generator.model.properties.contextLength ?? 0) tokens")
    }
    try Console.result(format.json ? report.json.text : report.text)
  }

  private func score(_ texts: [ScoredText], by scorer: TextScorer) throws {
    let whole = try scorer.defaultWindow()
    let window = try RollingWindow(length: window ?? max(whole.length, 1), stride: stride)
    var progress: ProgressLine?
    let scores = try scorer.score(texts: texts.map(\.text), window: window, batchSize: batchSize) { done, total in
      let line = progress ?? ProgressLine(total: total, unit: "tokens")
      progress = line
      line.update(done)
      try Interruption.check("nothing was written")
    }
    progress?.finish()
    guard let first = scores.first else { return }
    let all = scores.dropFirst().reduce(first, +)
    if format.json {
      for (text, score) in zip(texts, scores) { try Console.result(score.object(of: text, window)) }
      if texts.count > 1 { try Console.result(all.object(of: nil, window)) }
      return
    }
    if texts.count > 1, texts.count <= 20 {
      for (text, score) in zip(texts, scores) { try Console.result("\(text.name): \(score.line)") }
      try Console.result("")
    }
    try Console.result(all.table(texts: texts.count, window))
  }
}
