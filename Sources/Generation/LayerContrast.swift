import Foundation
import OrchardModels
import OrchardSettings
import OrchardTensors

/// Which early layers a model's last one is contrasted with.
public enum EarlyLayers: SettingValue, Hashable {
  /// Every second layer of the lower half; of more than 40 layers, of the first 20.
  case low
  /// Every second layer of the upper half; of more than 40 layers, of the last 20.
  case high
  /// These: 0 is what the first layer reads, n what the n-th layer gives.
  case listed([Int])

  /// "low, high, or a list of layers".
  public static func expected(_ limits: Limits) -> String { "low, high, or a list of layers counted from 0" }

  /// Reads `low`, `high`, a layer, or a list of layers.
  public static func read(
    _ tree: SettingsTree, over current: EarlyLayers?, limits: Limits, into reader: inout SettingsReader
  ) -> EarlyLayers? {
    switch tree {
    case .scalar(let scalar) where scalar.text == "low": return .low
    case .scalar(let scalar) where scalar.text == "high": return .high
    case .scalar(let scalar):
      if let layer = Int(scalar.text), layer >= 0 { return .listed([layer]) }
    case .list(let elements, _):
      let layers = elements.compactMap { element -> Int? in
        if case .scalar(let scalar) = element, let layer = Int(scalar.text), layer >= 0 { layer } else { nil }
      }
      if !layers.isEmpty, layers.count == elements.count { return .listed(layers) }
    default: break
    }
    reader.refuse(tree, expected: expected(limits))
    return nil
  }

  /// As it is written.
  public var outline: SettingsOutline {
    switch self {
    case .low: "low".outline
    case .high: "high".outline
    case .listed(let layers): layers.outline
    }
  }

  /// The layers, in their order.
  ///
  /// - Throws: `GenerationError` for a model whose layers cannot be looked at, or a layer that it lacks.
  func layers(of properties: ModelProperties) throws -> [Int] {
    guard let count = properties.visibleLayers else {
      throw GenerationError(
        "dola-layers: the layers of \(properties.architecture), an encoder–decoder, cannot be contrasted; leave it out")
    }
    switch self {
    case .low:
      // What a tied embedding gives is the token itself, whatever stands before it.
      let start = !properties.isTied ? 0 : count > 2 ? 2 : count == 2 ? 1 : 0
      let layers = Array(stride(from: start, to: count > 40 ? 20 : count / 2, by: 2))
      return layers.isEmpty ? [start] : layers
    case .high:
      return Array(stride(from: count > 40 ? count - 20 : count / 2, to: count, by: 2))
    case .listed(let layers):
      if let wrong = layers.first(where: { $0 >= count }) {
        throw GenerationError("dola-layers: \(wrong) is not one of this model's early layers, 0 to \(count - 1)")
      }
      return Set(layers).sorted()
    }
  }
}

/// Decoding by contrasting layers: what the last layer knows better than an early one.
///
/// Chuang and others, "DoLa: decoding by contrasting layers improves factuality in large language models", 2023; as
/// in transformers 4.55, but that each row has its own early layer, whatever stands beside it.
struct LayerContrast {
  /// Tokens less likely than the likeliest by this factor are ruled out.
  private static let relativeTop = 0.1

  private let last: LanguageHead
  private let bare: LanguageHead
  private let width: Int

  /// The contrast of a model's layers.
  init(_ model: any LanguageModel) {
    width = model.properties.width
    last = model.head
    // An early layer's logits are those of the bare matrix.
    bare = LanguageHead(weight: last.weight, scale: last.scale, bias: last.bias)
  }

  /// The model's logits `[N, V]` and those of the contrast, from states `[N, (1 + layers) · D]`.
  func logits(_ states: Tensor) -> (own: Tensor, contrasted: Tensor) {
    let plain = last.logits(states.sliced(1, 0..<width)).to(.float32)
    let late = plain.logSoftmax(along: -1)
    let early = (1..<states.size(1) / width).map { place in
      bare.logits(states.sliced(1, place * width..<(place + 1) * width)).to(.float32).logSoftmax(along: -1)
    }
    let chosen = early.count == 1 ? early[0] : farthest(of: early, from: late)
    let threshold = late.maximum(along: -1, keepingDimension: true) + log(Self.relativeTop)
    let isOut = late .< threshold
    return (plain, (late - chosen).masked(by: isOut, with: -.infinity))
  }

  /// For each row the layer whose distribution is farthest from the last one's by Jensen and Shannon's divergence.
  private func farthest(of early: [Tensor], from last: Tensor) -> Tensor {
    let layers = Tensor.stacked(early, along: 0)
    let middle = (layers.exponential + last.exponential) * 0.5
    let ends = middle.logarithm * 2 - layers - last
    let distance = (middle * ends).mean(along: -1)
    let best = distance.indexOfMaximum(along: 0).integers
    return .stacked(best.enumerated().map { early[$1].selected(0, $0) }, along: 0)
  }
}

extension GenerationSettings {
  static var layerFields: [Field<Self>] {
    [
      Field(
        "dola-layers", \Self.earlyLayers,
        "DoLa: contrast the last layer with early ones, low or high or those listed.")
    ]
  }

  var layerComplaints: [SettingsComplaint] {
    guard earlyLayers != nil else { return [] }
    let rivals = [
      ("num-beams", beams > 1), ("penalty-alpha", contrast != nil), ("guidance-scale", guidance.isOn),
    ]
    return rivals.filter(\.1).map { SettingsComplaint("dola-layers", "does not go with \($0.0); give one of the two") }
  }
}
