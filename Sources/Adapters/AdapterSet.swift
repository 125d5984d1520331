import Foundation
import OrchardLayers
import OrchardModels
import OrchardTensors

/// Several adapters beside one model, each of them with a name: one batch mixes rows of the plain model with rows of
/// any of them, and each row is what it would be alone.
///
/// ```swift
/// _ = try AdapterSet(reading: [("summary", first), ("tone", second)], on: generator.model, base: base)
/// let prompts = try generator.prompts(texts, adapters: ["tone", "summary", nil], settings: settings)
/// ```
///
/// LoRAs, which may differ in rank and layers, are computed row by row within the decoding program; see Sheng and others,
/// "S-LoRA: serving thousands of concurrent LoRA adapters", 2023, for the idea.
public final class AdapterSet {
  /// The adapters in their order.
  public let adapters: [(name: String, adapter: Adapter)]
  /// The model that they are beside.
  public let model: any LanguageModel
  private let rows: RowAdapters
  private let layers: [Linear]

  /// Attaches adapters of one model side by side.
  ///
  /// Each is taken off the model first and no row has it unless it asks for it.
  /// - Throws: `AdapterError` for a name that stands twice, for adapters of different models, and where the model has
  ///   other adapters.
  public init(_ adapters: [(name: String, adapter: Adapter)]) throws {
    guard let first = adapters.first?.adapter else { throw AdapterError("a set of adapters needs one at least") }
    guard let model = first.languageModel else {
      throw AdapterError(
        "rows choose among adapters of language models, and these are a text encoder's; use one at a time")
    }
    let names = adapters.map(\.name)
    if let name = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw AdapterError("two adapters are called “\(name)”; each needs a name of its own")
    }
    if let other = adapters.first(where: { $0.adapter.model !== model }) {
      throw AdapterError("the adapter “\(other.name)” is beside another model than “\(names[0])”")
    }
    if let whole = adapters.first(where: { !$0.adapter.saved.isEmpty }) {
      throw AdapterError(
        "the adapter “\(whole.name)” has trained “\(whole.adapter.saved[0].name)” as a whole, which the model has once for "
          + "all rows; merge it into a model of its own, or use it alone")
    }
    for (_, adapter) in adapters { adapter.detach() }
    guard model.rowAdapters == nil, model.softPrompt == nil,
      model.adaptableLayers.allSatisfy({ $0.layer.adapter == nil })
    else { throw AdapterError("the model has other adapters already; detach or merge those first") }
    self.adapters = adapters
    self.model = model
    rows = RowAdapters(names: names, softPrompts: adapters.map(\.adapter.prompt))
    var layers: [Linear] = []
    var parts: [ObjectIdentifier: [(any AdapterPart)?]] = [:]
    for (place, (_, adapter)) in adapters.enumerated() {
      for (layer, part) in adapter.parts {
        let key = ObjectIdentifier(layer.layer)
        if parts[key] == nil { layers.append(layer.layer) }
        parts[key, default: Array(repeating: nil, count: adapters.count)][place] = part
      }
    }
    for layer in layers { layer.adapter = RowParts(parts[ObjectIdentifier(layer)] ?? [], rows) }
    self.layers = layers
    model.rowAdapters = rows
  }

  /// Reads adapters of peft folders and attaches them side by side.
  ///
  /// `base` is the model's folder: an adapter that was trained beside another is refused, unless `base` is nil.
  /// - Throws: `AdapterError` that names what does not fit.
  public convenience init(reading folders: [(name: String, folder: URL)], on model: any LanguageModel, base: URL?)
    throws
  {
    try self.init(
      folders.map { name, folder in
        let adapter = try AdapterFolder.read(folder, on: model, base: base)
        // The next one is read onto the model alone.
        adapter.detach()
        return (name, adapter)
      })
  }

  /// Takes all of them off the model, which is then as it was before.
  public func detach() {
    for layer in layers { layer.adapter = nil }
    model.rowAdapters = nil
  }
}

/// What several adapters have learned beside one layer: each row gets that of its own.
final class RowParts: LowRankAdapter {
  private let parts: [(any AdapterPart)?]
  private let rows: RowAdapters

  init(_ parts: [(any AdapterPart)?], _ rows: RowAdapters) {
    self.parts = parts
    self.rows = rows
  }

  /// The readable way, and that of long inputs: the rows of each adapter by themselves.
  func adapted(_ output: Tensor, input: Tensor) -> Tensor {
    guard !rows.rows.isEmpty else { return output }
    precondition(rows.rows.count == output.size(0), "\(rows.rows.count) rows choose, and \(output.size(0)) are there")
    if let only = rows.groups.first, only.rows.count == rows.rows.count {
      return parts[only.adapter]?.adapted(output, input: input) ?? output
    }
    let whole = output.copied
    for (adapter, places) in rows.groups {
      guard let part = parts[adapter] else { continue }
      let numbers = Tensor(places, on: output.device)
      let made = part.adapted(output.indexed(0, by: numbers), input: input.indexed(0, by: numbers))
      for (number, place) in places.enumerated() { whole.selected(0, place).assign(made.selected(0, number)) }
    }
    return whole
  }

  /// One product an adapter, where all of them are such.
  var lowRanks: [StepProgram.LowRank?]? {
    var made: [StepProgram.LowRank?] = []
    for part in parts {
      guard let part else {
        made.append(nil)
        continue
      }
      guard let own = (part as? any LowRankAdapter)?.lowRanks else { return nil }
      made.append(own[0])
    }
    return made
  }
}
