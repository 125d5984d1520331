import OrchardSettings

enum Schedule: String, NamedChoice { case linear, cosine, constant }

struct ClippingSettings: SettingsGroup, Equatable {
  var norm: Double? = 1.0
  static let help = "Clipping of gradients."
  static var fields: [Field<Self>] { [Field("norm", \.norm, "Largest norm of all gradients together.", .above(0))] }
}

struct TrainingSettings: SettingsGroup, Equatable {
  var steps = 100
  var warmUp = 10
  var learningRate = 5e-5
  var betas = [0.9, 0.999]
  var schedule = Schedule.linear
  var metric = "rouge"
  var clipping = ClippingSettings()

  static var fields: [Field<Self>] {
    [
      Field("steps", \.steps, "Steps to take.", .range(1...)),
      Field("warm-up", \.warmUp, "Steps until the learning rate is reached.", .range(0...)),
      Field("learning-rate", \.learningRate, "Largest step size.", .above(0)),
      Field("betas", \.betas, "Decay of the two moments.", .range(0..<1)),
      Field("schedule", \.schedule, "How the learning rate goes."),
      Field("metric", \.metric, "What decides which checkpoint is best.", in: metrics),
      Field("clipping", \.clipping, ClippingSettings.help),
    ]
  }

  var complaints: [SettingsComplaint] {
    warmUp > steps ? [SettingsComplaint("warm-up", "is \(warmUp), more than the \(steps) steps of the run")] : []
  }
}

let metrics = Catalog<Int>(
  of: "metric", [.init("rouge", "Overlap of words.", 1), .init("bleu", "Precision of n-grams.", 2)])

struct AdamSettings: SettingsGroup {
  var decay = 0.01
  static var fields: [Field<Self>] { [Field("decay", \.decay, "Weight decay.", .range(0...))] }
}

struct AdafactorSettings: SettingsGroup {
  var relative = true
  static var fields: [Field<Self>] { [Field("relative", \.relative, "Steps relative to the weights.")] }
}

struct OptimiserChoice: SettingsChoice {
  static let catalog = Catalog<any SettingsGroup.Type>(
    of: "optimiser",
    [.init("adam", "Adam.", AdamSettings.self), .init("adafactor", "Adafactor.", AdafactorSettings.self)])
  var settings: any SettingsGroup
  init(_ settings: any SettingsGroup) { self.settings = settings }
}

struct SourceSettings: SettingsGroup, Equatable {
  var path = "data/train.jsonl"
  var weight = 1.0
  static var fields: [Field<Self>] {
    [
      Field("path", \.path, "The file.", required: true),
      Field("weight", \.weight, "Its share.", .range(0...)),
    ]
  }
}

struct Recipe: SettingsGroup {
  var name = "a: \"run\" – no"
  var stop: [String] = ["\n", "no", "1e-4", "# x"]
  var columns: [String: String] = ["dialogue": "text"]
  var samples = true
  var seed: Int? = nil
  var training = TrainingSettings()
  var optimiser = OptimiserChoice(AdamSettings())
  var sources = [SourceSettings()]

  static let help = "A recipe of the tests."
  static var fields: [Field<Self>] {
    [
      Field("name", \.name, "What the run is called."),
      Field("stop", \.stop, "Texts that end an answer."),
      Field("columns", \.columns, "Placeholders and their columns."),
      Field("samples", \.samples, "Whether to print samples."),
      Field("seed", \.seed, "Where randomness begins; empty for a new one each time.", .range(0...)),
      Field("training", \.training, "The run."),
      Field("optimiser", \.optimiser, "How weights are changed."),
      Field("sources", \.sources, "The data."),
    ]
  }
}

/// The messages of what is wrong with a text.
func problems(_ yaml: String, overrides: [String] = []) -> [String] {
  do {
    _ = try Recipe(yaml: yaml, file: "recipe.yaml", overrides: overrides)
    return []
  } catch {
    return error.problems.map(\.description)
  }
}
