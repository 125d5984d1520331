import OrchardTensors

/// What a query may look at, and what is added to its scores.
public struct AttentionMask {
  /// Whether a query sees only keys at its own place and before.
  public var isCausal = false
  /// True where a key may be seen, repeating over sizes of 1: `[B, 1, 1, S]` or `[B, 1, T, S]`.
  public var visible: Tensor?
  /// Added to the scores, `[1 or B, H, T, S]`: T5's position bias.
  public var bias: Tensor?

  /// A mask of these parts.
  public init(causal: Bool = false, visible: Tensor? = nil, bias: Tensor? = nil) {
    isCausal = causal
    self.visible = visible
    self.bias = bias
  }

  /// The mask that hides padding behind each row's first `lengths` of `count` keys, `[B, 1, 1, S]`; nil where no row is
  /// shorter.
  public static func visible(lengths: [Int], of count: Int, on device: Device) -> Tensor? {
    if lengths.allSatisfy({ $0 == count }) { return nil }
    let rows = Tensor(lengths, shape: [lengths.count, 1, 1, 1], on: device)
    return Tensor.range(0..<count, on: device) .< rows
  }

  /// True where the last `count` of `keys` places, as queries, are less than `window` places behind a key, `[1, 1, T, S]`;
  /// nil where none is further.
  ///
  /// It looks back only: what lies in the future a causal mask hides.
  public static func within(_ window: Int?, queries count: Int, keys: Int, on device: Device) -> Tensor? {
    guard let window, window < keys else { return nil }
    let last = Tensor.range(keys - count..<keys, on: device).reshaped([1, 1, count, 1])
    return Tensor.range(0..<keys, on: device) .> last - Double(window)
  }
}
