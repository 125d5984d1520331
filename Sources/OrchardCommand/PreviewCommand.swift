import ArgumentParser
import Foundation
import OrchardAlignment
import OrchardDatasets
import OrchardJSON
import OrchardModels
import OrchardTokenizers
import OrchardTraining

/// `orchard preview`: shows what a recipe's model would read and learn.
struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show a recipe's examples as the model reads them, what it learns in colour.",
    discussion: """
      What is supervised is green on a terminal, and between ⟦ and ⟧ elsewhere. The last line counts the whole data \
      set: examples, tokens, supervised tokens, what was shortened or dropped.

      Examples:
        orchard preview recipe.yaml
        orchard preview recipe.yaml --count 10 --tokens
        orchard preview recipe.yaml rendering.maximum-source-tokens=128 --json
      """)

  @OptionGroup var source: RecipeArguments

  @Option(help: "How many examples to show.")
  var count = 3

  @Flag(help: "Show every token apart.")
  var tokens = false

  @OptionGroup var format: OutputOptions

  func validate() throws {
    if source.recipe == nil { throw ValidationError("name a recipe; orchard train --example prints one.") }
    if count < 0 { throw ValidationError("--count is \(count); it takes a number from 0.") }
  }

  func run() throws {
    let recipe = try source.read()
    let folder = URL(filePath: recipe.training.model.folder)
    let form = try ExampleForm(folder: folder, head: recipe.method.head)
    let tokenizer = try Tokenizer(folder: folder)
    let dataset = try RecipeRendering(recipe, tokenizer, form).training()
    let marking = TokenPreview.Marking.suited(
      isTerminal: Terminal.standardOutput.isInteractive, environment: ProcessInfo.processInfo.environment)
    let preview = TokenPreview(tokenizer: tokenizer, marking: marking, showsTokens: tokens)
    for number in dataset.examples.indices.prefix(count) {
      let example = dataset.example(number, epoch: 0)
      try Console.result(format.json ? preview.json(example).text : preview.text(example) + "\n")
    }
    try Console.result(format.json ? dataset.report.json.text : dataset.report.text)
  }
}
