/// Finds where tokens in falling order of a key have come to hold a share of the weight, without sorting them.
enum WeightedThreshold {
  /// The least key of which all greater ones together weigh less than `mass`.
  ///
  /// Found as in quickselect: the keys are parted about a pivot, and only the part where the sum crosses `mass` is
  /// looked at again. A sort of the vocabulary would cost several times as much. Both buffers, of the same length, are
  /// left in another order.
  static func find(
    keys: UnsafeMutableBufferPointer<Float>, weights: UnsafeMutableBufferPointer<Float>, mass: Double
  ) -> Float {
    var (first, end) = (0, keys.count)
    var above = 0.0
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
