import OrchardDatasets
import OrchardGeneration
import OrchardSettings

/// Everything that decides how a model is aligned by principles instead of by people's labels.
///
/// Bai and others, "Constitutional AI: harmlessness from AI feedback", 2022.
public struct ConstitutionRecipe: SettingsGroup {
  /// The folder that all texts are kept in.
  public var output = "constitution"
  /// The model that answers.
  public var model = ConstitutionModelSettings()
  /// Who criticises and revises; the model itself where none is named.
  public var critic = ConstitutionModelSettings()
  /// Who judges pairs; the model itself where none is named.
  public var judge = ConstitutionModelSettings()
  /// The prompts, such as those of people who tried to get harm out of a model.
  public var data = DatasetSettings(file: "prompts.jsonl")
  /// The field with the prompt.
  public var promptField = "prompt"
  /// A file of principles; nil for those that come with Orchard.
  public var principles: String?
  /// A file with worked critiques and revisions, a text; nil for those that come with Orchard, empty for none.
  public var examples: String?
  /// Critiques and revisions of each answer; 0 for none at all.
  public var rounds = 2
  /// Answers that are compared for each prompt; 0 for no comparison.
  public var candidates = 2
  /// Whether the judge reasons before it judges.
  public var reasons = true
  /// Probabilities nearer to one half than this give no pair.
  public var certainty = 0.1
  /// What stands before what a person says.
  public var humanMark = "Human:"
  /// What stands before an answer.
  public var assistantMark = "Assistant:"
  /// How texts are generated.
  public var generation = GenerationSettings()
  /// Texts that are generated side by side.
  public var batchSize = 8

  /// The recipe with its defaults.
  public init() {
    generation.sample = true
    generation.maxNewTokens = 160
  }

  /// What a recipe is for.
  public static let help =
    "A recipe for aligning a model by principles: answers, critiques, revisions, and pairs that a model judges."

  /// The settings of the recipe.
  public static var fields: [Field<Self>] {
    [
      Field("output", \.output, "The folder that all texts are kept in."),
      Field("model", \.model, "The model that answers."),
      Field("critic", \.critic, "Who criticises and revises; empty for the model itself."),
      Field("judge", \.judge, "Who judges pairs of answers; empty for the model itself."),
      Field("data", \.data, "The prompts."),
      Field(
        "prompt-field", \.promptField,
        "The field with the prompt, or with a conversation that ends where the answer begins."),
      Field("principles", \.principles, "A file of principles; empty for those that come with Orchard."),
      Field(
        "examples", \.examples, "A file of worked critiques and revisions; empty for those that come with Orchard."),
      Field("rounds", \.rounds, "Critiques and revisions of each answer, one after the other.", .range(0...16)),
      Field(
        "candidates", \.candidates, "Answers to each prompt that are compared pair by pair; 0 for none.", .range(0...16)
      ),
      Field("reasons", \.reasons, "Whether the judge reasons before it judges."),
      Field("certainty", \.certainty, "How far from one half a probability has to be to give a pair.", .range(0..<0.5)),
      Field("human-mark", \.humanMark, "What stands before what a person says."),
      Field("assistant-mark", \.assistantMark, "What stands before an answer."),
      Field("generation", \.generation, "How texts are generated, and the seed of all that is drawn."),
      Field(
        "batch-size", \.batchSize, "Texts that are generated side by side; they do not depend on it.", .range(1...)),
    ]
  }

  /// What does not go together.
  public var complaints: [SettingsComplaint] {
    var found: [SettingsComplaint] = []
    if model.isEmpty { found.append(SettingsComplaint("model", "names neither a folder nor a server")) }
    if candidates == 1 {
      found.append(SettingsComplaint("candidates", "is 1, and one answer has none to be compared with"))
    }
    if rounds == 0, candidates == 0 {
      found.append(SettingsComplaint("rounds", "is 0 as candidates is, so nothing would be done"))
    }
    if generation.maxNewTokens == nil {
      found.append(SettingsComplaint("generation", "needs max-new-tokens: a critique may go on for ever"))
    }
    if [model, critic, judge].contains(where: { $0.url != nil }) {
      let idle = LogitSteps.kinds.map(\.name).filter { generation[step: $0] != nil && ServerWriter.names[$0] == nil }
      found += idle.map {
        SettingsComplaint("generation", "has \($0), which OpenAI-style servers do not know; leave it out")
      }
    }
    return found
  }

  /// A recipe to begin with.
  public static var example: ConstitutionRecipe {
    var recipe = ConstitutionRecipe()
    recipe.model.folder = "work/run/model"
    return recipe
  }
}
