import OrchardGrammars
import OrchardSettings

/// How texts are generated.
///
/// Unless chance chooses or there are several beams, each token is the likeliest ("greedy").
public struct GenerationSettings: SettingsGroup, Hashable {
  /// The greatest number of new tokens; nil takes the checkpoint's own limit, or what the context leaves.
  public var maxNewTokens: Int?
  /// Whether chance chooses each token by its probability.
  public var sample = false
  /// The values of the logit steps that are switched on, by name.
  fileprivate var steps: [String: StoredStepValue] = [:]
  /// How many texts beam search keeps beside each other; 1 is no beam search.
  public var beams = 1
  /// The power of the length by which a finished beam's score is divided; above 0 favours long texts.
  public var lengthPenalty = 1.0
  /// When beam search ends.
  public var earlyStopping = EarlyStopping.no
  /// How many groups the beams search in; each is kept from choosing what the ones before it choose.
  public var beamGroups = 1
  /// Phrases that must occur, found by beam search.
  public var forceWords: [ForcedPhrase] = []
  /// How many texts a prompt gets.
  public var returnSequences = 1
  /// Texts that end generation; they are not part of the result.
  public var stop: [String] = []
  /// Where sampling's random numbers begin.
  public var seed = 0
  /// How many tokens of a prompt are read at once: memory for reading is bounded so.
  public var prefillChunk = 512
  /// How many seconds a text may take; nil sets no bound.
  public var maxTime: Double?
  /// How many of the likeliest tokens are told beside each chosen one.
  public var alternatives = 0
  /// Contrastive search: how much being unlike what stands before counts against being likely.
  public var contrast: Double?
  /// The early layers that the last one is contrasted with; nil for none.
  public var earlyLayers: EarlyLayers?
  /// How tokens are drafted.
  public var draft = DraftSettings()
  /// Classifier-free guidance.
  public var guidance = GuidanceSettings()
  /// A regular expression that each text follows from end to end.
  public var regex: String?
  /// A JSON schema that each text follows: a file's path, or the schema itself, which begins with a brace.
  public var jsonSchema: String?
  /// Whether each text is a JSON object.
  public var json = false
  /// The white space of JSON texts.
  public var jsonSpacing = JSONSpacing.free

  /// Greedy decoding.
  public init() {}

  /// The value of the logit step called `name` that takes a number, or nil where it is off.
  ///
  /// Setting a number that the step cannot take, such as half a token, switches it off.
  public subscript(step name: String) -> Double? {
    get { steps[name]?.value.number }
    set {
      let kind = LogitSteps.kinds.first { $0.name == name }
      steps[name] = newValue.flatMap { number in kind?.number(number) }.map { StoredStepValue($0) }
    }
  }

  /// The value of the logit step called `name`, in the type that it takes, or nil where it is off.
  public subscript<Value: LogitStepValue>(value name: String) -> Value? {
    get { steps[name]?.value as? Value }
    set { steps[name] = newValue.map { StoredStepValue($0) } }
  }

  /// Whether the logit step called `name` has a value.
  public func holds(step name: String) -> Bool { steps[name] != nil }

  /// Takes the value from the logit step called `name`.
  public mutating func remove(step name: String) { steps[name] = nil }

  /// What the group is for.
  public static let help = "How texts are generated."

  /// The settings, those of the logit steps among them.
  public static var fields: [Field<Self>] {
    [
      Field(
        "max-new-tokens", \Self.maxNewTokens,
        "Greatest number of new tokens; nothing takes the checkpoint's own limit, or what its context leaves.",
        .range(1...)),
      Field("sample", \Self.sample, "Whether chance chooses each token; otherwise it is the likeliest."),
    ] + LogitSteps.kinds.map(\.field) + [
      Field(
        "num-beams", \Self.beams, "Texts that beam search keeps beside each other; 1 is no beam search.", .range(1...)),
      Field("length-penalty", \Self.lengthPenalty, "Beam search: above 0 favours long texts, below 0 short ones."),
      Field("early-stopping", \Self.earlyStopping, "Beam search: when it ends, once it has as many texts as beams."),
      Field(
        "num-beam-groups", \Self.beamGroups, "Beam search: groups of beams that are kept apart by diversity-penalty.",
        .range(1...)),
      Field("force-words", \Self.forceWords, "Beam search: phrases that must occur; a list of several is any of them."),
      Field("num-return-sequences", \Self.returnSequences, "Texts that a prompt gets.", .range(1...)),
      Field("stop", \Self.stop, "Texts that end generation; they are not part of the result."),
      Field("seed", \Self.seed, "Where sampling's random numbers begin.", .range(0...)),
      Field(
        "prefill-chunk-size", \Self.prefillChunk, "How many tokens of a prompt are read at once, to bound memory.",
        .range(1...)),
      Field("max-time", \Self.maxTime, "Seconds that a text may take.", .above(0)),
      Field("top-logprobs", \Self.alternatives, "How many of the likeliest tokens are told with each.", .range(0...)),
    ] + contrastFields + layerFields + guidanceFields + draftFields + constraintFields
  }
}

extension StepSituation {
  /// The steps that the settings switch on and that take part, in the order in which they are applied.
  ///
  /// - Throws: `GenerationError` for a token that is not in the vocabulary, or a text without a tokenizer.
  public func steps() throws -> [any LogitStep] {
    try LogitSteps.kinds.compactMap { kind in
      guard let stored = settings.steps[kind.name], kind.takesPart(in: settings) else { return nil }
      return try kind.make(stored.value, self)
    }
  }
}
