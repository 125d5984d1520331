/// Finds the known name that a mistyped one was probably meant to be.
public enum NearestName {
  /// The name in `names` nearest to `name`, or nil where none is near enough to be worth proposing.
  ///
  /// Upper and lower case, and `-` and `_`, count as equal. Near enough means at most a third of the
  /// letters mistyped, or that one name begins with the other.
  public static func of(_ name: String, in names: [String]) -> String? {
    let wanted = letters(name)
    guard !wanted.isEmpty else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in names {
      let known = letters(candidate)
      var distance = distance(wanted, known)
      let isPrefix = min(wanted.count, known.count) >= 3 && (known.starts(with: wanted) || wanted.starts(with: known))
      if distance > max(1, max(wanted.count, known.count) / 3) {
        guard isPrefix else { continue }
        distance = max(wanted.count, known.count)
      }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// A tail for a message: `; did you mean “cosine”?`, or nothing.
  public static func suggestion(for name: String, in names: [String]) -> String {
    of(name, in: names).map { "; did you mean “\($0)”?" } ?? ""
  }

  private static func letters(_ name: String) -> [UnicodeScalar] {
    name.lowercased().unicodeScalars.map { $0 == "_" ? "-" : $0 }
  }

  /// The edit distance with transpositions of neighbours (optimal string alignment).
  static func distance(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var cost = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
