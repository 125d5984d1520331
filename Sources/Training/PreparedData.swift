import Foundation
import OrchardDatasets
import OrchardSettings
import OrchardTokenizers

/// The data of a recipe as tokens for one model: what training, and a preview of it, begin with.
public struct PreparedData {
  /// The training examples.
  public let training: RenderedDataset
  /// The template; nil where several tasks, several templates of one, or conversations were learned.
  public let template: PromptTemplate?
  let validation: Validation?
  let heldOut: HeldOutTasks
  let stream: BatchStream
  /// The files that the data comes from.
  let files: [HashedFile]

  init(_ runRecipe: any RunRecipe, _ tokenizer: Tokenizer, _ form: ExampleForm) throws {
    let recipe = runRecipe.training
    let rendering = try RecipeRendering(runRecipe, tokenizer, form)
    let tasks = try rendering.tasks
    training = try rendering.training(tasks)
    template =
      tasks.count == 1 && tasks[0].ways.count == 1 && tasks[0].prompt.messages == nil
      ? tasks[0].ways[0].composer.template : nil
    let padding = form.paddingToken ?? tokenizer.paddingID ?? 0
    var batches = recipe.batches
    if batches.seed == 0 { batches.seed = recipe.seed }
    let weights = tasks.map(\.weight)
    stream = try BatchStream(
      training, settings: batches, paddingID: padding, capacity: recipe.rendering.maximumTokens,
      mix: tasks.count == 1 ? nil : { Mixture($0, weights: weights, settings: recipe.mixture) })
    let held = try tasks.compactMap { task in
      try task.validation.map { (task.name, try rendering.render($0, as: task)) }
    }
    validation =
      held.isEmpty ? nil : Validation(held, size: recipe.batches.size, paddingID: padding, watch: recipe.watch)
    heldOut = try HeldOutTasks(recipe.watch, rendering, paddingID: padding, size: recipe.batches.size)
    files = try (tasks.flatMap(\.files)).map { try HashedFile($0) }
  }

  /// The digest of the data files' contents: a resumed run must read the same.
  var hash: String {
    var digest = SHA256()
    for file in files { digest.update(Array(file.digest.utf8)) }
    return digest.hex()
  }
}
