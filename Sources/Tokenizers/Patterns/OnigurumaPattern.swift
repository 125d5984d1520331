/// A regular expression as tokenizer files hold it, in Oniguruma's Ruby syntax, written so that ICU means the same.
///
/// Followed: Oniguruma's `doc/RE`. What cannot be said to ICU is refused by name: an expression that splits otherwise
/// than the model was trained with would spoil every text without a word.
struct OnigurumaPattern {
  /// A construct that ICU reads otherwise, and what it is.
  struct Refusal: Error {
    let construct: String
    let reason: String
  }

  private let input: [Character]
  private var place = 0
  private var output = ""
  /// How deep in nested character classes the place is.
  private var depth = 0

  /// The same expression for ICU, to be read with line anchors and Unix line ends switched on, as Ruby has them.
  ///
  /// - Throws: `Refusal`.
  static func translated(_ pattern: String) throws -> String {
    var reader = OnigurumaPattern(pattern)
    try reader.read()
    return reader.output
  }

  private init(_ pattern: String) {
    // By scalars: a line break of two would else be one character.
    input = pattern.unicodeScalars.map(Character.init)
  }

  private mutating func read() throws {
    while place < input.count {
      let character = input[place]
      switch character {
      case "\\": try readEscape()
      case "[": try openClass()
      case "]" where depth > 0:
        depth -= 1
        take()
      case "-" where depth > 0 && next == "-": throw Refusal(construct: "--", reason: "in a class it is a range to ICU")
      case "(" where depth == 0 && next == "?": try readGroup()
      case "{" where depth == 0: try readInterval()
      case "}" where depth == 0:
        // One that closes nothing is itself; those of intervals and properties are taken with what they close.
        output += "\\"
        take()
      default: take()
      }
    }
  }

  private var next: Character? { place + 1 < input.count ? input[place + 1] : nil }

  private mutating func take(_ count: Int = 1) {
    output += String(input[place..<min(place + count, input.count)])
    place += count
  }

  private mutating func openClass() throws {
    if depth > 0, next == ":" {
      let name = String(input[place...].prefix { $0 != "]" })
      let known = ["alpha", "digit", "lower", "upper", "space", "alnum"]
      guard known.contains(where: { name == "[:\($0):" || name == "[:^\($0):" }) else {
        throw Refusal(construct: name + "]", reason: "the two engines differ in what it holds")
      }
      return take(name.count + 1)
    }
    depth += 1
    take()
    if place < input.count, input[place] == "^" { take() }
    if place < input.count, input[place] == "]" {
      throw Refusal(construct: "[]", reason: "a bracket that is the first of its class must be written \\]")
    }
  }

  /// White space of Unicode, which ICU's `\s` lacks two of.
  private static let spaces = "\\t-\\r\\x{85}\\p{Z}"

  /// What Oniguruma takes for a part of a word: ICU's notion lacks the fractions and powers of Latin 1, and has the
  /// joiners.
  private static let words = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}"

  private mutating func readEscape() throws {
    guard let letter = next else { return take() }
    let (inside, outside) = ("[\(Self.words)]", "[^\(Self.words)]")
    switch letter {
    case "w":
      output += depth > 0 ? Self.words : inside
      place += 2
    case "W":
      output += outside
      place += 2
    case "b" where depth == 0:
      output += "(?:(?<=\(inside))(?!\(inside))|(?<!\(inside))(?=\(inside)))"
      place += 2
    case "B" where depth == 0:
      output += "(?:(?<=\(inside))(?=\(inside))|(?<!\(inside))(?!\(inside)))"
      place += 2
    case "s":
      output += depth > 0 ? Self.spaces : "[\(Self.spaces)]"
      place += 2
    case "S":
      output += "[^\(Self.spaces)]"
      place += 2
    case "h":
      output += depth > 0 ? "0-9a-fA-F" : "[0-9a-fA-F]"
      place += 2
    case "H":
      output += "[^0-9a-fA-F]"
      place += 2
    case "v":
      output += "\\x{b}"
      place += 2
    case "x":
      let digits = input[(place + 2)...].prefix(2)
      if digits.first != "{", (Int(String(digits), radix: 16) ?? 0) > 0x7F {
        throw Refusal(construct: "\\x\(String(digits))", reason: "it names a byte and not a character; write \\x{…}")
      }
      takeEscape()
    case "Q", "E", "N", "O", "X", "y", "Y", "K", "g", "0", "M", "C":
      throw Refusal(construct: "\\\(letter)", reason: "ICU has it not, or means something else by it")
    default: takeEscape()
    }
  }

  /// Takes an escape with what stands in braces behind it.
  private mutating func takeEscape() {
    let braced = "pPxku".contains(input[place + 1]) && place + 2 < input.count && input[place + 2] == "{"
    take(braced ? input[place...].prefix { $0 != "}" }.count + 1 : 2)
  }

  private mutating func readGroup() throws {
    let head = input[(place + 2)...].prefix { $0.isLetter || $0 == "-" }
    let end = place + 2 + head.count
    let closes = end < input.count && (input[end] == ":" || input[end] == ")")
    if closes, let other = head.first(where: { !"ix-".contains($0) }) {
      throw Refusal(construct: "(?\(other))", reason: "this switch means something else, or nothing, to Oniguruma")
    }
    if place + 2 < input.count, "~{(".contains(input[place + 2]) {
      throw Refusal(construct: "(?\(input[place + 2])", reason: "ICU has it not")
    }
    take(2)
  }

  private mutating func readInterval() throws {
    let body = input[(place + 1)...].prefix { $0 != "}" }
    let end = place + 1 + body.count
    guard end < input.count, !body.isEmpty, body.allSatisfy({ $0.isNumber || $0 == "," }) else {
      // A brace that opens nothing is itself.
      output += "\\"
      return take()
    }
    let text = "{\(String(body))}"
    if body.first == "," { throw Refusal(construct: text, reason: "write {0\(String(body))}") }
    if end + 1 < input.count {
      if input[end + 1] == "+" {
        throw Refusal(construct: text + "+", reason: "Oniguruma repeats the repetition, ICU makes it possessive")
      }
      if input[end + 1] == "?", !body.contains(",") {
        throw Refusal(construct: text + "?", reason: "Oniguruma takes it for “so many or none”, ICU for a short match")
      }
    }
    take(body.count + 2)
  }
}
