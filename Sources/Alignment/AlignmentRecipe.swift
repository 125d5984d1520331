import OrchardDatasets
import OrchardSettings
import OrchardTraining

/// Everything that decides a run, whichever method it learns by: fine-tuning's keys, the method, and where rows have what
/// people preferred.
public struct AlignmentRecipe: RunRecipe {
  /// What all runs need.
  public var training = TrainingRecipe()
  /// By what the run learns.
  public var methodChoice = MethodChoice(FineTuneSettings())
  /// Where rows have the answers that people have compared or judged.
  public var preferences = PreferenceSettings()

  /// The recipe with its defaults.
  public init() {}

  /// By what the run learns.
  public var method: any TrainingMethod { methodChoice.method(preferences) }

  /// What a recipe is for.
  public static let help =
    "A recipe for training a language model: on prompts and completions, or on what people preferred."

  /// A recipe to begin with.
  public static var example: AlignmentRecipe {
    var recipe = AlignmentRecipe()
    recipe.training = .example
    return recipe
  }

  /// A recipe to begin with for the method of a name.
  ///
  /// - Throws: `SettingsError` with the nearest name where there is none of that name.
  public static func example(method name: String) throws(SettingsError) -> AlignmentRecipe {
    let type = try Methods.catalog.find(name)
    var recipe = example
    recipe.methodChoice = MethodChoice(type.example)
    return recipe
  }

  /// The settings of a recipe.
  public static var fields: [Field<Self>] {
    var fields: [Field<Self>] = TrainingRecipe.fields.map { Field($0, of: \.training) }
    // Behind the output: what is learned by goes before what it is learned on.
    fields.insert(
      Field(
        "method", \.methodChoice,
        "By what the run learns: fine-tune on completions; classify on labels; reward, dpo, ipo, kto, orpo or simpo on what people preferred; ppo, grpo, rloo or best-of on rewards."
      ),
      at: 1)
    let place = fields.firstIndex { $0.name == "prompt" } ?? fields.count
    fields.insert(
      Field("preferences", \.preferences, "Where rows have the answers that people have compared or judged."),
      at: place)
    return fields
  }

  /// What does not go together.
  public var complaints: [SettingsComplaint] {
    training.complaints + preferenceComplaints + (methodChoice.settings is FineTuneSettings ? [] : methodComplaints)
  }

  /// What the method does not read of the preferences.
  private var preferenceComplaints: [SettingsComplaint] {
    if preferences != PreferenceSettings(), !(method.answers is PreferenceReader) {
      return [
        SettingsComplaint(
          "preferences",
          "has no effect on \(method.name), which learns from none; choose a method that does: dpo")
      ]
    }
    if preferences.margin != nil, !(methodChoice.settings is RewardSettings) {
      return [
        SettingsComplaint(
          "preferences", "has a margin, which reward models alone learn; leave it out for \(method.name)")
      ]
    }
    if preferences.probability != nil, methodChoice.settings is KTOSettings {
      return [
        SettingsComplaint("preferences", "has a probability, which is of pairs, and kto learns answers one by one")
      ]
    }
    return []
  }

  /// What belongs to fine-tuning, or goes against the method.
  private var methodComplaints: [SettingsComplaint] {
    let kind = methodChoice.kind
    let idle = [
      (
        "regularize", training.regularize != .none,
        "is for fine-tuning; \(kind) holds the model near its original by its own settings, if it does"
      ),
      ("label-smoothing", training.labelSmoothing != 0, "is for fine-tuning; see the settings of method: \(kind)"),
      ("batches", training.batches.packing, "has packing, and answers that are compared have a row each; turn it off"),
      (
        "rendering", training.rendering.supervise != .completion,
        "has supervise: \(training.rendering.supervise.rawValue), and answers are compared by their own tokens alone; "
          + "leave it out"
      ),
      (
        "rendering", training.rendering.overLong == .split,
        "has over-long: split, which is for texts without prompts; take truncate or drop"
      ),
      (
        "batches", methodChoice.settings is KTOSettings && training.batches.size < 2,
        "has the size \(training.batches.size), and kto estimates drift from the other rows of a batch; take 2 or more"
      ),
      (
        "watch", method.head != .own && !training.watch.tasks.isEmpty,
        "has tasks, which a model answers, and \(kind) makes one that answers nothing; leave them out"
      ),
      (
        "model", training.model.fromNothing && method.needsOriginal(training),
        "has from-nothing, and \(kind) holds a model near what it was; begin with one that has learned something"
      ),
    ]
    return idle.filter(\.1).map { SettingsComplaint($0.0, $0.2) }
  }
}
