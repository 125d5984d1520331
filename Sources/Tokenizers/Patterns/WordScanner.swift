/// Hand-written scanners for the regular expressions that byte-level tokenizers split words with.
///
/// They match everything, so every span is a match.
struct WordScanner: Sendable {
  /// How the alternatives of the expression differ from model to model.
  private enum Style: Sendable {
    /// GPT-2: contractions in lower case, an optional space before letters, numbers or other characters.
    case gpt2
    /// Llama 3, Qwen 2 and GPT-4: contractions in either case, any one character before letters, line breaks
    /// after other characters, and at most so many digits in one piece.
    case later(digits: Int)
    /// GPT-4o and Mistral's Tekken: words of capitals and then small letters, contractions at their ends or nowhere,
    /// slashes and line breaks after other characters.
    case cased(digits: Int, contractions: Bool)
  }

  private let style: Style

  /// GPT-2's own expression.
  static let gpt2 = WordScanner(style: .gpt2)

  private init(style: Style) { self.style = style }

  /// The scanner for an expression, or nil where there is none.
  init?(expression: String) {
    guard let style = Self.known.first(where: { $0.0.utf8.elementsEqual(expression.utf8) })?.1 else { return nil }
    self.style = style
  }

  private static let known: [(String, Style)] = {
    let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    let spaces = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
    func later(_ contractions: String, _ digits: String) -> String {
      contractions + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + spaces
    }
    // GPT-4's own spelling, with possessive repeats, which match the same.
    let possessive =
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*"
      + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"
    func cased(_ contractions: String, _ digits: String) -> String {
      let (lead, both) = ("[^\\r\\n\\p{L}\\p{N}]?", "\\p{Lm}\\p{Lo}\\p{M}]")
      let (capitals, small) = ("[\\p{Lu}\\p{Lt}" + both, "[\\p{Ll}" + both)
      return lead + capitals + "*" + small + "+" + contractions + "|" + lead + capitals + "+" + small + "*"
        + contractions + "|\\p{N}" + digits + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + spaces
    }
    return [
      ("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", .gpt2),
      (later(contractions, "{1,3}"), .later(digits: 3)),
      (later(contractions, ""), .later(digits: 1)),
      (possessive, .later(digits: 3)),
      (cased(contractions + "?", "{1,3}"), .cased(digits: 3, contractions: true)),
      (cased("", ""), .cased(digits: 1, contractions: false)),
    ]
  }()

  @inline(__always)
  func spans(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ report: (Int, Int, Bool) -> Void) {
    let reader = ClassReader(bytes: bytes, end: range.upperBound, classes: CharacterClass.table)
    var place = range.lowerBound
    switch style {
    case .gpt2:
      while place < range.upperBound {
        let end = Self.gpt2End(reader, place)
        report(place, end, true)
        place = end
      }
    case .cased(let digits, let contractions):
      while place < range.upperBound {
        let end = Self.casedEnd(reader, place, digits: digits, contractions: contractions)
        report(place, end, true)
        place = end
      }
    case .later(let digits):
      while place < range.upperBound {
        let end = Self.laterEnd(reader, place, digits: digits)
        report(place, end, true)
        place = end
      }
    }
  }

  @inline(__always)
  private static func gpt2End(_ reader: ClassReader, _ start: Int) -> Int {
    let first = reader.bytes[start]
    if first == UInt8(ascii: "'") {
      let length = reader.contraction(at: start, ignoringCase: false)
      if length > 0 { return start + length }
    }
    var place = start
    if first == 0x20, start + 1 < reader.end { place = start + 1 }
    switch reader.kind(at: place) {
    case .letter: return reader.run(of: .letter, from: place)
    case .number: return reader.run(of: .number, from: place)
    case .other: return reader.run(of: .other, from: place)
    case .space: return reader.spaces(from: start)
    }
  }

  @inline(__always)
  private static func laterEnd(_ reader: ClassReader, _ start: Int, digits: Int) -> Int {
    let first = reader.bytes[start]
    if first == UInt8(ascii: "'") {
      let length = reader.contraction(at: start, ignoringCase: true)
      if length > 0 { return start + length }
    }
    let kind = reader.kind(at: start)
    if kind == .letter { return reader.run(of: .letter, from: start) }
    let second = start + UTF8Scalars.width(first)
    // Any one character but a line break and a number may lead letters.
    if kind != .number, first != 0x0D, first != 0x0A, second < reader.end, reader.kind(at: second) == .letter {
      return reader.run(of: .letter, from: second)
    }
    if kind == .number { return reader.numbers(from: start, atMost: digits) }
    return othersEnd(reader, start)
  }

  /// The end of other characters, with a space before them and line breaks behind, or of white space.
  @inline(__always)
  private static func othersEnd(_ reader: ClassReader, _ start: Int, slashes: Bool = false) -> Int {
    let second = start + UTF8Scalars.width(reader.bytes[start])
    let other = reader.bytes[start] == 0x20 && second < reader.end ? second : start
    if reader.kind(at: other) == .other {
      var place = reader.run(of: .other, from: other)
      while place < reader.end {
        let byte = reader.bytes[place]
        guard byte == 0x0D || byte == 0x0A || slashes && byte == UInt8(ascii: "/") else { break }
        place += 1
      }
      return place
    }
    let run = reader.run(of: .space, from: start)
    // White space up to its last line break.
    var place = run
    while place > start {
      if reader.bytes[place - 1] == 0x0D || reader.bytes[place - 1] == 0x0A { return place }
      place -= 1
    }
    return reader.spaces(from: start)
  }

  @inline(__always)
  private static func casedEnd(_ reader: ClassReader, _ start: Int, digits: Int, contractions: Bool) -> Int {
    if let end = wordEnd(reader, start) {
      guard contractions, end < reader.end, reader.bytes[end] == UInt8(ascii: "'") else { return end }
      return end + reader.contraction(at: end, ignoringCase: true)
    }
    if reader.kind(at: start) == .number { return reader.numbers(from: start, atMost: digits) }
    return othersEnd(reader, start, slashes: true)
  }

  /// The end of `[^\r\n\p{L}\p{N}]?U*W+` or, where that does not match, of `[^\r\n\p{L}\p{N}]?U+W*`, U what may lead a
  /// word and W what may follow; nil where neither matches.
  @inline(__always)
  private static func wordEnd(_ reader: ClassReader, _ start: Int) -> Int? {
    let first = reader.bytes[start]
    let second = start + UTF8Scalars.width(first)
    let kind = reader.kind(at: start)
    let mayLead = first != 0x0D && first != 0x0A && kind != .letter && kind != .number && second < reader.end
    let led = mayLead ? capitalised(reader, second) : nil
    if let led, led.hasSmall { return led.end }
    // A mark may lead a word, and be a word itself.
    let plain = capitalised(reader, start)
    if let plain, plain.hasSmall { return plain.end }
    return led?.end ?? plain?.end
  }

  /// What `U*W+`, or else `U+`, matches from `start` on.
  ///
  /// U and W share letters without case and marks. Where no small letter follows the run of U, the expression goes back
  /// to the run's last character that both have, and W takes that one alone: those behind it are none of W's.
  @inline(__always)
  private static func capitalised(_ reader: ClassReader, _ start: Int) -> (end: Int, hasSmall: Bool)? {
    var place = start
    var shared: Int?
    while place < reader.end {
      let (isLeading, isFollowing) = reader.cases(at: place)
      guard isLeading else {
        guard isFollowing else { break }
        place += UTF8Scalars.width(reader.bytes[place])
        while place < reader.end, reader.cases(at: place).isFollowing {
          place += UTF8Scalars.width(reader.bytes[place])
        }
        return (place, true)
      }
      place += UTF8Scalars.width(reader.bytes[place])
      if isFollowing { shared = place }
    }
    if let shared { return (shared, true) }
    return place > start ? (place, false) : nil
  }
}

/// Reads the kinds of character that the scanners tell apart.
struct ClassReader {
  enum Kind { case letter, number, space, other }

  let bytes: UnsafeBufferPointer<UInt8>
  let end: Int
  let classes: CodePointTable

  @inline(__always)
  func kind(at place: Int) -> Kind {
    let byte = bytes[place]
    if byte < 0x80 {
      if (byte | 0x20) &- 0x61 < 26 { return .letter }
      if byte &- 0x30 < 10 { return .number }
      return byte == 0x20 || byte &- 9 < 5 ? .space : .other
    }
    let kinds = CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes)
    if kinds.contains(.letter) { return .letter }
    if kinds.contains(.number) { return .number }
    return kinds.contains(.whitespace) ? .space : .other
  }

  @inline(__always)
  func run(of kind: Kind, from start: Int) -> Int {
    var place = start
    while place < end, self.kind(at: place) == kind { place += UTF8Scalars.width(bytes[place]) }
    return place
  }

  /// Whether the character may lead a word in capitals, and whether it may follow in small letters.
  @inline(__always)
  func cases(at place: Int) -> (isLeading: Bool, isFollowing: Bool) {
    let byte = bytes[place]
    if byte < 0x80 { return (byte &- 0x41 < 26, byte &- 0x61 < 26) }
    let kinds = CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes)
    return (kinds.contains(.leading), kinds.contains(.following))
  }

  /// The end of at most so many numbers, the first of which stands at `start`.
  @inline(__always)
  func numbers(from start: Int, atMost most: Int) -> Int {
    var place = start + UTF8Scalars.width(bytes[start])
    var count = 1
    while count < most, place < end, kind(at: place) == .number {
      place += UTF8Scalars.width(bytes[place])
      count += 1
    }
    return place
  }

  /// The end of `\s+(?!\S)|\s+`: all white space, less its last character where something else follows.
  @inline(__always)
  func spaces(from start: Int) -> Int {
    let run = run(of: .space, from: start)
    guard run < end else { return run }
    let last = UTF8Scalars.before(run, in: bytes)
    return last > start ? last : run
  }

  /// The length of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` at `place`, or 0.
  func contraction(at place: Int, ignoringCase: Bool) -> Int {
    guard place + 1 < end else { return 0 }
    let fold: UInt8 = ignoringCase ? 0x20 : 0
    let second = bytes[place + 1] | (bytes[place + 1] &- 0x41 < 26 ? fold : 0)
    switch second {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case 0xC5 where ignoringCase && place + 2 < end && bytes[place + 2] == 0xBF:
      return 3  // The long s is an s in another case.
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      guard place + 2 < end else { return 0 }
      let third = bytes[place + 2] | (bytes[place + 2] &- 0x41 < 26 ? fold : 0)
      return third == (second == UInt8(ascii: "l") ? second : UInt8(ascii: "e")) ? 3 : 0
    default: return 0
    }
  }
}
