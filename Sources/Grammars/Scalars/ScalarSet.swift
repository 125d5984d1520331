/// A set of Unicode scalars, as ranges in order that neither touch nor overlap.
package struct ScalarSet: Hashable, Sendable {
  /// From the first to the last scalar of a run.
  package struct Run: Hashable, Sendable {
    package var low: UInt32
    package var high: UInt32

    package init(low: UInt32, high: UInt32) {
      self.low = low
      self.high = high
    }
  }

  package private(set) var runs: [Run] = []

  /// No scalar.
  package init() {}

  /// One scalar.
  package init(_ scalar: Unicode.Scalar) { runs = [Run(low: scalar.value, high: scalar.value)] }

  /// The scalars from `low` to `high`; surrogates, which are none, are left out.
  package init(_ low: UInt32, _ high: UInt32) { self.init([Run(low: low, high: high)]) }

  /// The scalars of all runs, in any order.
  package init(_ runs: [Run]) {
    var parts: [Run] = []
    for run in runs where run.low <= run.high {
      // Surrogates are no scalars.
      if run.low < 0xD800 { parts.append(Run(low: run.low, high: min(run.high, 0xD7FF))) }
      if run.high > 0xDFFF { parts.append(Run(low: max(run.low, 0xE000), high: min(run.high, 0x10FFFF))) }
    }
    parts.sort { $0.low < $1.low }
    for part in parts {
      if let last = self.runs.last, part.low <= last.high &+ 1 {
        self.runs[self.runs.count - 1].high = max(last.high, part.high)
      } else {
        self.runs.append(part)
      }
    }
  }

  /// Every scalar.
  package static let all = ScalarSet(0, 0x10FFFF)

  /// The scalars of a text.
  package init(of text: String) {
    self.init(text.unicodeScalars.map { Run(low: $0.value, high: $0.value) })
  }

  package var isEmpty: Bool { runs.isEmpty }

  package func contains(_ scalar: UInt32) -> Bool {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].high < scalar { low = middle + 1 } else { high = middle }
    }
    return low < runs.count && runs[low].low <= scalar
  }

  package func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(runs + other.runs) }

  /// All scalars but these.
  package var complement: ScalarSet {
    var result: [Run] = []
    var next: UInt32 = 0
    for run in runs {
      if run.low > next { result.append(Run(low: next, high: run.low - 1)) }
      next = run.high + 1
    }
    if next <= 0x10FFFF { result.append(Run(low: next, high: 0x10FFFF)) }
    return ScalarSet(result)
  }

  package func intersection(_ other: ScalarSet) -> ScalarSet {
    var result: [Run] = []
    var (a, b) = (0, 0)
    while a < runs.count, b < other.runs.count {
      let low = max(runs[a].low, other.runs[b].low)
      let high = min(runs[a].high, other.runs[b].high)
      if low <= high { result.append(Run(low: low, high: high)) }
      if runs[a].high < other.runs[b].high { a += 1 } else { b += 1 }
    }
    var set = ScalarSet()
    set.runs = result
    return set
  }

  package func subtracting(_ other: ScalarSet) -> ScalarSet { intersection(other.complement) }

  /// Cuts all scalars into the fewest sets of which each given set is a union.
  package static func partition(_ sets: [ScalarSet]) -> [ScalarSet] {
    var borders: Set<UInt32> = [0, 0xE000]
    for set in sets {
      for run in set.runs {
        borders.insert(run.low)
        if run.high < 0x10FFFF { borders.insert(run.high == 0xD7FF ? 0xE000 : run.high + 1) }
      }
    }
    let starts = borders.sorted()
    var groups: [[UInt64]: Int] = [:]
    var parts: [[Run]] = []
    let words = (sets.count + 63) / 64
    var places = Array(repeating: 0, count: sets.count)
    for (index, low) in starts.enumerated() {
      let high = index + 1 < starts.count ? starts[index + 1] - 1 : 0x10FFFF
      var signature = Array(repeating: UInt64(0), count: words)
      for (number, set) in sets.enumerated() {
        while places[number] < set.runs.count, set.runs[places[number]].high < low { places[number] += 1 }
        if places[number] < set.runs.count, set.runs[places[number]].low <= low {
          signature[number / 64] |= 1 << UInt64(number % 64)
        }
      }
      if let group = groups[signature] {
        parts[group].append(Run(low: low, high: high))
      } else {
        groups[signature] = parts.count
        parts.append([Run(low: low, high: high)])
      }
    }
    return parts.map { ScalarSet($0) }
  }
}
