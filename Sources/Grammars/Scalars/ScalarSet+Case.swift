extension ScalarSet {
  /// These scalars and those that differ from one of them in case alone.
  ///
  /// With `asciiApart` an ASCII letter has only its ASCII other: not U+212A, which is a sign of its own, for k.
  func ignoringCase(asciiApart: Bool) -> ScalarSet {
    var found = runs
    let pairs = Self.casePairs
    for run in runs {
      var low = 0
      var high = pairs.count
      while low < high {
        let middle = (low + high) / 2
        if pairs[middle].scalar < run.low { low = middle + 1 } else { high = middle }
      }
      while low < pairs.count, pairs[low].scalar <= run.high {
        let pair = pairs[low]
        low += 1
        if asciiApart, (pair.scalar < 0x80) != (pair.other < 0x80) { continue }
        found.append(Run(low: pair.other, high: pair.other))
      }
    }
    return ScalarSet(found)
  }

  /// Scalars with others of the same small letter, in order.
  private static let casePairs: [(scalar: UInt32, other: UInt32)] = {
    var groups: [UInt32: [UInt32]] = [:]
    for value in UInt32(0x41)..<0x1E944 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isCased else { continue }
      let small = scalar.properties.lowercaseMapping.unicodeScalars
      guard small.count == 1, let first = small.first else { continue }
      // Of letters with one capital, such as µ and μ, the small one of the capital counts.
      let capital = scalar.properties.uppercaseMapping.unicodeScalars
      var key = first.value
      if capital.count == 1, let up = capital.first {
        let down = up.properties.lowercaseMapping.unicodeScalars
        if down.count == 1, let first = down.first { key = first.value }
      }
      groups[key, default: []].append(value)
    }
    var pairs: [(scalar: UInt32, other: UInt32)] = []
    for group in groups.values where group.count > 1 {
      for scalar in group {
        for other in group where other != scalar { pairs.append((scalar, other)) }
      }
    }
    return pairs.sorted { ($0.scalar, $0.other) < ($1.scalar, $1.other) }
  }()
}
