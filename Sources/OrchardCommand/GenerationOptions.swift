import ArgumentParser
import OrchardGeneration
import OrchardJSON
import OrchardSettings

/// How texts are generated, over what the model's `generation_config.json` says.
struct GenerationOptions: ParsableArguments {
  @Option(help: "Most new tokens. (default: the model's own limit, or what its context leaves)")
  var maxNewTokens: Int?

  @Flag(help: "Take the likeliest token each time. (default, unless the model's folder says otherwise)")
  var greedy = false

  @Flag(help: "Draw each token by its probability; the options that shape the draw imply it.")
  var sample = false

  @Option(help: "Draw; below 1 sharpens the distribution, above 1 flattens it.")
  var temperature: Double?

  @Option(help: "Draw among this many of the likeliest tokens.")
  var topK: Int?

  @Option(help: "Draw among the fewest likely tokens that together have this share of the probability.")
  var topP: Double?

  @Option(help: "Draw among tokens with at least this share of the likeliest token's probability.")
  var minP: Double?

  @Option(help: "Above 1 makes tokens that were already seen less likely.")
  var repetitionPenalty: Double?

  @Option(help: "Search with this many beams.")
  var numBeams: Int?

  @Option(parsing: .unconditional, help: "Beam search: above 0 favours long texts, below 0 short ones.")
  var lengthPenalty: Double?

  @Option(help: "Beam search: whether it ends as soon as it has as many texts as beams.")
  var earlyStopping: EarlyStopping?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A text that ends generation, itself left out; several times for several.", valueName: "text"))
  var stop: [String] = []

  @Option(
    help: ArgumentHelp("Answer in JSON that this schema allows: a file, or the schema itself.", valueName: "file"))
  var jsonSchema: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Answer with a text that this regular expression matches as a whole.", valueName: "pattern"))
  var regex: String?

  @Flag(help: "Answer with a JSON object, whatever it holds.")
  var anyJson = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Any generation setting by its key in a recipe: top-k=40.", valueName: "key=value"))
  var set: [String] = []

  @OptionGroup var seed: SeedOptions

  private var drawing: [(key: String, value: JSONValue?)] {
    [
      ("temperature", temperature.map { .number($0) }), ("top-k", topK.map { .integer($0) }),
      ("top-p", topP.map { .number($0) }), ("min-p", minP.map { .number($0) }),
    ]
  }

  /// Whether an option asks for drawing by chance.
  var draws: Bool { sample || drawing.contains { $0.value != nil } }

  func validate() throws {
    if greedy, let key = drawing.first(where: { $0.value != nil })?.key {
      throw ValidationError("--greedy takes the likeliest token, and --\(key) shapes a draw; give one of the two.")
    }
    if greedy, sample { throw ValidationError("--greedy and --sample exclude each other.") }
    if let numBeams, numBeams > 1, draws || greedy {
      throw ValidationError("--num-beams searches; it goes with neither --greedy nor the options of a draw.")
    }
    let forms = [("--json-schema", jsonSchema != nil), ("--regex", regex != nil), ("--any-json", anyJson)]
    let asked = forms.filter(\.1).map(\.0)
    if asked.count > 1 {
      throw ValidationError("\(asked.joined(separator: " and ")) exclude each other: an answer has one form.")
    }
    if let form = asked.first, !stop.isEmpty {
      throw ValidationError("--stop would cut answers off before they are what \(form) asks; leave one of them out.")
    }
    if Int(exactly: seed.seed) == nil {
      throw ValidationError("--seed is \(seed.seed); it takes a number up to \(Int.max).")
    }
    // What does not depend on a model is told before one is loaded.
    _ = try settings(over: GenerationConfiguration())
  }

  /// The settings: these options over what the model's folder says.
  ///
  /// - Throws: `ValidationError` with all that is wrong.
  func settings(over configuration: GenerationConfiguration) throws -> GenerationSettings {
    var values = configuration.settings.resolved.object ?? JSONObject()
    // Who names a way of choosing leaves the folder's own.
    if greedy || draws || numBeams != nil {
      values["sample"] = .bool(draws)
      for kind in LogitSteps.kinds where kind.part == .sampling && !draws { values[kind.name] = nil }
      if numBeams == nil { values["num-beams"] = 1 }
    }
    // An answer under a schema or an expression ends when it is complete, not at the folder's stop strings.
    if jsonSchema != nil || regex != nil || anyJson { values["stop"] = nil }
    let given: [(key: String, value: JSONValue?)] =
      drawing + [
        ("json-schema", jsonSchema.map { .string($0) }), ("regex", regex.map { .string($0) }),
        ("json", anyJson ? true : nil),
        ("max-new-tokens", maxNewTokens.map { .integer($0) }),
        ("repetition-penalty", repetitionPenalty.map { .number($0) }), ("num-beams", numBeams.map { .integer($0) }),
        ("length-penalty", lengthPenalty.map { .number($0) }),
        ("early-stopping", earlyStopping.map { .string($0.rawValue) }),
        ("stop", stop.isEmpty ? nil : .array(stop.map { .string($0) })), ("seed", .integer(Int(seed.seed))),
      ]
    for (key, value) in given {
      if let value { values[key] = value }
    }
    do {
      let settings = try GenerationSettings(.object(values))
      return set.isEmpty ? settings : try GenerationSettings(yaml: settings.yaml, overrides: set)
    } catch {
      throw ValidationError(error.description)
    }
  }
}

extension EarlyStopping: ExpressibleByArgument {}
