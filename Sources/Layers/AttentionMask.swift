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
}
