import ArgumentParser
import Foundation
import OrchardGeneration
import OrchardJSON
import OrchardModels
import OrchardSettings
import OrchardTensors

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

  @Option(help: "Draw among tokens about as surprising as expected that together have this share of the probability.")
  var typicalP: Double?

  @Option(help: "Fewest new tokens before the model may end its answer.")
  var minNewTokens: Int?

  @Option(help: "Above 1 makes tokens that were already seen less likely.")
  var repetitionPenalty: Double?

  @Option(
    parsing: .unconditional,
    help: "Taken once from the logit of each token that the answer already holds, from -2 to 2.")
  var presencePenalty: Double?

  @Option(
    parsing: .unconditional,
    help: "Taken from a token's logit for each time that the answer already holds it, from -2 to 2.")
  var frequencyPenalty: Double?

  @Option(help: "No run of this many tokens comes twice.")
  var noRepeatNgramSize: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A text that must not occur; several times for several.", valueName: "text"))
  var badWords: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What is added to the logit of a word or a token id: rain=2.5; several times for several.",
      valueName: "word=number"))
  var logitBias: [String] = []

  @Option(help: "Search with this many beams; with --sample they draw.")
  var numBeams: Int?

  @Option(parsing: .unconditional, help: "Beam search: above 0 favours long texts, below 0 short ones.")
  var lengthPenalty: Double?

  @Option(help: "Beam search: whether it ends as soon as it has as many texts as beams.")
  var earlyStopping: EarlyStopping?

  @Option(help: "Beam search: groups of beams that --diversity-penalty keeps apart.")
  var numBeamGroups: Int?

  @Option(help: "Beam search: taken from a token's score for each beam of another group that has it there.")
  var diversityPenalty: Double?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Beam search: a text that must occur; several times for several.", valueName: "text"))
  var forceWords: [String] = []

  @Option(help: "Texts for each prompt: as many draws, or the best of the beams.")
  var numReturnSequences: Int?

  @Option(
    help: ArgumentHelp(
      "DoLa: contrast the last layer with early ones: low, high, or layers counted from 0, as in 0,2.",
      valueName: "layers"))
  var dolaLayers: String?

  @Option(help: "Contrastive search among the --top-k likeliest: how much likeness to earlier tokens counts, 0 to 1.")
  var penaltyAlpha: Double?

  @Option(help: "Classifier-free guidance: above 1 leads away from the negative prompt.")
  var guidanceScale: Double?

  @Option(parsing: .unconditional, help: "What --guidance-scale leads away from. (default: the prompt's last token)")
  var negativePrompt: String?

  @Option(help: ArgumentHelp("Draft this many tokens by copying from earlier text.", valueName: "n"))
  var promptLookup: Int?

  @Option(
    help: ArgumentHelp(
      "A smaller model with the same vocabulary that drafts: a folder, or on the hub.", valueName: "model"))
  var draftModel: String?

  @Option(help: "Seconds that an answer may take.")
  var maxTime: Double?

  @Option(help: ArgumentHelp("With --json, this many of the likeliest tokens beside each.", valueName: "k"))
  var topLogprobs: Int?

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

  @OptionGroup var adapted: AdapterOptions

  @OptionGroup var seed: SeedOptions

  private var drawing: [(key: String, value: JSONValue?)] {
    [
      ("temperature", temperature.map { .number($0) }),
      ("top-k", penaltyAlpha == nil ? topK.map { .integer($0) } : nil),
      ("top-p", topP.map { .number($0) }), ("min-p", minP.map { .number($0) }),
      ("typical-p", typicalP.map { .number($0) }),
    ]
  }

  /// Whether an option asks for drawing by chance.
  var draws: Bool { sample || drawing.contains { $0.value != nil } }

  func validate() throws {
    if greedy, let key = drawing.first(where: { $0.value != nil })?.key {
      throw ValidationError("--greedy takes the likeliest token, and --\(key) shapes a draw; give one of the two.")
    }
    if greedy, sample { throw ValidationError("--greedy and --sample exclude each other.") }
    if let numBeams, numBeams > 1, greedy {
      throw ValidationError("--num-beams searches, and --greedy does not; give one of the two.")
    }
    if let numBeams, numBeams > 1, !sample, let key = drawing.first(where: { $0.value != nil })?.key {
      throw ValidationError("--num-beams searches, and --\(key) shapes a draw; give --sample too for beams that draw.")
    }
    let rivals = [
      ("--num-beams", (numBeams ?? 1) > 1), ("--penalty-alpha", penaltyAlpha != nil),
      ("--prompt-lookup", promptLookup != nil),
    ]
    if draftModel != nil, let rival = rivals.first(where: \.1)?.0 {
      throw ValidationError("--draft-model does not go with \(rival); give one of the two.")
    }
    for pair in logitBias where Self.bias(pair) == nil {
      throw ValidationError("--logit-bias \(pair) is no word=number, such as rain=2.5.")
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
  }

  /// The model of a folder, and beside it the one that drafts, where one is named.
  ///
  /// - Throws: an error that names the file and what is wrong with it, or how the two models differ.
  func generator(_ folder: URL, _ format: WeightFormat, on device: Device) throws -> TextGenerator {
    let generator = try adapted.generator(folder, format, on: device)
    guard let draftModel else { return generator }
    return try generator.drafted(
      by: TextGenerator(folder: ModelPlace.folder(draftModel), format, on: device))
  }

  /// Refuses options that only a list of texts can show; `instead` says what there is.
  func refuseSeveralTexts(_ instead: String) throws {
    let asked = [
      ("--num-return-sequences", numReturnSequences != nil), ("--top-logprobs", topLogprobs != nil),
    ]
    if let option = asked.first(where: \.1)?.0 {
      throw ValidationError("\(option) is for orchard generate. \(instead)")
    }
  }

  private static func bias(_ pair: String) -> (key: String, value: JSONValue)? {
    guard let place = pair.lastIndex(of: "="), place > pair.startIndex else { return nil }
    return Double(pair[pair.index(after: place)...]).map { (String(pair[..<place]), .number($0)) }
  }

  /// A word as it is, numbers between commas as a list.
  private static func layers(_ text: String) -> JSONValue {
    let parts = text.split(separator: ",").map { Int($0.trimmingPrefix(" ")) }
    return parts.contains(nil) ? .string(text) : .array(parts.compactMap { $0.map { .integer($0) } })
  }

  /// The settings: these options over what the model's folder says.
  ///
  /// - Throws: `ValidationError` with all that is wrong.
  func settings(over configuration: GenerationConfiguration) throws -> GenerationSettings {
    var values = configuration.settings.resolved.object ?? JSONObject()
    // Who names a way of choosing leaves the folder's own.
    if greedy || draws || numBeams != nil || penaltyAlpha != nil {
      values["penalty-alpha"] = .null
      values["sample"] = .bool(draws)
      for kind in LogitSteps.kinds where kind.part == .sampling && !draws { values[kind.name] = nil }
      if numBeams == nil { values["num-beams"] = 1 }
      if numBeams == nil || draws {
        values["num-beam-groups"] = 1
        for kind in LogitSteps.kinds where kind.part == .beamGroups { values[kind.name] = nil }
        values["force-words"] = []
      }
    }
    if numBeams != nil || penaltyAlpha != nil || guidanceScale != nil { values["dola-layers"] = .null }
    // An answer under a schema or an expression ends when it is complete, not at the folder's stop strings.
    if jsonSchema != nil || regex != nil || anyJson { values["stop"] = nil }
    let given: [(key: String, value: JSONValue?)] =
      drawing + [
        ("json-schema", jsonSchema.map { .string($0) }), ("regex", regex.map { .string($0) }),
        ("json", anyJson ? true : nil),
        ("max-new-tokens", maxNewTokens.map { .integer($0) }), ("min-new-tokens", minNewTokens.map { .integer($0) }),
        ("repetition-penalty", repetitionPenalty.map { .number($0) }),
        ("presence-penalty", presencePenalty.map { .number($0) }),
        ("frequency-penalty", frequencyPenalty.map { .number($0) }),
        ("no-repeat-ngram-size", noRepeatNgramSize.map { .integer($0) }),
        ("bad-words", badWords.isEmpty ? nil : .array(badWords.map { .string($0) })),
        ("logit-bias", logitBias.isEmpty ? nil : .object(JSONObject(logitBias.compactMap(Self.bias)))),
        ("num-beams", numBeams.map { .integer($0) }), ("num-beam-groups", numBeamGroups.map { .integer($0) }),
        ("diversity-penalty", diversityPenalty.map { .number($0) }),
        ("force-words", forceWords.isEmpty ? nil : .array(forceWords.map { .string($0) })),
        ("penalty-alpha", penaltyAlpha.map { .number($0) }),
        ("top-k", penaltyAlpha == nil ? nil : topK.map { .integer($0) }),
        ("dola-layers", dolaLayers.map(Self.layers)),
        ("guidance-scale", guidanceScale.map { .number($0) }), ("negative-prompt", negativePrompt.map { .string($0) }),
        ("prompt-lookup-num-tokens", promptLookup.map { .integer($0) }), ("max-time", maxTime.map { .number($0) }),
        ("top-logprobs", topLogprobs.map { .integer($0) }),
        ("num-return-sequences", numReturnSequences.map { .integer($0) }),
        ("length-penalty", lengthPenalty.map { .number($0) }),
        ("early-stopping", earlyStopping.map { .string($0.rawValue) }),
        ("stop", stop.isEmpty ? nil : .array(stop.map { .string($0) })), ("seed", .integer(Int(seed.seed))),
      ]
    for (key, value) in given {
      if let value { values[key] = value }
    }
    do {
      var tree = SettingsTree(.object(values))
      for override in set { try tree.override(override) }
      let settings = try GenerationSettings(tree)
      if settings.beams == 1,
        let option = lengthPenalty.map({ _ in "length-penalty" }) ?? earlyStopping.map({ _ in "early-stopping" })
      {
        throw ValidationError("--\(option) is for beam search; give --num-beams as well.")
      }
      return settings
    } catch let error as SettingsError {
      throw ValidationError(error.description)
    }
  }
}

extension EarlyStopping: ExpressibleByArgument {}
