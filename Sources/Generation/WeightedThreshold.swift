import OrchardTensors

/// Finds where tokens in falling order of a key have come to hold a share of the weight, without sorting them.
enum WeightedThreshold {
  /// The edges of the first look lie so far below the greatest key.
  private static let steps: [Float] = [
    0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 15,
  ]

  /// The least key of which all greater ones together weigh less than `mass`.
  ///
  /// One pass tells between which two of 16 edges the sum crosses `mass`; only the keys between these are then parted
  /// in turn. A sort of the vocabulary would cost many times as much. What weighs nothing is left out. Both buffers, of
  /// the same length, are left in another order.
  static func find(
    keys: UnsafeMutableBufferPointer<Float>, weights: UnsafeMutableBufferPointer<Float>, mass: Double
  ) -> Float {
    let greatest = RowKernels.greatest(keys)
    let edges = steps.map { greatest - $0 }
    let masses = RowKernels.masses(keys: keys, weights: weights, edges: edges)
    let crossing = masses.firstIndex { $0 >= mass } ?? edges.count
    let upper = crossing > 0 ? edges[crossing - 1] : .infinity
    let lower = crossing < edges.count ? edges[crossing] : -.infinity
    var count = 0
    for place in keys.indices where keys[place] >= lower && keys[place] < upper && weights[place] > 0 {
      (keys[count], weights[count]) = (keys[place], weights[place])
      count += 1
    }
    let found = part(
      keys: UnsafeMutableBufferPointer(rebasing: keys[..<count]),
      weights: UnsafeMutableBufferPointer(rebasing: weights[..<count]),
      mass: mass, above: crossing > 0 ? masses[crossing - 1] : 0)
    return min(found, upper)
  }

  /// As `find`, for few keys, where greater keys than these weigh `above`.
  ///
  /// As in quickselect, the keys are parted about a pivot, and only the part where the sum crosses `mass` is looked at
  /// again.
  private static func part(
    keys: UnsafeMutableBufferPointer<Float>, weights: UnsafeMutableBufferPointer<Float>, mass: Double, above: Double
  ) -> Float {
    var above = above
    var (first, end) = (0, keys.count)
    var found = Float.infinity
    while first < end {
      let pivot = median(keys[first], keys[first + (end - first) / 2], keys[end - 1])
      // Greater ones to the front, lesser ones to the back, equal ones between them.
      var (greater, place, lesser) = (first, first, end)
      var (greaterSum, equalSum) = (0.0, 0.0)
      while place < lesser {
        let key = keys[place]
        if key > pivot {
          greaterSum += Double(weights[place])
          keys.swapAt(greater, place)
          weights.swapAt(greater, place)
          greater += 1
          place += 1
        } else if key < pivot {
          lesser -= 1
          keys.swapAt(place, lesser)
          weights.swapAt(place, lesser)
        } else {
          equalSum += Double(weights[place])
          place += 1
        }
      }
      if above + greaterSum >= mass, greater > first {
        end = greater
        continue
      }
      found = pivot
      above += greaterSum + equalSum
      if above >= mass { break }
      first = lesser
    }
    return found
  }

  private static func median(_ a: Float, _ b: Float, _ c: Float) -> Float { max(min(a, b), min(max(a, b), c)) }
}
