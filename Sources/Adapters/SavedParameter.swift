import OrchardLayers
import OrchardModels
import OrchardSettings
import OrchardTensors

/// A weight of the model itself of which an adapter trains a copy as a whole: what peft calls modules to save.
///
/// While the adapter is on the model has the copy in the weight's place; while it is off, its own numbers.
public final class SavedParameter {
  /// Its name in a checkpoint: `lm_head.weight`.
  public let name: String
  /// The model's weight.
  public let parameter: Parameter
  /// What does not stand in the model now.
  private var aside: Tensor
  private var isOn = true

  init(name: String, parameter: Parameter) {
    self.name = name
    self.parameter = parameter
    aside = parameter.tensor
    parameter.load(aside.detached.copied)
  }

  func set(on: Bool) {
    guard on != isOn else { return }
    isOn = on
    if aside.dtype != parameter.tensor.dtype { aside = aside.detached.to(parameter.tensor.dtype) }
    aside = parameter.exchange(aside)
  }

  /// Leaves the copy in the model for good.
  func settle() { aside = parameter.tensor }
}

extension TrainableModel {
  /// The weights of the model's own parts that names, or the ends of names, mean.
  ///
  /// - Throws: `AdapterError` for a name that fits no part with weights of its own.
  func savedParameters(_ names: [String]) throws -> [SavedParameter] {
    guard !names.isEmpty else { return [] }
    let keys = checkpointKeys
    var seen: Set<ObjectIdentifier> = []
    let all = namedParameters.filter { seen.insert(ObjectIdentifier($0.parameter)).inserted }.map { path, parameter in
      let key = keys.key(for: path)
      return (part: key.split(separator: ".").dropLast().joined(separator: "."), key: key, parameter: parameter)
    }
    for name in names where !all.contains(where: { AdaptableLayer.isCalled($0.part, name) }) {
      if let tied = keys.aliases.first(where: { $0.value.contains { AdaptableLayer.isCalled($0, name + ".weight") } }) {
        throw AdapterError(
          "adapter.modules-to-save: “\(name)” has no weights of its own in this model, it shares those of "
            + "“\(tied.key.split(separator: ".").dropLast().joined(separator: "."))”; name that one")
      }
      let hint = NearestName.suggestion(for: name, in: all.map(\.part))
      throw AdapterError("adapter.modules-to-save: the model has no part called “\(name)” or ending so\(hint)")
    }
    return try all.filter { entry in names.contains { AdaptableLayer.isCalled(entry.part, $0) } }.map { entry in
      guard entry.parameter.compact == nil else {
        throw AdapterError(
          "adapter.modules-to-save: “\(entry.key)” is kept in few bits and cannot be trained; take model.weights: plain"
        )
      }
      guard !keys.isTransposed(entry.key), entry.parameter.isTrainable else {
        throw AdapterError(
          "adapter.modules-to-save: “\(entry.key)” cannot be trained as a whole here; adapt it instead")
      }
      return SavedParameter(name: entry.key, parameter: entry.parameter)
    }
  }
}
