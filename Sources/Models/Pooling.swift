import OrchardTensors

/// How the states of a text's tokens become one vector, as sentence-transformers names the ways.
public enum Pooling: String, CaseIterable, Sendable {
  /// The first token's state.
  case first = "cls"
  /// The greatest number at each place of the vector.
  case greatest = "max"
  /// The mean of all states.
  case mean
  /// Their sum over the square root of their number.
  case meanBySquareRoot = "mean_sqrt_len_tokens"
  /// Their mean, a token counting as much as its place, from 1.
  case weightedMean = "weightedmean"
  /// The last token's state.
  case last = "lasttoken"

  /// The key under which older pooling folders switch this way on; in this order vectors are joined.
  var olderKey: String {
    switch self {
    case .first: return "pooling_mode_cls_token"
    case .greatest: return "pooling_mode_max_tokens"
    case .mean: return "pooling_mode_mean_tokens"
    case .meanBySquareRoot: return "pooling_mode_mean_sqrt_len_tokens"
    case .weightedMean: return "pooling_mode_weightedmean_tokens"
    case .last: return "pooling_mode_lasttoken"
    }
  }

  /// One vector a row, `[B, D]` in fp32, of hidden states `[B, T, D]`; padding counts nothing.
  public func callAsFunction(_ hidden: Tensor, lengths: [Int]) -> Tensor {
    let device = hidden.device
    let count = hidden.size(1)
    switch self {
    case .first: return hidden.selected(1, 0).to(.float32)
    case .last:
      let places = Tensor(lengths.map { $0 - 1 }, shape: [lengths.count, 1, 1], on: device)
      return hidden.gathered(1, by: places.expanded([lengths.count, 1, hidden.size(2)])).squeezed(1).to(.float32)
    case .greatest:
      guard lengths.contains(where: { $0 != count }) else { return hidden.maximum(along: 1).to(.float32) }
      let ends = Tensor(lengths, shape: [lengths.count, 1, 1], on: device)
      let padding = Tensor.range(0..<count, on: device).reshaped([1, count, 1]) .>= ends
      return hidden.masked(by: padding, with: -3.0e38).maximum(along: 1).to(.float32)
    case .mean, .meanBySquareRoot, .weightedMean:
      // A product with the weights of the places: one pass over the states.
      let weights = lengths.flatMap { length in (0..<count).map { $0 < length ? weight(of: $0, in: length) : 0 } }
      return Tensor(weights, shape: [lengths.count, 1, count], on: device).matmul(hidden.to(.float32)).squeezed(1)
    }
  }

  private func weight(of place: Int, in length: Int) -> Float {
    switch self {
    case .meanBySquareRoot: return 1 / Float(length).squareRoot()
    case .weightedMean: return Float(place + 1) * 2 / (Float(length) * Float(length + 1))
    default: return 1 / Float(length)
    }
  }
}
