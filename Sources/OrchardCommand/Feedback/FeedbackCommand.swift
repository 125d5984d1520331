import ArgumentParser
import Foundation
import OrchardFeedback

/// `orchard feedback`: what people think of a model's answers.
struct FeedbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feedback",
    abstract: "Have people judge a model's answers, and make of it what a model can learn from.",
    discussion: """
      collect has a model answer prompts several times; serve shows a page on which people rank the answers, call them \
      good or bad, or correct them; export writes what they found as rows for orchard train (method: reward, dpo, kto \
      …); agreement tells how far they agree. All of it is kept in one SQLite file.

      Examples:
        orchard feedback collect feedback.sqlite --model runs/summary --prompts prompts.jsonl --completions 4
        orchard feedback serve feedback.sqlite --rater Ann --rater Ben --overlap 2
        orchard feedback agreement feedback.sqlite
        orchard feedback export feedback.sqlite --output preferences.jsonl
      """,
    subcommands: [
      FeedbackCollectCommand.self, FeedbackServeCommand.self, FeedbackExportCommand.self,
      FeedbackAgreementCommand.self, FeedbackImportCommand.self,
    ])
}

/// The file with the feedback.
struct FeedbackPlace: ParsableArguments {
  @Argument(help: ArgumentHelp("The SQLite file with answers and judgements.", valueName: "file"))
  var file: String

  var url: URL { URL(filePath: file) }
}

/// What people are asked.
struct QuestionOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      """
      What answers are judged by: helpfulness, honesty, harmlessness, or a name of your own with --instruction; several \
      times for several. (default: helpfulness, where nothing is asked yet)
      """, valueName: "name"))
  var criterion: [String] = []

  @Option(help: "What is done with the answers: rank, thumbs or correct.")
  var task = FeedbackQuestion.Task.rank

  @Option(help: "What raters are told about a criterion, in a sentence or two.")
  var instruction: String?

  func validate() throws {
    if instruction != nil, criterion.count != 1 {
      throw ValidationError("--instruction explains one criterion; give --criterion once.")
    }
  }

  /// Asks what is wanted; where nothing is asked at all, for helpfulness.
  func ask(in store: FeedbackStore) throws {
    var names = criterion
    if names.isEmpty, try store.questions().isEmpty { names = ["helpfulness"] }
    for name in names {
      try store.ask(try FeedbackQuestion(criterion: name, task: task, instruction: instruction))
    }
  }
}

extension FeedbackQuestion.Task: ExpressibleByArgument {}
