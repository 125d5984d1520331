extension String {
  /// The text in lower case by Unicode's full mapping, a capital sigma at the end of a word becoming `ς`.
  ///
  /// `lowercased()` maps each scalar by itself; the reference packages take the neighbours of a sigma into account.
  package var fullyLowercased: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return lowercased() }
    var result = String.UnicodeScalarView()
    let scalars = Array(unicodeScalars)
    for (place, scalar) in scalars.enumerated() {
      if scalar == "Σ" {
        result.append(isFinal(place, in: scalars) ? "ς" : "σ")
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(result)
  }
}

/// Whether the sigma at `place` ends its word: a cased letter before it, none after it, marks passed over
/// (Unicode 3.13, `Final_Sigma`).
private func isFinal(_ place: Int, in scalars: [Unicode.Scalar]) -> Bool {
  let before = scalars[..<place].last { !$0.properties.isCaseIgnorable }
  let after = scalars[(place + 1)...].first { !$0.properties.isCaseIgnorable }
  return before?.properties.isCased == true && after?.properties.isCased != true
}
