// Low-rank adaptation (Hu and others, LoRA, 2021), with the scale of rsLoRA (Kalajdzievski 2023) and the magnitudes of
// DoRA (Liu and others 2024) as options. Letters: I features in, O features out, r the rank.

import Foundation
import OrchardJSON
import OrchardLayers
import OrchardSettings
import OrchardTensors

/// What the matrices of a LoRA begin with.
public enum LoRABeginning: String, NamedChoice {
  /// The first with random numbers, the second with zeros: the model is as it was.
  case random
  /// The layer's own greatest singular values and vectors, which its matrix then counts without: PiSSA.
  ///
  /// Meng, Wang and Zhang, "PiSSA: principal singular values and singular vectors adaptation", 2024. The model is as it
  /// was likewise, and its weights are not touched: what the matrices began with is taken off beside them, and written
  /// as a LoRA of twice the rank, as peft converts it.
  case principal
}

/// Settings of LoRA.
public struct LoRASettings: LayerAdapterSettings, Equatable {
  /// The rank of the matrices.
  public var rank = 16
  /// What the matrices learn is multiplied by alpha / rank.
  public var alpha = 32.0
  /// The share of a layer's inputs that the matrices do not see in training.
  public var dropout = 0.0
  /// Whether the factor is alpha / √rank.
  public var rankStabilized = false
  /// Whether the length of each row of a matrix is learned apart from its direction.
  public var magnitudes = false
  /// How many times the learning rate of A that of B is.
  ///
  /// Hayou and others, "LoRA+: efficient low rank adaptation of large models", 2024.
  public var upRate = 1.0
  /// What the matrices begin with.
  public var beginning = LoRABeginning.random
  /// Other ranks for some layers, by their names or the ends of names.
  public var ranks: [String: Int] = [:]
  /// Other alphas for some layers, likewise.
  public var alphas: [String: Double] = [:]
  /// Which layers are adapted: queries and values, unless others are named.
  public var targets = TargetSettings()
  /// Parts of the model of which a copy is trained as a whole: its head, its table of tokens.
  public var modulesToSave: [String] = []

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "LoRA: two small matrices beside each of the chosen layers (Hu and others 2021)."
  /// What the matrices began with, where the layers' own numbers do not count it.
  public static let trainingFile: String? = "lora_beginning.safetensors"
  /// LORA.
  public static let peftType = "LORA"
  /// Queries and values, or the layer that makes them together with the keys.
  public var usualRoles: Set<String> { Self.queriesAndValues }
  /// The same, whatever is set.
  package static let queriesAndValues: Set<String> = ["query", "value", "joined"]

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("rank", \.rank, "The rank r of the matrices: r · (I + O) numbers a layer.", .range(1...)),
      Field("alpha", \.alpha, "What they learn is multiplied by alpha / rank.", .above(0)),
      Field("dropout", \.dropout, "The share of inputs that they do not see in training.", .range(0..<1)),
      Field("rank-stabilized", \.rankStabilized, "Whether the factor is alpha / √rank (rsLoRA)."),
      Field("magnitudes", \.magnitudes, "Whether rows' lengths are learned apart from directions (DoRA)."),
      Field("up-rate", \.upRate, "How many times the learning rate of A that of B is (LoRA+): 16, say.", .above(0)),
      Field("beginning", \.beginning, "What they begin with: principal takes the layer's singular vectors (PiSSA)."),
      Field("ranks", \.ranks, "Other ranks for some layers, by names or their ends.", .range(1...)),
      Field("alphas", \.alphas, "Other alphas for some layers, by names or their ends.", .above(0)),
      Field("targets", \.targets, "Which layers are adapted; queries and values if empty."),
      Field("modules-to-save", \.modulesToSave, "Parts trained as a whole beside them: lm_head, embed_tokens, norm."),
    ]
  }

  /// PiSSA where there is no such thing.
  public var complaints: [SettingsComplaint] {
    guard beginning == .principal, magnitudes else { return [] }
    return [SettingsComplaint("beginning", "is principal, which does not go with magnitudes; choose PiSSA or DoRA")]
  }

  /// The layers with ranks and alphas of their own.
  public var mentioned: [(setting: String, names: [String])] {
    [("adapter.ranks", ranks.keys.sorted()), ("adapter.alphas", alphas.keys.sorted())]
  }

  /// Two matrices beside a layer.
  ///
  /// - Throws: `AdapterError` for a rank above the layer's width.
  public func makePart(for target: AdaptableLayer) throws -> any AdapterPart {
    let (inputs, outputs) = (target.layer.slot.inputCount, target.layer.slot.outputCount)
    let rank = Self.value(in: ranks, target.isCalled) ?? rank
    guard rank <= min(inputs, outputs) else {
      throw AdapterError(
        "the rank \(rank) is more than the layer “\(target.name)” has (\(outputs) × \(inputs)); "
          + "take \(min(inputs, outputs)) at most, and far less to learn few parameters")
    }
    return LoRA(
      inputs: inputs, outputs: outputs, rank: rank, scale: scale(rank: rank, target.isCalled), dropout: dropout,
      upRate: upRate, isPrincipal: beginning == .principal, base: magnitudes ? target.layer : nil)
  }

  /// The first matrix evenly within ±1/√I, the second zero: the model is as it was.
  public func initialize(_ part: any AdapterPart) {
    guard let part = part as? LoRA else { return }
    let bound = 1 / Double(part.down.shape[1]).squareRoot()
    part.down.load(.uniform(part.down.shape) * (2 * bound) - bound)
    part.up.load(.zeros(part.up.shape))
  }

  /// What the product of a layer's matrices is multiplied by; `isCalled` tells whether a name, or the end of one, is
  /// the layer's.
  func scale(rank: Int, _ isCalled: (String) -> Bool) -> Double {
    let alpha = Self.value(in: alphas, isCalled) ?? alpha
    return alpha / (rankStabilized ? Double(rank).squareRoot() : Double(rank))
  }

  /// The value of the longest end that fits a name.
  private static func value<Value>(in patterns: [String: Value], _ isCalled: (String) -> Bool) -> Value? {
    patterns.filter { isCalled($0.key) }.max { $0.key.count < $1.key.count }?.value
  }

  /// The keys of peft's LoraConfig.
  ///
  /// PiSSA is written as a plain LoRA of twice the rank with the same factor.
  public func configuration(for layers: [AdaptableLayer], named names: [String]) -> [(String, JSONValue)] {
    let times = beginning == .principal ? 2 : 1
    let growth = rankStabilized ? Double(times).squareRoot() : Double(times)
    let (ranks, alphas) = (ranks.mapValues { $0 * times }, alphas.mapValues { $0 * growth })
    return [
      ("r", .integer(rank * times)), ("lora_alpha", .number(alpha * growth)), ("lora_dropout", .number(dropout)),
      ("bias", "none"),
      ("use_rslora", .bool(rankStabilized)), ("use_dora", .bool(magnitudes)), ("init_lora_weights", true),
      ("rank_pattern", .object(JSONObject(ranks.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }))),
      ("alpha_pattern", .object(JSONObject(alphas.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }))),
      ("fan_in_fan_out", .bool(layers.contains(where: \.isTransposed))),
    ]
  }

  /// The settings in peft's LoraConfig; those of PiSSA where the folder holds what training goes on from.
  public init(_ configuration: AdapterConfiguration) throws {
    try self.init(published: configuration)
    guard Self.holdsTrainingFile(configuration) else { return }
    beginning = .principal
    let growth = rankStabilized ? 2.squareRoot() : 2.0
    (rank, alpha) = (rank / 2, alpha / growth)
    (ranks, alphas) = (ranks.mapValues { $0 / 2 }, alphas.mapValues { $0 / growth })
  }

  /// The settings of what is read.
  init(published configuration: AdapterConfiguration) throws {
    try configuration.refuse([
      ("bias", "none"), ("lora_bias", false), ("layer_replication", nil),
      ("trainable_token_indices", nil), ("target_parameters", nil), ("use_qalora", false),
      ("alora_invocation_tokens", nil),
    ])
    rank = try configuration.integer("r")
    alpha = try configuration.number("lora_alpha", default: 8)
    dropout = try configuration.number("lora_dropout", default: 0)
    rankStabilized = try configuration.flag("use_rslora")
    magnitudes = try configuration.flag("use_dora")
    ranks = try configuration.numbers("rank_pattern").mapValues { Int($0) }
    alphas = try configuration.numbers("alpha_pattern")
    modulesToSave = try configuration.names("modules_to_save")
  }
}

/// y = x·Wᵀ + s · (x·Aᵀ)·Bᵀ beside one layer; with magnitudes m each output is scaled to m over its row's length.
public final class LoRA: AdapterPart, LowRankAdapter {
  /// The first matrix A `[r, I]`.
  public let down: Parameter
  /// The second matrix B `[O, r]`.
  public let up: Parameter
  /// DoRA's lengths `[O]` of the rows, where they are learned.
  public let magnitude: Parameter?
  /// What the product is multiplied by.
  public let scale: Double
  /// PiSSA's beginning, which the layer's own matrix counts without.
  private let start: (down: Parameter, up: Parameter)?
  private let dropout: Double
  /// DoRA looks at the layer's own matrix.
  private unowned let base: Linear?

  init(
    inputs: Int, outputs: Int, rank: Int, scale: Double, dropout: Double, upRate: Double = 1, isPrincipal: Bool = false,
    base: Linear?
  ) {
    down = Parameter([rank, inputs], start: .constant(0))
    up = Parameter([outputs, rank], start: .constant(0))
    start =
      isPrincipal
      ? (Parameter([rank, inputs], start: .constant(0)), Parameter([outputs, rank], start: .constant(0))) : nil
    magnitude = base.map { _ in Parameter([outputs], start: .constant(1)) }
    self.scale = scale
    self.dropout = dropout
    rates = upRate == 1 ? [:] : ["lora_B.weight": upRate]
    self.base = base
  }

  /// A and B, and the magnitudes where there are some.
  public var weights: [(name: String, parameter: Parameter)] {
    [("lora_A.weight", down), ("lora_B.weight", up)] + (magnitude.map { [("lora_magnitude_vector", $0)] } ?? [])
  }

  /// LoRA+'s rate of B.
  public let rates: [String: Double]

  /// A, where what it makes is multiplied with zeros.
  public var restingAtFirst: Set<String> { start == nil ? ["lora_A.weight"] : [] }

  /// PiSSA's beginning.
  public var fixed: [(name: String, parameter: Parameter)] {
    start.map { [("lora_A.beginning", $0.down), ("lora_B.beginning", $0.up)] } ?? []
  }

  /// The matrices; those of PiSSA beside what they began with, which is taken off.
  public var published: [(name: String, tensor: Tensor)] {
    guard start != nil else { return weights.map { ($0.name, $0.parameter.tensor.detached) } }
    return [("lora_A.weight", whole.down.detached), ("lora_B.weight", whole.up.detached)]
  }

  /// The matrices as one product, PiSSA's beginning taken off.
  private var whole: (down: Tensor, up: Tensor) {
    guard let start else { return (down.tensor, up.tensor) }
    return (
      .concatenated([down.tensor, start.down.tensor], along: 0),
      .concatenated([up.tensor, start.up.tensor * -1], along: 1)
    )
  }

  /// The output with what the matrices have learned.
  public func adapted(_ output: Tensor, input: Tensor) -> Tensor {
    let isTraining = dropout > 0 && Tensor.recordsGradients
    let product = { (input: Tensor, down: Parameter, up: Parameter) in
      input.to(down.tensor.dtype).linear(down.tensor).linear(up.tensor) * self.scale
    }
    let learned = { (input: Tensor) in product(input, self.down, self.up) }
    guard let magnitude, let base else {
      let made = output + learned(isTraining ? input.dropout(dropout) : input).to(output.dtype)
      return start.map { made - product(input, $0.down, $0.up).to(output.dtype) } ?? made
    }
    let weight = base.plainWeight
    // As in the paper's section 4.3, no gradient goes through the length.
    let length = withoutGradients { Self.lengths(weight + self.product) }
    let factor = magnitude.tensor.to(.float32) / length
    let bias = base.bias?.tensor
    let plain = bias.map { output - $0 } ?? output
    let seen = isTraining ? input.dropout(dropout) : input
    // With dropout the layer's own part sees dropped inputs as well, all but for the part that stays.
    let own =
      isTraining
      ? plain + (seen.linear(weight.to(seen.dtype)) * (factor - 1).to(seen.dtype)) : plain * factor.to(plain.dtype)
    let made = own + (learned(seen) * factor.to(down.tensor.dtype)).to(plain.dtype)
    return bias.map { made + $0 } ?? made
  }

  /// s · B·A `[O, I]` in fp32.
  private var product: Tensor {
    let whole = whole
    return whole.up.to(.float32).matmul(whole.down.to(.float32)) * scale
  }

  private static func lengths(_ matrix: Tensor) -> Tensor { (matrix * matrix).sum(along: 1).squareRoot }

  /// The matrices as they are; DoRA's are more than a product.
  package var lowRanks: [StepProgram.LowRank?]? {
    magnitude == nil ? [StepProgram.LowRank(down: whole.down, up: whole.up, scale: scale)] : nil
  }

  /// W + s·B·A, its rows of the learned length.
  public func merged(weight: Tensor, bias: Tensor?) -> (weight: Tensor, bias: Tensor?) {
    let sum = weight + product
    guard let magnitude else { return (sum, bias) }
    return (sum * (magnitude.tensor.to(.float32) / Self.lengths(sum)).unsqueezed(1), bias)
  }

  /// The magnitudes begin as the rows' lengths, PiSSA's matrices as √(Sᵣ / s) of the r greatest singular values S with
  /// their vectors.
  public func prepare(beside layer: Linear) {
    withoutGradients {
      magnitude?.load(Self.lengths(layer.plainWeight))
      guard let start else { return }
      let rank = down.shape[0]
      let parts = layer.plainWeight.singularValues
      let roots = (parts.values.sliced(0, 0..<rank) / scale).squareRoot
      let first = (parts.right.sliced(0, 0..<rank) * roots.unsqueezed(1)).contiguous
      let second = (parts.left.sliced(1, 0..<rank) * roots).contiguous
      for parameter in [down, start.down] { parameter.load(first.copied) }
      for parameter in [up, start.up] { parameter.load(second.copied) }
    }
  }
}

extension Linear {
  /// The layer's own matrix `[O, I]` in fp32.
  var plainWeight: Tensor {
    guard let dense = slot as? DenseWeight else { preconditionFailure("the layer has no dense weight") }
    return dense.weight.tensor.to(.float32).detached
  }
}
