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
  public private(set) var steps: [String: Double] = [:]
  /// How many texts beam search keeps beside each other; 1 is no beam search.
  public var beams = 1
  /// The power of the length by which a finished beam's score is divided; above 0 favours long texts.
  public var lengthPenalty = 1.0
  /// When beam search ends.
  public var earlyStopping = EarlyStopping.no
  /// Texts that end generation; they are not part of the result.
  public var stop: [String] = []
  /// Where sampling's random numbers begin.
  public var seed = 0
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

  /// The value of the logit step called `name`, or nil where it is off.
  public subscript(step name: String) -> Double? {
    get { steps[name] }
    set { steps[name] = newValue }
  }

  /// The value of a logit step that takes whole numbers.
  public subscript(wholeStep name: String) -> Int? {
    get { steps[name].map { Int($0) } }
    set { steps[name] = newValue.map(Double.init) }
  }

  /// What the group is for.
  public static let help = "How texts are generated."

  /// The settings, those of the logit steps among them.
  public static var fields: [Field<Self>] {
    let steps = LogitSteps.kinds.map { kind in
      kind.isWhole
        ? Field(kind.name, \Self.[wholeStep: kind.name], kind.help, kind.limits)
        : Field(kind.name, \Self.[step: kind.name], kind.help, kind.limits)
    }
    return [
      Field(
        "max-new-tokens", \Self.maxNewTokens,
        "Greatest number of new tokens; nothing takes the checkpoint's own limit, or what its context leaves.",
        .range(1...)),
      Field("sample", \Self.sample, "Whether chance chooses each token; otherwise it is the likeliest."),
    ] + steps + [
      Field(
        "num-beams", \Self.beams, "Texts that beam search keeps beside each other; 1 is no beam search.", .range(1...)),
      Field("length-penalty", \Self.lengthPenalty, "Beam search: above 0 favours long texts, below 0 short ones."),
      Field("early-stopping", \Self.earlyStopping, "Beam search: when it ends, once it has as many texts as beams."),
      Field("stop", \Self.stop, "Texts that end generation; they are not part of the result."),
      Field("seed", \Self.seed, "Where sampling's random numbers begin.", .range(0...)),
    ] + constraintFields
  }

  /// What does not go together.
  public var complaints: [SettingsComplaint] {
    var complaints: [SettingsComplaint] = []
    if beams > 1, sample {
      complaints.append(
        SettingsComplaint("num-beams", "is \(beams), but chance chooses (sample); use one or the other"))
    }
    for kind in LogitSteps.kinds where kind.part == .sampling && steps[kind.name] != nil && !sample {
      complaints.append(SettingsComplaint(kind.name, "has no effect unless chance chooses; set sample: true as well"))
    }
    if stop.contains("") { complaints.append(SettingsComplaint("stop", "holds an empty text, which ends every text")) }
    return complaints + constraintComplaints
  }

  /// The steps that are switched on, in the order in which they are applied.
  public var logitSteps: [any LogitStep] {
    LogitSteps.kinds.compactMap { kind in
      guard let value = steps[kind.name], sample || kind.part == .always else { return nil }
      return kind.make(value)
    }
  }
}
