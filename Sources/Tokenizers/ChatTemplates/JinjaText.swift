/// Python's ways with texts, which are rows of Unicode scalars to it.
enum JinjaText {
  /// Whether Python counts a character as space.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
  }

  static func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// A text without what `isDropped` at its ends.
  static func strip(
    _ text: String, left: Bool = true, right: Bool = true, _ isDropped: (Unicode.Scalar) -> Bool = isSpace
  ) -> String {
    var rest = text.unicodeScalars[...]
    while left, let first = rest.first, isDropped(first) { rest.removeFirst() }
    while right, let last = rest.last, isDropped(last) { rest.removeLast() }
    return String(rest)
  }

  /// Where `part` begins in `whole` from `start` on, or nil.
  static func find(_ part: [Unicode.Scalar], in whole: [Unicode.Scalar], from start: Int = 0) -> Int? {
    guard start <= whole.count, part.count <= whole.count - start else { return nil }
    return (start...whole.count - part.count).first { whole[$0..<$0 + part.count].elementsEqual(part) }
  }

  static func replace(_ text: String, _ old: String, _ new: String, count: Int = -1) -> String {
    let (whole, part, other) = (scalars(text), scalars(old), scalars(new))
    var result: [Unicode.Scalar] = []
    var (place, left) = (0, count)
    while left != 0 {
      if part.isEmpty {
        guard place <= whole.count else { break }
        result += other
        if place < whole.count { result.append(whole[place]) }
        place += 1
        left -= 1
        continue
      }
      guard let found = find(part, in: whole, from: place) else { break }
      result += whole[place..<found] + other
      place = found + part.count
      left -= 1
    }
    if place < whole.count { result += whole[place...] }
    return Self.text(result)
  }

  /// The parts between `separator`, or between runs of spaces where there is none.
  static func split(_ text: String, by separator: String?, most: Int = -1) -> [String] {
    let whole = scalars(text)
    var parts: [String] = []
    var place = 0
    if let separator {
      let sign = scalars(separator)
      while most < 0 || parts.count < most, let found = find(sign, in: whole, from: place) {
        parts.append(Self.text(whole[place..<found]))
        place = found + sign.count
      }
      return parts + [Self.text(whole[place...])]
    }
    while true {
      while place < whole.count, isSpace(whole[place]) { place += 1 }
      guard place < whole.count else { return parts }
      // Python keeps the white space at the end of what it did not cut.
      if most >= 0, parts.count >= most { return parts + [Self.text(whole[place...])] }
      let start = place
      while place < whole.count, !isSpace(whole[place]) { place += 1 }
      parts.append(Self.text(whole[start..<place]))
    }
  }

  /// The parts between `separator`, taken from the right.
  static func splitRight(_ text: String, by separator: String, most: Int) -> [String] {
    let parts = split(text, by: separator)
    guard most >= 0, parts.count > most + 1 else { return parts }
    let head = parts[..<(parts.count - most)].joined(separator: separator)
    return [head] + parts[(parts.count - most)...]
  }

  static func lines(_ text: String) -> [String] {
    var lines: [String] = []
    var line: [Unicode.Scalar] = []
    var wasReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", wasReturn {
        wasReturn = false
        continue
      }
      wasReturn = scalar == "\r"
      if wasReturn || [0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029].contains(scalar.value) {
        lines.append(Self.text(line))
        line = []
      } else {
        line.append(scalar)
      }
    }
    return line.isEmpty ? lines : lines + [Self.text(line)]
  }

  /// The first letter large, the others small.
  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping + String(text.unicodeScalars.dropFirst()).lowercased()
  }

  /// Each word's first letter large, as Python's `title` finds words: what follows no letter begins one.
  static func titled(_ text: String) -> String {
    var result = ""
    var follows = false
    for scalar in text.unicodeScalars {
      result += follows ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      follows = scalar.properties.isCased
    }
    return result
  }
}
