import ArgumentParser
import Foundation
import OrchardTensors

/// The command `orchard`: one subcommand for each thing one does with a model.
@main
struct OrchardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orchard",
    abstract: "The life-cycle of a language model: choose, prompt, fine-tune, align, evaluate.",
    discussion: """
      Every subcommand explains itself with --help. With --json, results are lines of JSON on standard output; \
      everything meant for people goes to standard error.

      Exit codes: 0 success, 1 failure, 64 wrong usage, 130 interrupted (the work can be resumed).
      """,
    version: Release.version,
    subcommands: [
      DoctorCommand.self, PullCommand.self, InspectCommand.self, TokenizeCommand.self, TokenizerCommand.self,
      CreateCommand.self, GenerateCommand.self, ChatCommand.self, EmbedCommand.self, ClassifyCommand.self,
      FillCommand.self, AnswerCommand.self, ScoreCommand.self,
      DialoguesCommand.self, PreviewCommand.self, PlanCommand.self, TrainCommand.self,
      FeedbackCommand.self, ConstitutionCommand.self, RewardCommand.self, EvaluateCommand.self, ReportCommand.self,
      RunsCommand.self, AdapterCommand.self,
    ])

  /// Runs the command line and ends the process with its exit code.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Foundation.exit(Ending(of: error).tell())
    }
  }
}
