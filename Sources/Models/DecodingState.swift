import OrchardLayers
import OrchardTensors

/// One conversation a row: what the layers have computed of it so far.
///
/// It belongs to whoever decodes, not to the model; an encoder's output lives here too, so that decoding never asks
/// which architecture it drives.
public final class DecodingState {
  /// Tokens that the decoder has read, a row.
  public private(set) var lengths: [Int]
  /// The decoder's keys and values, a layer.
  package let caches: [KeyValueCache]
  /// The encoder output's keys and values, a layer; empty for a decoder-only model.
  package let sourceCaches: [KeyValueCache]
  /// Tokens of the source, a row.
  package private(set) var sourceLengths: [Int]
  /// Which source each row has: rows of one source have the same keys and values.
  private var sources: [Int]
  private var program: StepProgram??
  /// Places at the beginning of each row that no token has: those of a soft prompt.
  package private(set) var virtualCounts: [Int]
  /// Which of the model's adapters each row takes; empty where it has none to choose from.
  package private(set) var adapters: [Int?] = []
  /// The layers, in their order from 0, whose inputs are wanted too; only a `Decoder` gives them.
  ///
  /// They stand behind the last hidden states along D, which is so many times as wide.
  package var watchedLayers: [Int] = []

  /// A state that has read nothing yet.
  ///
  /// Keys and values are kept in the type `kept`, or as they come.
  package init(
    rows: Int, layers: Int, keeping kept: DType? = nil, sourceCaches: [KeyValueCache] = [], sourceLengths: [Int] = []
  ) {
    lengths = Array(repeating: 0, count: rows)
    caches = (0..<layers).map { _ in KeyValueCache(keeping: kept) }
    self.sourceCaches = sourceCaches
    self.sourceLengths = sourceLengths
    sources = Array(0..<rows)
    virtualCounts = Array(repeating: 0, count: rows)
  }

  /// A state of `rows` conversations that have read nothing yet, of the same decoder-only model as `other`'s.
  convenience init(like other: DecodingState, rows: Int) {
    self.init(rows: rows, layers: other.caches.count, keeping: other.caches.first?.kept)
    watchedLayers = other.watchedLayers
  }

  /// The same for some of `other`'s rows, with their adapters.
  convenience init(like other: DecodingState, rows: [Int]) {
    self.init(like: other, rows: rows.count)
    if !other.adapters.isEmpty { note(adapters: rows.map { other.adapters[$0] }) }
  }

  /// The number of conversations.
  public var rowCount: Int { lengths.count }

  /// One further token of every row, `embedded` `[B, 1, D]`, through the program that `make` makes of a model's layers.
  ///
  /// The program is kept, since a conversation has one model, whose weights stay as they are. Nil, and nothing read,
  /// where there is no program or the engine's kernels do not take such a tensor now. The keys and values of a place
  /// are `heads` vectors of `width`. The rows are not advanced.
  package func step(
    _ embedded: Tensor, heads: Int, width: Int, angles: RotaryTable? = nil, _ make: (DType) -> StepProgram?
  ) -> Tensor? {
    guard embedded.takesDecodingKernels else { return nil }
    if case .none = program { program = .some(make(embedded.dtype)) }
    guard case .some(.some(let program)) = program else { return nil }
    var looks: [StepProgram.Cache] = []
    for (layer, cache) in caches.enumerated() {
      looks.append(cache.extended(behind: lengths, heads: heads, width: width, embedded.dtype))
      guard layer < sourceCaches.count else { continue }
      guard let keys = sourceCaches[layer].keys, let values = sourceCaches[layer].values else { return nil }
      looks.append((keys, values))
    }
    return program(
      embedded, caches: looks, lengths: lengths, sourceLengths: sourceLengths,
      angles: angles?.angles(upTo: (lengths.max() ?? 0) + 1), choices: adapters)
  }

  /// Notes which adapters the rows take.
  func note(adapters: [Int?]) { self.adapters = adapters }

  /// Takes what `other`, a state of one row, has read to the beginning of `rows`, which have read nothing: places that
  /// no token of theirs has.
  func begin(_ rows: [Int], with other: DecodingState) {
    other.selectRows(Array(repeating: 0, count: rows.count))
    for (cache, read) in zip(caches, other.caches) {
      cache.take(rows, of: rowCount, from: read, lengths: other.lengths, room: other.lengths[0])
    }
    for row in rows {
      lengths[row] = other.lengths[0]
      virtualCounts[row] = other.lengths[0]
    }
  }

  /// Notes that each row, which has read no token yet, has read so many vectors that stand for none.
  func begin(_ counts: [Int]) {
    advance(by: counts)
    virtualCounts = zip(virtualCounts, counts).map(+)
  }

  /// Notes that each row has read further tokens.
  package func advance(by counts: [Int]) { lengths = zip(lengths, counts).map(+) }

  /// Keeps the given rows in the given order.
  ///
  /// A row may stand several times: beams branch so. A row that does not stand is finished.
  public func selectRows(_ rows: [Int]) {
    if rows == Array(0..<rowCount) { return }
    precondition(rows.allSatisfy { (0..<rowCount).contains($0) }, "rows \(rows) of \(rowCount)")
    for cache in caches { cache.selectRows(rows, lengths: lengths) }
    lengths = rows.map { lengths[$0] }
    virtualCounts = rows.map { virtualCounts[$0] }
    if !adapters.isEmpty { adapters = rows.map { adapters[$0] } }
    // Beams of one prompt that change places have the same source: nothing is copied.
    let sources = rows.map { self.sources[$0] }
    guard sources != self.sources else { return }
    for cache in sourceCaches { cache.selectRows(rows, lengths: sourceLengths) }
    if !sourceLengths.isEmpty { sourceLengths = rows.map { sourceLengths[$0] } }
    self.sources = sources
  }

  /// Forgets all but the first `lengths` tokens of each row.
  public func truncate(to lengths: [Int]) {
    let shorter = zip(lengths, self.lengths).allSatisfy { $0 <= $1 && $0 >= 0 }
    precondition(shorter && lengths.count == rowCount, "truncate \(self.lengths) to \(lengths)")
    self.lengths = lengths
  }

  /// What `count` new queries of every row may look at among the keys read so far and their own, `[B, 1, T, S]`, or
  /// nil where they may see all of them.
  ///
  /// With a `window` they see their own place and those before it, so many in all.
  package func visible(queries count: Int, window: Int? = nil, on device: Device) -> Tensor? {
    let keys = (lengths.max() ?? 0) + count
    let window = window.flatMap { $0 < keys ? $0 : nil }
    if count == 1 && window == nil && lengths.allSatisfy({ $0 == lengths[0] }) { return nil }
    let start = Tensor(lengths, shape: [rowCount, 1, 1, 1], on: device)
    let last = start + Tensor.range(0..<count, on: device).reshaped([1, 1, count, 1])
    let places = Tensor.range(0..<keys, on: device)
    let past = places .<= last
    return window.map { past.and(places .> last - Double($0)) } ?? past
  }

  /// The keys and values of a layer that the next attention looks at: every row's places so far and `count` new ones.
  package func view(_ layer: Int, adding count: Int) -> (keys: Tensor, values: Tensor) {
    let length = (lengths.max() ?? 0) + count
    guard let keys = caches[layer].keys, let values = caches[layer].values else {
      preconditionFailure("layer \(layer) was looked at before it was written")
    }
    return (keys.sliced(2, 0..<length), values.sliced(2, 0..<length))
  }
}
