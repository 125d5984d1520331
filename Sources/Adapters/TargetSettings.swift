import OrchardLayers
import OrchardModels
import OrchardSettings

/// Which linear layers an adapter is attached to.
public struct TargetSettings: SettingsGroup, Equatable {
  /// Names of layers as checkpoints have them, or the ends of such names.
  ///
  /// `all-linear` means all of them; without any the usual ones are taken.
  public var names: [String] = []
  /// Names, or the ends of names, of layers that are left out.
  public var except: [String] = []
  /// The numbers of the layers of each stack, from 0; empty takes all.
  public var layers: [Int] = []

  /// The settings with their defaults.
  public init() {}

  /// Targets by name.
  public init(_ names: [String]) { self.names = names }

  /// What the group is for.
  public static let help = "Which linear layers are adapted."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("names", \.names, "Layers' names or their ends: q, SelfAttention.q, all-linear; empty takes the usual."),
      Field("except", \.except, "Layers' names or their ends that are left out."),
      Field("layers", \.layers, "Numbers of a stack's layers, from 0; empty takes all.", .range(0...)),
    ]
  }

  /// The layers of a model that are meant; with no names those of the given roles.
  ///
  /// - Throws: `AdapterError` for a name that fits no layer, with the nearest ones there are.
  func select(from all: [AdaptableLayer], usual roles: Set<String>) throws -> [AdaptableLayer] {
    for name in names + except where name != Self.all && !all.contains(where: { $0.isCalled(name) }) {
      throw Self.refusal(name, in: "adapter.targets", of: all, more: [Self.all])
    }
    for number in layers where !all.contains(where: { Self.number(of: $0) == number }) {
      let last = all.compactMap(Self.number).max() ?? 0
      throw AdapterError("adapter.targets.layers has \(number), and the model's layers go from 0 to \(last)")
    }
    let chosen = all.filter { layer in
      let isNamed =
        names.isEmpty ? roles.contains(String(layer.role)) : names.contains { $0 == Self.all || layer.isCalled($0) }
      let isThere = layers.isEmpty || Self.number(of: layer).map(layers.contains) == true
      return isNamed && isThere && !except.contains { layer.isCalled($0) }
    }
    guard !chosen.isEmpty else {
      throw AdapterError("adapter.targets leaves no layer to adapt; name some by their ends: \(Self.ends(all))")
    }
    return chosen
  }

  /// The name for all linear layers.
  static let all = "all-linear"

  /// The number of a layer in its stack: the first number in its path.
  private static func number(of layer: AdaptableLayer) -> Int? {
    layer.path.split(separator: ".").lazy.compactMap { Int($0) }.first
  }

  /// What is said of a name in `setting` that fits none of the layers; `more` are other names that would have done.
  static func refusal(
    _ name: String, in setting: String, of layers: [AdaptableLayer], more: [String] = []
  ) -> AdapterError {
    let hint = NearestName.suggestion(for: name, in: Set(layers.map(\.lastName)).sorted() + layers.map(\.name) + more)
    return AdapterError(
      "\(setting): no linear layer there is called “\(name)” or ends so\(hint.isEmpty ? ";" : hint) "
        + "there are \(ends(layers))" + more.map { ", and \($0) for all" }.joined())
  }

  private static func ends(_ layers: [AdaptableLayer]) -> String {
    Set(layers.map(\.lastName)).sorted().joined(separator: ", ")
  }
}

extension TrainableModel {
  /// The linear layers that adapters may be attached to, in the order of the model: those of a head are learned whole.
  public var adaptableLayers: [AdaptableLayer] {
    let keys = checkpointKeys
    let heads = Set(((self as? any SequenceClassifier)?.heads ?? []).map { ObjectIdentifier($0.parameter) })
    return namedModules.compactMap { path, module in
      guard let layer = module as? Linear, !layer.parameters.contains(where: { heads.contains(ObjectIdentifier($0)) })
      else { return nil }
      let key = keys.key(for: path + ".slot.weight")
      return AdaptableLayer(
        name: key.hasSuffix(".weight") ? String(key.dropLast(7)) : key, path: path,
        isTransposed: keys.isTransposed(key),
        layer: layer)
    }
  }
}
