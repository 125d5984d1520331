import ArgumentParser
import Foundation
import OrchardDatasets
import OrchardFeedback
import OrchardJSON

/// `orchard feedback import`: what people have found elsewhere.
struct FeedbackImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take in what people have found elsewhere: pairs, rankings, answers that are good or bad.",
    discussion: """
      Rows have a prompt with chosen and rejected, with answers and ranks, or with completion and label. Pairs and \
      rankings answer a question to rank, labels one for thumbs; a prompt that is in the file already is left out. \
      Answers to one prompt that stand in several rows are taken together where they have labels.

      Examples:
        orchard feedback import feedback.sqlite --file preferences.jsonl --as-rater "the old survey"
      """)

  @OptionGroup var place: FeedbackPlace

  @Option(help: ArgumentHelp("The rows: JSONL, JSON, CSV or TSV.", valueName: "rows"))
  var file: String

  @Option(help: "The field with the prompt.")
  var prompt = "prompt"

  @Option(help: ArgumentHelp("The name under which the judgements stand.", valueName: "name"))
  var asRater = "import"

  @Option(help: ArgumentHelp("The question that they answer.", valueName: "name"))
  var criterion = "helpfulness"

  @Option(help: "What the question says, where its name is your own.")
  var instruction: String?

  func run() throws {
    let rows = try Dataset(file: URL(filePath: file)).rows()
    let store = try FeedbackStore(place.url, creates: true)
    let found = try ImportedFeedback(rows, promptField: prompt)
    var taken = 0
    for one in found.items {
      let name = one.task == .thumbs ? "\(criterion), good or bad" : criterion
      let question = try FeedbackQuestion(
        criterion: name, task: one.task,
        instruction: instruction ?? FeedbackQuestion.known[criterion])
      let isNew = try store.add(
        prompt: one.prompt, fields: one.fields, answers: one.answers, judgement: one.judgement, question: question,
        rater: asRater, time: Date().timeIntervalSince1970)
      if isNew { taken += 1 }
    }
    Console.note("\(taken) prompts taken in, \(found.items.count - taken) there already")
  }
}
