import OrchardTensors

/// The keys and values that one attention layer has computed so far, for every row of a conversation.
///
/// Both are `[B, K, C, D]` with a capacity C that grows by doubling; row r holds `lengths[r]` places, kept by the
/// `DecodingState` that owns this cache.
public final class KeyValueCache {
  /// The keys, places beyond a row's length undefined.
  public private(set) var keys: Tensor?
  /// The values, likewise.
  public private(set) var values: Tensor?

  /// The type that numbers are kept in; nil as they come.
  package let kept: DType?

  /// A cache that holds nothing yet; it keeps numbers in the type `kept`, or as they come.
  public init(keeping kept: DType? = nil) { self.kept = kept }

  /// Writes new keys and values `[B, K, T, D]` behind each row's first `lengths` places.
  public func append(keys newKeys: Tensor, values newValues: Tensor, lengths: [Int]) {
    let (newKeys, newValues) = (newKeys.to(kept ?? newKeys.dtype), newValues.to(kept ?? newValues.dtype))
    let needed = (lengths.max() ?? 0) + newKeys.size(2)
    let keys = grown(keys, newKeys.shape, newKeys.dtype, newKeys.device, to: needed)
    let values = grown(values, newValues.shape, newValues.dtype, newValues.device, to: needed)
    for (cache, new) in [(keys, newKeys), (values, newValues)] {
      if new.takesDecodingKernels {
        cache.append(new, behind: lengths)
      } else if let length = lengths.first, lengths.allSatisfy({ $0 == length }) {
        cache.sliced(2, length..<length + new.size(2)).assign(new)
      } else {
        for (row, length) in lengths.enumerated() {
          cache.selected(0, row).sliced(1, length..<length + new.size(2)).assign(new.selected(0, row))
        }
      }
    }
    self.keys = keys
    self.values = values
  }

  /// Writes the first `lengths` places of another cache's rows into `rows` of this one, which has `count` rows and gets
  /// `room` places at least.
  package func take(_ rows: [Int], of count: Int, from other: KeyValueCache, lengths: [Int], room: Int) {
    guard let newKeys = other.keys, let newValues = other.values else { return }
    func written(_ cache: Tensor?, _ new: Tensor) -> Tensor {
      let shape = [count, new.size(1), 1, new.size(3)]
      let cache = grown(cache, shape, new.dtype, new.device, to: room)
      for (place, row) in rows.enumerated() {
        let used = 0..<lengths[place]
        cache.selected(0, row).sliced(1, used).assign(new.selected(0, place).sliced(1, used))
      }
      return cache
    }
    keys = written(keys, newKeys)
    values = written(values, newValues)
  }

  /// Makes room for one more place a row of `heads` vectors of `width` numbers, and shows the memory.
  package func extended(behind lengths: [Int], heads: Int, width: Int, _ dtype: DType) -> (keys: Tensor, values: Tensor)
  {
    let needed = (lengths.max() ?? 0) + 1
    let (shape, dtype) = ([lengths.count, heads, 1, width], kept ?? dtype)
    let made = (
      keys: grown(keys, shape, dtype, .cpu, to: needed), values: grown(values, shape, dtype, .cpu, to: needed)
    )
    (keys, values) = made
    return made
  }

  /// Takes keys and values that will not grow: those of an encoder's output.
  public func fix(keys: Tensor, values: Tensor) {
    self.keys = keys.to(kept ?? keys.dtype).contiguous
    self.values = values.to(kept ?? values.dtype).contiguous
  }

  /// Keeps the given rows in the given order; a row may stand several times.
  ///
  /// `lengths` says how many places of each row are used. Where there are no more rows than before, those that stay in
  /// place are not touched, and of the others only what is used is copied.
  package func selectRows(_ rows: [Int], lengths: [Int]) {
    keys = keys.map { Self.selected($0, rows, lengths) }
    values = values.map { Self.selected($0, rows, lengths) }
  }

  private static func selected(_ cache: Tensor, _ rows: [Int], _ lengths: [Int]) -> Tensor {
    // A row of a finished prompt leaves its memory at the end unused.
    guard rows.count <= cache.size(0), cache.device == .cpu, cache.isContiguous else {
      return cache.indexed(0, by: Tensor(rows, on: cache.device))
    }
    let longest = lengths.max() ?? 0
    let moves = RowMoves(rows).moves.map { move in
      // In a circle a row passes through places of others.
      let length = move.isExchange ? longest : lengths[move.from]
      return (from: move.from, to: move.to, isExchange: move.isExchange, length: length)
    }
    if !moves.isEmpty { cache.moveRows(moves) }
    return rows.count == cache.size(0) ? cache : cache.sliced(0, 0..<rows.count)
  }

  private func grown(_ cache: Tensor?, _ shape: [Int], _ dtype: DType, _ device: Device, to needed: Int) -> Tensor {
    if let cache, cache.size(2) >= needed { return cache }
    let capacity = max(needed, 2 * (cache?.size(2) ?? 32))
    let larger = Tensor.zeros([shape[0], shape[1], capacity, shape[3]], dtype: dtype, on: device)
    if let cache { larger.sliced(2, 0..<cache.size(2)).assign(cache) }
    return larger
  }
}
