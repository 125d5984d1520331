import OrchardLayers
import OrchardTensors

/// How many numbers prefix tuning learns for a model: keys and values of every attention.
public struct PrefixShape: Sendable, Equatable {
  /// Attentions: one a layer, in a decoder with a source two.
  public let slots: Int
  /// Heads of keys in each.
  public let heads: Int
  /// Numbers of a key, all heads together.
  public let width: Int
}

/// Keys and values that stand before those of every attention in one pass: those that prefix tuning has learned.
///
/// Followed: Li and Liang, Prefix-Tuning, 2021. They are given, not read: no token has their places.
struct PrefixStates {
  /// `[P, 2·N, W]`: keys and values of N attentions in turn.
  let numbers: Tensor

  /// How many places they take.
  var count: Int { numbers.size(0) }

  /// Those of the attentions from the `first` on.
  func from(_ first: Int) -> PrefixStates { PrefixStates(numbers: numbers.sliced(1, 2 * first..<numbers.size(1))) }

  /// The keys and values `[B, H, P, D]` of an attention, the same for each of so many rows.
  func keysAndValues(_ slot: Int, rows: Int, heads: Int) -> (keys: Tensor, values: Tensor) {
    let width = numbers.size(2) / heads
    func part(_ place: Int) -> Tensor {
      numbers.selected(1, place).reshaped([count, heads, width]).transposed(0, 1).unsqueezed(0)
        .expanded([rows, heads, count, width])
    }
    return (part(2 * slot), part(2 * slot + 1))
  }
}

/// Such keys and values, or none.
extension PrefixStates? {
  /// How many places they take.
  var count: Int { self?.count ?? 0 }

  /// An attention's keys and values `[B, H, S, D]` behind its learned ones, `[B, H, P + S, D]`.
  func before(_ keys: Tensor, _ values: Tensor, slot: Int) -> (keys: Tensor, values: Tensor) {
    guard let own = self?.keysAndValues(slot, rows: keys.size(0), heads: keys.size(1)) else { return (keys, values) }
    return (
      .concatenated([own.keys.to(keys.dtype), keys], along: 2),
      .concatenated([own.values.to(values.dtype), values], along: 2)
    )
  }
}

extension DecodingState {
  /// Begins `rows`, which have read nothing, with learned keys and values; those of layer i are in slot `stride`·i.
  func begin(_ rows: [Int], with prefix: PrefixStates, heads: Int, stride: Int) {
    let part = DecodingState(like: self, rows: 1)
    for (layer, cache) in part.caches.enumerated() {
      let made = prefix.keysAndValues(stride * layer, rows: 1, heads: heads)
      cache.append(keys: made.keys.contiguous, values: made.values.contiguous, lengths: [0])
    }
    part.advance(by: [prefix.count])
    begin(rows, with: part)
  }
}
