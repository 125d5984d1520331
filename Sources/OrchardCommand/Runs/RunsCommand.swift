import ArgumentParser

/// `orchard runs`: what the folders of training runs tell.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show and compare training runs.",
    discussion: """
      Examples:
        orchard runs list work
        orchard runs show work/run
        orchard runs compare work/run work/other --output comparison.html
      """,
    subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self])
}
