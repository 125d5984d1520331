/// Reads regular expressions in the common part of Python's and ECMAScript's languages.
///
/// What no automaton can do (looking around, back-references) or what would change the language (possessive repeats)
/// is refused by name, with its place. Lazy repeats match the same texts as greedy ones.
package struct RegexParser {
  let scalars: [Unicode.Scalar]
  var place = 0
  var flags: Flags
  private var depth = 0

  struct Flags {
    var ignoresCase = false
    var dotIsAll = false
    var linesCount = false
    var meaning: ClassMeaning
  }

  private init(_ pattern: String, _ meaning: ClassMeaning) {
    scalars = Array(pattern.unicodeScalars)
    flags = Flags(meaning: meaning)
  }

  /// Reads a whole expression.
  ///
  /// - Throws: `GrammarError` that names what cannot be read and the character, counted from 1, where it stands.
  package static func parse(_ pattern: String, _ meaning: ClassMeaning = .ascii) throws -> RegexNode {
    var parser = RegexParser(pattern, meaning)
    let node = try parser.choice()
    if parser.place < parser.scalars.count { throw parser.problem("“)” closes no group") }
    return node
  }

  func problem(_ text: String, at offset: Int? = nil) -> GrammarError {
    let pattern = String(String.UnicodeScalarView(scalars))
    let shown = pattern.count > 80 ? pattern.prefix(80) + "…" : pattern[...]
    return GrammarError(
      "the regular expression “\(shown)” cannot be used: \(text) (character \(min(offset ?? place, scalars.count) + 1))"
    )
  }

  var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  func follows(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    return place + wanted.count <= scalars.count && wanted.indices.allSatisfy { scalars[place + $0] == wanted[$0] }
  }

  mutating func take(_ text: String) -> Bool {
    guard follows(text) else { return false }
    place += text.unicodeScalars.count
    return true
  }

  private mutating func choice() throws -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    if depth > 200 { throw problem("groups are nested more than 200 deep") }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws -> RegexNode {
    var parts: [RegexNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      guard let atom = try atom() else { continue }
      parts.append(try repeats(of: atom))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeats(of atom: RegexNode) throws -> RegexNode {
    let start = place
    guard let (least, most) = try repeatCount() else { return atom }
    if let most, most < least {
      throw problem("the repeat's least count \(least) is above its greatest \(most)", at: start)
    }
    if take("+") { throw problem("possessive repeats are not supported; leave the “+” out", at: start) }
    _ = take("?")
    let again = place
    if try repeatCount() != nil { throw problem("a repeat of a repeat; put the first into a group", at: again) }
    return .repeated(atom, least: least, most: most)
  }

  private mutating func repeatCount() throws -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard follows("{") else { return nil }
    let start = place
    place += 1
    let least = try number()
    var most = least
    var hasComma = false
    if take(",") {
      hasComma = true
      most = try number()
    }
    guard take("}"), least != nil || hasComma else {
      // As elsewhere, a brace that counts nothing is a character.
      place = start
      return nil
    }
    return (least ?? 0, most)
  }

  private mutating func number() throws -> Int? {
    let start = place
    var value = 0
    while let scalar = next, ("0"..."9").contains(scalar) {
      value = value * 10 + Int(scalar.value - 0x30)
      place += 1
      if value > 100_000 { throw problem("a repeat counts up to 100,000 at most", at: start) }
    }
    return place > start ? value : nil
  }

  /// The next atom; nil where a comment or a flag stood.
  private mutating func atom() throws -> RegexNode? {
    guard let scalar = next else { return nil }
    let start = place
    switch scalar {
    case "(": return try group()
    case "[": return .set(folded(try bracket()))
    case ".":
      place += 1
      return .set(flags.dotIsAll ? .all : .dot(flags.meaning))
    case "^":
      place += 1
      return .assertion(flags.linesCount ? .lineStart : .start)
    case "$":
      place += 1
      return .assertion(flags.linesCount ? .lineEnd : .end)
    case "\\": return try escape()
    case "*", "+", "?": throw problem("there is nothing to repeat before “\(scalar)”")
    case "{":
      if try repeatCount() != nil { throw problem("there is nothing to repeat before “{”", at: start) }
      place += 1
      return .set(ScalarSet("{"))
    default:
      place += 1
      return .set(folded(ScalarSet(scalar)))
    }
  }

  func folded(_ set: ScalarSet) -> ScalarSet {
    flags.ignoresCase ? set.ignoringCase(asciiApart: flags.meaning != .unicode) : set
  }

  private mutating func group() throws -> RegexNode? {
    let start = place
    place += 1
    let outer = flags
    if take("?") {
      for (mark, name) in Self.refused where follows(mark) {
        throw problem("\(name) (“(?\(mark)”) cannot be part of an automaton", at: start)
      }
      if take("#") {
        while let scalar = next, scalar != ")" { place += 1 }
        guard take(")") else { throw problem("the comment that begins here never ends", at: start) }
        return nil
      }
      if take("P<") || take("<") {
        while let scalar = next, scalar != ">" { place += 1 }
        guard take(">") else { throw problem("a group's name never ends", at: start) }
      } else if !take(":") {
        if try readFlags(start) { return nil }
      }
    }
    let node = try choice()
    guard take(")") else { throw problem("the group that begins here never ends", at: start) }
    flags = outer
    return node
  }

  private static let refused = [
    ("=", "looking ahead"), ("!", "looking ahead"), ("<=", "looking behind"), ("<!", "looking behind"),
    ("P=", "a back-reference"), ("P>", "a recursion"), (">", "an atomic group"), ("(", "a condition"),
    ("|", "a branch reset"), ("R", "a recursion"), ("&", "a recursion"),
  ]

  /// Reads `i`, `m-s:` and so on; returns whether they stand for the whole expression, `(?i)`.
  private mutating func readFlags(_ start: Int) throws -> Bool {
    var isOn = true
    while let scalar = next, scalar != ":", scalar != ")" {
      switch scalar {
      case "-": isOn = false
      case "i": flags.ignoresCase = isOn
      case "s": flags.dotIsAll = isOn
      case "m": flags.linesCount = isOn
      case "a" where isOn: flags.meaning = .ascii
      case "u" where isOn: flags.meaning = .unicode
      default: throw problem("“(?\(scalar)” is no group or flag that is known here; flags are i, m, s, a and u")
      }
      place += 1
    }
    if take(":") { return false }
    guard take(")") else { throw problem("the group that begins here never ends", at: start) }
    if start > 0 { throw problem("flags for the whole expression stand at its start", at: start) }
    return true
  }
}
