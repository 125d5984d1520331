extension RegexParser {
  /// Reads what a backslash begins.
  mutating func escape() throws -> RegexNode {
    let start = place
    place += 1
    guard let letter = next else { throw problem("nothing follows the last “\\”", at: start) }
    switch letter {
    case "b": return assertion(.wordBorder(isWide: flags.meaning == .unicode))
    case "B": return assertion(.noWordBorder(isWide: flags.meaning == .unicode))
    case "A": return assertion(.start)
    case "Z", "z": return assertion(.end)
    case "1"..."9": throw problem("a back-reference (“\\\(letter)”) cannot be part of an automaton", at: start)
    case "k", "g": throw problem("a back-reference (“\\\(letter)”) cannot be part of an automaton", at: start)
    default:
      place = start
      return .set(folded(try escapedSet(isInverted: false)))
    }
  }

  private mutating func assertion(_ assertion: RegexNode.Assertion) -> RegexNode {
    place += 1
    return .assertion(assertion)
  }

  /// Reads `\d`, `\n`, `\x41`, `\p{Lu}` and so on, inside brackets or outside.
  mutating func escapedSet(isInverted: Bool) throws -> ScalarSet {
    let start = place
    place += 1
    guard let letter = next else { throw problem("nothing follows the last “\\”", at: start) }
    place += 1
    if let set = ScalarSet.named(letter, flags.meaning, isInverted: isInverted) { return set }
    switch letter {
    case "n": return ScalarSet("\n")
    case "t": return ScalarSet("\t")
    case "r": return ScalarSet("\r")
    case "f": return ScalarSet("\u{0C}")
    case "v": return ScalarSet("\u{0B}")
    case "a": return ScalarSet("\u{07}")
    case "0": return ScalarSet("\u{0}")
    case "x": return try scalar(digits: 2, start)
    case "u" where follows("{"): return try bracedScalar(start)
    case "u": return try scalar(digits: 4, start)
    case "U": return try scalar(digits: 8, start)
    case "c":
      guard let control = next, control.isASCII, control.properties.isAlphabetic else {
        throw problem("“\\c” takes a letter", at: start)
      }
      place += 1
      return ScalarSet(control.value & 31, control.value & 31)
    case "p", "P": return try property(isOther: letter == "P", start)
    default:
      // A letter that means nothing yet may mean something elsewhere.
      if letter.isASCII, letter.properties.isAlphabetic || ("0"..."9").contains(letter) {
        throw problem("the escape “\\\(letter)” is not known", at: start)
      }
      return ScalarSet(letter)
    }
  }

  private mutating func scalar(digits: Int, _ start: Int) throws -> ScalarSet {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = next.flatMap({ Character($0).hexDigitValue }) else {
        throw problem("\(digits) hexadecimal digits are expected", at: start)
      }
      value = value &<< 4 | UInt32(digit)
      place += 1
    }
    // Two halves of one scalar, as ECMAScript may write it.
    if (0xD800..<0xDC00).contains(value), digits == 4, take("\\u") {
      var low: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = next.flatMap({ Character($0).hexDigitValue }) else {
          throw problem("4 hexadecimal digits are expected", at: start)
        }
        low = low << 4 | UInt32(digit)
        place += 1
      }
      value = 0x10000 + (value - 0xD800) << 10 + (low &- 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw problem("there is no such character", at: start) }
    return ScalarSet(scalar)
  }

  private mutating func bracedScalar(_ start: Int) throws -> ScalarSet {
    place += 1
    var value: UInt32 = 0
    while let digit = next.flatMap({ Character($0).hexDigitValue }), value < 0x110000 {
      value = value << 4 | UInt32(digit)
      place += 1
    }
    guard take("}"), let scalar = Unicode.Scalar(value) else {
      throw problem("“\\u{…}” holds no character's number", at: start)
    }
    return ScalarSet(scalar)
  }

  private mutating func property(isOther: Bool, _ start: Int) throws -> ScalarSet {
    var name = ""
    if take("{") {
      while let scalar = next, scalar != "}" {
        name.unicodeScalars.append(scalar)
        place += 1
      }
      guard take("}") else { throw problem("the property's name never ends", at: start) }
    } else if let scalar = next {
      name.unicodeScalars.append(scalar)
      place += 1
    }
    let long = ["Letter": "L", "Mark": "M", "Number": "N", "Punctuation": "P", "Symbol": "S", "Separator": "Z"]
    guard let set = ScalarSet.category(long[name] ?? name) else {
      throw problem(
        "the property “\(name)” is not known here; general categories such as L, Lu or Nd are", at: start)
    }
    return isOther ? set.complement : set
  }

  /// Reads `[…]`.
  mutating func bracket() throws -> ScalarSet {
    let start = place
    place += 1
    let isInverted = take("^")
    var set = ScalarSet()
    var isFirst = true
    while true {
      guard let scalar = next else { throw problem("the set that begins here never ends", at: start) }
      if scalar == "]", !isFirst {
        place += 1
        break
      }
      isFirst = false
      let low = try member(isInverted: isInverted)
      if follows("-"), place + 1 < scalars.count, scalars[place + 1] != "]" {
        let dash = place
        place += 1
        let high = try member(isInverted: isInverted)
        guard let first = low.single, let last = high.single else {
          throw problem("a range in a set runs from a character to a character", at: dash)
        }
        if first > last { throw problem("the range in the set runs backwards", at: dash) }
        set = set.union(ScalarSet(first, last))
      } else {
        set = set.union(low)
      }
    }
    // What differs in case alone is in the set before the rest is taken.
    return isInverted ? folded(set).complement : set
  }

  private mutating func member(isInverted: Bool) throws -> ScalarSet {
    if follows("\\b") {
      place += 2
      return ScalarSet("\u{08}")
    }
    if follows("\\") { return try escapedSet(isInverted: isInverted) }
    guard let scalar = next else { return ScalarSet() }
    place += 1
    return ScalarSet(scalar)
  }
}

extension ScalarSet {
  /// The scalar, where there is just one.
  fileprivate var single: UInt32? {
    runs.count == 1 && runs[0].low == runs[0].high ? runs[0].low : nil
  }
}
