import Foundation
import OrchardDatasets
import OrchardEncoders
import OrchardModels
import OrchardSettings
import OrchardTokenizers

/// The data of a recipe as tokens for one model: what training, and a preview of it, begin with.
public struct PreparedData {
  /// The training examples.
  public let training: RenderedDataset
  /// The template.
  public let template: PromptTemplate
  let validation: Validation?
  let stream: BatchStream
  /// The files that the data comes from.
  let files: [HashedFile]

  init(_ recipe: TrainingRecipe, _ tokenizer: Tokenizer, _ properties: ModelProperties) throws {
    let rendering = try RecipeRendering(recipe, tokenizer, properties)
    training = try rendering.render(recipe.data)
    template = rendering.composer.template
    let padding = properties.paddingToken ?? tokenizer.paddingID ?? 0
    var batches = recipe.batches
    if batches.seed == 0 { batches.seed = recipe.seed }
    stream = try BatchStream(
      training, settings: batches, paddingID: padding, capacity: recipe.rendering.maximumTokens)
    validation = try recipe.watch.validation.map { settings in
      Validation(
        try rendering.render(settings), size: recipe.batches.size, paddingID: padding, watch: recipe.watch)
    }
    files = try (recipe.data.files + [recipe.prompt.examples].compactMap { $0 }).map { try HashedFile($0) }
  }

  /// The digest of the data files' contents: a resumed run must read the same.
  var hash: String {
    var digest = SHA256()
    for file in files { digest.update(Array(file.digest.utf8)) }
    return digest.hex()
  }
}

/// How the rows of a recipe become tokens for one tokenizer and one kind of model.
public struct RecipeRendering {
  /// What makes prompts of rows.
  public let composer: PromptComposer
  /// What makes tokens of prompts.
  public let renderer: Renderer
  private let worked: WorkedExamples
  private let prompt: PromptSettings

  /// The rendering of a recipe.
  ///
  /// - Throws: `SettingsError`, `DataError` or `TrainingError` where template, examples or lengths do not fit.
  public init(_ recipe: TrainingRecipe, _ tokenizer: Tokenizer, _ properties: ModelProperties) throws {
    composer = try recipe.prompt.composer()
    prompt = recipe.prompt
    worked = try prompt.workedExamples(composer)
    let shape: SequenceShape = properties.kind == .encoderDecoder ? .encoderDecoder : .decoderOnly
    if let context = properties.contextLength, shape == .decoderOnly, recipe.rendering.maximumTokens > context {
      throw TrainingError(
        "rendering.maximum-tokens is \(recipe.rendering.maximumTokens), but the model's context holds \(context); "
          + "set it to \(context) or less")
    }
    renderer = try Renderer(tokenizer: tokenizer, shape: shape, settings: recipe.rendering)
  }

  /// The rows of data files as tokens.
  ///
  /// - Throws: `DataError` at the first row that cannot be rendered.
  public func render(_ settings: DatasetSettings) throws -> RenderedDataset {
    let dataset = try Dataset(settings)
    return try RenderedDataset(
      dataset, composer: composer, worked: worked.prepared(for: { try dataset.rows() }, prompt), renderer: renderer)
  }
}
