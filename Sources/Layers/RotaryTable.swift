import OrchardTensors

/// The cosines and sines of every position up to a bound, computed once and extended when a longer text asks for it.
package final class RotaryTable {
  private let positions: RotaryPositions
  private var angles: (cosine: Tensor, sine: Tensor)?

  /// A table that is still empty.
  package init(_ positions: RotaryPositions) { self.positions = positions }

  /// The angles of positions `0..<P`, P at least `count`, as fp32 `[P, D/2]` on the CPU.
  package func angles(upTo count: Int) -> (cosine: Tensor, sine: Tensor) {
    // Where each length has angles of its own, nothing can be kept for the next.
    if positions.isStretched(at: count) { return positions.angles(at: .range(0..<count), length: count) }
    if let angles, angles.cosine.size(0) >= count { return angles }
    let longer = max(count, 2 * (angles?.cosine.size(0) ?? 256))
    let made = positions.angles(at: .range(0..<longer), length: count)
    angles = made
    return made
  }
}
