import OrchardLayers
import OrchardModels
import OrchardTensors

/// An adapter that is attached to a model: what is learned beside the model's own weights, which stay as they are.
///
/// ```swift
/// let adapter = try Adapter(LoRASettings(), on: model)
/// …                                           // train it
/// try AdapterFolder.write(adapter, to: folder)
/// ```
///
/// The model's own parameters are its own still: what walks over them, saves or converts them does not see the
/// adapter's.
public final class Adapter {
  /// How it was made.
  public let settings: any AdapterSettings
  /// What is learned beside linear layers, layer by layer.
  public let parts: [(layer: AdaptableLayer, part: any AdapterPart)]
  /// Weights of the model itself of which a copy is learned as a whole.
  public let saved: [SavedParameter]
  /// What is learned to be read before everything else.
  public let prompt: SoftPrompt?
  /// The model that it is attached to.
  public let model: any TrainableModel
  /// What stands upon the model and is learned along with it, by its names in a checkpoint: a reward model's
  /// `score.weight`.
  public let heads: [(name: String, parameter: Parameter)]

  /// Attaches a new adapter to a model, whose weights must be there; with it the model is as it was without.
  ///
  /// The adapter's numbers are fp32 and begin with the engine's random numbers; `encode` makes tokens of the text that a
  /// soft prompt may begin with.
  /// - Throws: `AdapterError` for targets or sizes that the model has not, or where the model has an adapter already.
  public convenience init(
    _ settings: any AdapterSettings, on model: any TrainableModel, heads: [(name: String, parameter: Parameter)] = [],
    encode: ((String) -> [Int])? = nil
  ) throws {
    try self.init(unloaded: settings, on: model, heads: heads)
    if let prompt, let settings = settings as? any PromptAdapterSettings, let writer = languageModel {
      do {
        prompt.vectors.load(try settings.beginning(on: writer, encode: encode).to(.float32).to(model.device))
        for (_, parameter) in prompt.encoder?.weights ?? [] {
          // As torch begins a linear layer: evenly within ±1/√I; its bias likewise.
          let bound = 1 / Double(parameter.shape.count > 1 ? parameter.shape[1] : parameter.shape[0]).squareRoot()
          parameter.load((.uniform(parameter.shape) * (2 * bound) - bound).to(model.device))
        }
      } catch {
        detach()
        throw error
      }
    }
    for (layer, part) in parts {
      (settings as? any LayerAdapterSettings)?.initialize(part)
      part.prepare(beside: layer.layer)
      for entry in part.weights + part.fixed { entry.parameter.convert(to: .float32, on: layer.layer.device) }
    }
  }

  /// Attaches an adapter whose numbers come from elsewhere.
  init(
    unloaded settings: any AdapterSettings, on model: any TrainableModel,
    heads: [(name: String, parameter: Parameter)] = []
  ) throws {
    self.settings = settings
    self.heads = heads
    self.model = model
    guard let settings = settings as? any LayerAdapterSettings else {
      (parts, saved) = ([], [])
      prompt = try (settings as? any PromptAdapterSettings).map { try Self.prompt($0, on: model) }
      languageModel?.softPrompt = prompt
      return
    }
    prompt = nil
    let layers = try settings.targets.select(from: model.adaptableLayers, usual: settings.usualRoles)
    if let taken = layers.first(where: { $0.layer.adapter != nil }) {
      throw AdapterError("the layer “\(taken.name)” has an adapter already; detach or merge that one first")
    }
    parts = try layers.map { ($0, try settings.makePart(for: $0)) }
    for (setting, names) in settings.mentioned {
      for name in names where !layers.contains(where: { $0.isCalled(name) }) {
        throw TargetSettings.refusal(name, in: setting, of: layers)
      }
    }
    saved = try model.savedParameters(settings.modulesToSave)
    if let both = layers.first(where: { layer in saved.contains { $0.name == layer.name + ".weight" } }) {
      throw AdapterError(
        "“\(both.name)” is a target of the adapter and among its modules to save; choose one of the two")
    }
    for (layer, part) in parts { layer.layer.adapter = part }
  }

  /// Everything that is learned, by peft's names: `base_model.model.<layer>.lora_A.weight`.
  public var parameters: [(name: String, parameter: Parameter)] {
    let heads = heads.map { ("base_model.model.\($0.name)", $0.parameter) }
    if let prompt {
      guard let encoder = prompt.encoder else { return [("prompt_embeddings", prompt.vectors)] + heads }
      return [("prompt_encoder.embedding.weight", prompt.vectors)]
        + encoder.weights.map { ("prompt_encoder.\($0.name)", $0.parameter) } + heads
    }
    return parts.flatMap { layer, part in
      part.weights.map { ("base_model.model.\(layer.name).\($0.name)", $0.parameter) }
    } + saved.map { ("base_model.model.\($0.name)", $0.parameter) } + heads
  }

  /// Everything that training goes on from, where what is read of the adapter does not tell it; empty where it does.
  var trainingState: [(name: String, parameter: Parameter)] {
    if let prompt { return prompt.encoder == nil ? [] : parameters }
    let fixed = parts.flatMap { layer, part in
      part.fixed.map { ("base_model.model.\(layer.name).\($0.name)", $0.parameter) }
    }
    return fixed.isEmpty ? [] : parameters + fixed
  }

  /// Names of weights that get no gradient in the very first step.
  public var restingAtFirst: Set<String> {
    Set(
      parts.flatMap { layer, part in
        part.restingAtFirst.map { "base_model.model.\(layer.name).\($0)" }
      })
  }

  /// How many times the run's learning rate a weight learns at, by its name; those that are not named learn at it.
  public var rates: [String: Double] {
    let named = parts.flatMap { layer, part in
      part.rates.map { ("base_model.model.\(layer.name).\($0.key)", $0.value) }
    }
    return Dictionary(named, uniquingKeysWith: { first, _ in first })
  }

  /// Whether weights can do the adapter's work.
  public var isMergeable: Bool { prompt == nil && parts.allSatisfy(\.part.isMergeable) }

  /// What the model reads of it, by peft's names: of a soft prompt the vectors, whatever has made them.
  public var published: [(name: String, tensor: Tensor)] {
    let heads = heads.map { ("base_model.model.\($0.name)", $0.parameter.tensor.detached) }
    if let prompt { return [("prompt_embeddings", withoutGradients { prompt.encoded.detached })] + heads }
    return parts.flatMap { layer, part in
      withoutGradients { part.published }.map { ("base_model.model.\(layer.name).\($0.name)", $0.tensor) }
    } + saved.map { ("base_model.model.\($0.name)", $0.parameter.tensor.detached) } + heads
  }

  /// The model where it is one that writes.
  public var languageModel: (any LanguageModel)? { model as? any LanguageModel }

  private static func prompt(_ settings: any PromptAdapterSettings, on model: any TrainableModel) throws -> SoftPrompt {
    guard let model = model as? any LanguageModel else {
      throw AdapterError(
        "an adapter of the kind \(type(of: settings).peftType) is vectors that language models read, and this is a text "
          + "encoder; take lora, ia3 or bottleneck")
    }
    let count = settings.virtualTokens
    guard model.softPrompt == nil else {
      throw AdapterError("the model has a soft prompt already; detach that one first")
    }
    if let context = model.properties.contextLength, count >= context {
      throw AdapterError(
        "a soft prompt of \(count) tokens leaves no room in the model's context of \(context); take fewer virtual tokens"
      )
    }
    if settings.isInDecoder, model.properties.kind == .decoderOnly {
      throw AdapterError(
        "adapter.in-decoder is for encoder-decoders, and a \(model.properties.architecture) has one stack, which reads the "
          + "soft prompt as it is; leave it out")
    }
    return settings.makePrompt(on: model)
  }

  /// Numbers that are learned.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.parameter.count } }

  /// Whether the adapter takes part in what the model computes: a reference policy is the model without it.
  public var isOn = true {
    didSet {
      if prompt != nil { languageModel?.softPrompt = isOn ? prompt : nil }
      for (layer, part) in parts { layer.layer.adapter = isOn ? part : nil }
      for entry in saved { entry.set(on: isOn) }
    }
  }

  /// Takes the adapter off the model, which is then as it was before.
  public func detach() { isOn = false }

  /// Writes what was learned into the model's own weights, in fp32 and rounded once, and takes the adapter off.
  ///
  /// - Throws: `AdapterError` where a layer's weights are kept in few bits, and for what is no change of weights.
  public func merge() throws {
    guard isMergeable else {
      throw AdapterError(
        prompt == nil
          ? "an adapter of the kind \(type(of: settings).peftType) is a network of its own and cannot be merged into weights; "
            + "use it beside the model"
          : "a soft prompt stands before a text and cannot be merged into weights; use it beside the model")
    }
    for (layer, _) in parts where (layer.layer.slot as? DenseWeight)?.weight.compact != nil {
      throw AdapterError(
        "the layer “\(layer.name)” is kept in few bits and cannot take an adapter in; load the model in fp32 or bf16")
    }
    withoutGradients {
      for (layer, part) in parts {
        guard let dense = layer.layer.slot as? DenseWeight else { continue }
        let (weight, bias) = (dense.weight, layer.layer.bias)
        let merged = part.merged(weight: weight.tensor.to(.float32), bias: bias?.tensor.to(.float32))
        weight.load(merged.weight.to(weight.tensor.dtype).contiguous)
        if let bias, let changed = merged.bias { bias.load(changed.to(bias.tensor.dtype).contiguous) }
      }
    }
    for entry in saved { entry.settle() }
    detach()
  }

  /// Turns what is learned into another type.
  public func convert(to dtype: DType) {
    let fixed = parts.flatMap { $0.part.fixed.map(\.parameter) }
    for parameter in fixed { parameter.convert(to: dtype, on: parameter.device) }
    for entry in parameters { entry.parameter.convert(to: dtype, on: entry.parameter.device) }
  }

  /// Records gradients for what is learned, and for none of the model's own weights.
  package func recordGradients() {
    model.setGradients(false)
    for entry in parameters { entry.parameter.wantsGradients = true }
  }
}

extension Linear {
  /// Where the layer's weights are.
  var device: Device { (slot as? DenseWeight)?.weight.device ?? .cpu }
}
