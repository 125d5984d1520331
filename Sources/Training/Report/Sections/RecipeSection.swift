import Foundation
import OrchardReports

extension ReportSection {
  /// Every setting that the run went by.
  static func recipe(_ history: RunHistory) -> ReportSection {
    .facts("Recipe", Readable.facts(history.recipe), isFolded: true)
  }

  /// Commands to go on with.
  static func goingOn(_ history: RunHistory) -> ReportSection {
    let path = history.folder.url.relativePath
    var commands: [ReportFact] = []
    if let result = history.folder.result {
      let name = result.lastPathComponent
      commands.append(
        ReportFact("Ask the \(name)", "orchard generate --model \(path)/\(name) --max-new-tokens 64 --prompt \"…\""))
    } else {
      commands.append(ReportFact("Go on with the run", "orchard train \(path)/recipe.yaml --resume"))
    }
    commands.append(ReportFact("Watch it in TensorBoard", "tensorboard --logdir \(path)"))
    return .commands("Go on", commands)
  }
}
