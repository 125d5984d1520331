import Foundation
import OrchardLayers
import OrchardTensors

extension CheckpointModule {
  /// Takes the weights of a checkpoint.
  ///
  /// With `dtype` nil they keep the checkpoint's type. On the CPU and in that type nothing is copied: the tensors look
  /// at the mapped file until they are written to.
  ///
  /// - Throws: `ModelError` that names every missing, surplus and wrongly shaped tensor, or where memory is too small.
  public func load(_ checkpoint: CheckpointFolder, dtype: DType? = nil, on device: Device = .cpu) throws {
    try load(checkpoint, .plain(dtype), on: device)
  }

  /// Takes the weights of a checkpoint in a format.
  ///
  /// Matrices are quantised one after another from the mapped file: what is in memory at most is the quantised model
  /// and one matrix. `names` are those that this checkpoint has, where they are not the model's own.
  ///
  /// - Throws: `ModelError` that names every missing, surplus and wrongly shaped tensor, or for a format that the
  ///   device does not offer.
  public func load(
    _ checkpoint: CheckpointFolder, _ format: WeightFormat, on device: Device = .cpu, as names: CheckpointKeys? = nil
  ) throws {
    if format.compact != nil, device != .cpu {
      throw ModelError("weights of few bits are for the CPU, not for \(device); use bf16 there")
    }
    let keys = names ?? checkpointKeys
    let stored = checkpoint.names
    let isBare = !stored.contains { $0.hasPrefix(keys.prefix) }
    var unread = stored
    var missing: [String] = []
    var wrong: [String] = []
    var loaded: Set<ObjectIdentifier> = []
    var plan: [(parameter: Parameter, name: String, isTransposed: Bool)] = []
    var absent: [Parameter] = []
    for (path, parameter) in namedParameters {
      let key = keys.key(for: path)
      let names = keys.names(of: key, bare: isBare)
      unread.subtract(names)
      guard loaded.insert(ObjectIdentifier(parameter)).inserted else { continue }
      guard let name = names.first(where: stored.contains) else {
        if keys.optional.contains(key) { absent.append(parameter) } else { missing.append(key) }
        continue
      }
      let shape = checkpoint.shape(of: name) ?? []
      let isTransposed = keys.isTransposed(key)
      let wanted = isTransposed ? parameter.shape.reversed() : parameter.shape
      if shape == wanted {
        plan.append((parameter, name, isTransposed))
      } else {
        wrong.append("“\(name)” has the shape \(shape), the configuration asks for \(wanted)")
      }
    }
    unread = unread.filter { !keys.isSurplus($0) }
    guard missing.isEmpty, wrong.isEmpty, unread.isEmpty else {
      throw ModelError(Self.difference(checkpoint.url, missing: missing, surplus: unread.sorted(), wrong: wrong))
    }
    let forms = format.compact.map { quantizable(as: $0) } ?? [:]
    let sizes = plan.map {
      (
        count: $0.parameter.count, stored: checkpoint.dtype(of: $0.name) ?? .float32,
        form: forms[ObjectIdentifier($0.parameter)]
      )
    }
    try MemoryCheck.check(sizes, dtype: format.dtype, on: device, source: checkpoint.url.path)
    checkpoint.bringIn()
    for (parameter, name, isTransposed) in plan {
      guard let stored = checkpoint.tensor(name) else { continue }
      let tensor = isTransposed ? stored.transposed(0, 1).contiguous : stored
      guard let form = forms[ObjectIdentifier(parameter)] else {
        parameter.load(tensor.to(format.dtype ?? tensor.dtype).to(device))
        continue
      }
      do {
        try parameter.quantize(tensor, as: form, computingWith: format.dtype ?? .float32)
      } catch let error as EngineError {
        throw ModelError("\(checkpoint.url.path): “\(name)” cannot be quantised: \(error)")
      }
    }
    for parameter in absent { parameter.initialize(dtype: format.dtype ?? self.dtype, on: device) }
  }

  /// The parameters that can be kept in a few bits, in which form: the matrices of linear layers, and the tables of
  /// the vocabulary, which take 8 bits also where the others take 4.
  private func quantizable(as form: CompactForm) -> [ObjectIdentifier: CompactForm] {
    var found: [ObjectIdentifier: CompactForm] = [:]
    for (_, module) in namedModules {
      if let layer = module as? Linear, let dense = layer.slot as? DenseWeight {
        found[ObjectIdentifier(dense.weight)] = form
      } else if let table = module as? Embedding, table.weight.shape == outputWeight?.shape {
        found[ObjectIdentifier(table.weight)] = .eight
      }
    }
    return found
  }

  private static func difference(_ url: URL, missing: [String], surplus: [String], wrong: [String]) -> String {
    func some(_ names: [String]) -> String {
      let shown = names.prefix(8).map { "“\($0)”" }.joined(separator: ", ")
      return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
    var parts = wrong.prefix(8).map { $0 }
    if wrong.count > 8 { parts.append("and \(wrong.count - 8) more of another shape") }
    if !missing.isEmpty { parts.append("\(missing.count) missing: \(some(missing))") }
    if !surplus.isEmpty { parts.append("\(surplus.count) that no part of the model takes: \(some(surplus))") }
    return "\(url.path): the weights do not fit config.json: " + parts.joined(separator: "; ")
  }

  /// The weights under the names of the checkpoint, a shared one once.
  public var checkpointTensors: [(name: String, tensor: Tensor)] {
    let keys = checkpointKeys
    var seen: Set<ObjectIdentifier> = []
    return namedParameters.compactMap { path, parameter in
      guard seen.insert(ObjectIdentifier(parameter)).inserted else { return nil }
      let key = keys.key(for: path)
      let tensor = parameter.tensor.detached
      return (key, keys.isTransposed(key) ? tensor.transposed(0, 1).contiguous : tensor)
    }
  }
}
