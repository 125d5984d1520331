import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardSettings
import OrchardTokenizers

/// How the rows of a recipe become tokens for one tokenizer and one kind of model.
public struct RecipeRendering {
  /// What makes tokens of prompts.
  public let renderer: Renderer
  private let recipe: TrainingRecipe
  private let reader: (any AnswerReader)?

  /// A task with its templates read.
  struct Task {
    var name: String
    var data: DatasetSettings
    var validation: DatasetSettings?
    var prompt: PromptSettings
    var ways: [PromptWay]
    var weight = 1.0

    /// The files that decide what is learned.
    var files: [String] { data.files + [prompt.examples].compactMap { $0 } }
  }

  /// The rendering of a recipe.
  ///
  /// - Throws: `DataError` or `TrainingError` where tokenizer or lengths do not fit.
  public init(_ runRecipe: any RunRecipe, _ tokenizer: Tokenizer, _ form: ExampleForm) throws {
    let recipe = runRecipe.training
    self.recipe = recipe
    reader = runRecipe.method.answers
    let shape = form.shape
    if let context = form.contextLength, shape != .encoderDecoder, recipe.rendering.maximumTokens > context {
      throw TrainingError(
        "rendering.maximum-tokens is \(recipe.rendering.maximumTokens), but the model's context holds \(context); "
          + "set it to \(context) or less")
    }
    let holdsConversations =
      ([recipe.prompt] + recipe.tasks.values.map(\.prompt) + recipe.watch.tasks.values.map(\.prompt))
      .contains { $0.messages != nil }
    renderer = try Renderer(
      tokenizer: tokenizer, shape: shape, settings: recipe.rendering,
      chat: holdsConversations ? try tokenizer.readChatTemplate() : nil, isFramed: runRecipe.method.isFramed(shape))
  }

  /// The training examples of all tasks.
  ///
  /// - Throws: `SettingsError` for a template that is unknown or broken; `DataError` at the first row that cannot be
  ///   rendered.
  public func training() throws -> RenderedDataset { try training(tasks) }

  func training(_ tasks: [Task]) throws -> RenderedDataset {
    if tasks.count == 1 { return try render(tasks[0].data, as: tasks[0]) }
    return RenderedDataset(joining: try tasks.map { ($0.name, try render($0.data, as: $0)) })
  }

  /// The tasks in the order of their names; one without a name where there is but one.
  var tasks: [Task] {
    get throws {
      guard recipe.tasks.isEmpty else {
        return try recipe.tasks.sorted { $0.key < $1.key }.map { name, task in
          try named(name) {
            Task(
              name: name, data: task.data, validation: task.validation, prompt: task.prompt,
              ways: try ways(task.prompt, also: task.templates), weight: task.weight)
          }
        }
      }
      guard let data = recipe.data else { throw TrainingError("the recipe names no data: set data.files, or tasks") }
      return [
        Task(
          name: "", data: data, validation: recipe.watch.validation, prompt: recipe.prompt,
          ways: try ways(recipe.prompt))
      ]
    }
  }

  func ways(_ prompt: PromptSettings, also others: [String] = []) throws -> [PromptWay] {
    try ([prompt.template] + others).map { template in
      var prompt = prompt
      prompt.template = template
      let composer = try prompt.composer()
      return PromptWay(composer: composer, worked: try prompt.workedExamples(composer))
    }
  }

  /// The rows of data files as tokens.
  ///
  /// - Throws: `DataError` at the first row that cannot be rendered, with the task's name where there are several.
  func render(_ settings: DatasetSettings, as task: Task) throws -> RenderedDataset {
    try render(settings, as: task, reader)
  }

  /// The rows of data files as tokens, with the answers that a `reader` finds in each.
  func render(
    _ settings: DatasetSettings, as task: Task, _ reader: (any AnswerReader)?
  ) throws -> RenderedDataset {
    try named(task.name) {
      let dataset = try Dataset(settings)
      let ways = try task.ways.map { way in
        PromptWay(
          composer: way.composer, worked: try way.worked.prepared(for: { try dataset.rows() }, task.prompt))
      }
      return try RenderedDataset(dataset, ways: ways, seed: recipe.seed, renderer: renderer, answers: reader)
    }
  }

  /// What goes wrong with a task, with its name.
  func named<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DataError where !name.isEmpty {
      throw DataError(file: error.file, line: error.line, problem: "\(error.problem) (task “\(name)”)")
    } catch let error as SettingsError where !name.isEmpty {
      throw TrainingError("task “\(name)”: \(error)")
    }
  }
}
