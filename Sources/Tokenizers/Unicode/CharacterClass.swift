/// What kinds of character a Unicode scalar counts as, with the bits of `CharacterClassData`.
struct CharacterClass: OptionSet, Sendable {
  let rawValue: UInt16

  /// `\p{L}` of a regular expression.
  static let letter = CharacterClass(rawValue: 1)
  /// `\p{N}` of a regular expression.
  static let number = CharacterClass(rawValue: 2)
  /// Unicode white space, `\s` of a regular expression.
  static let whitespace = CharacterClass(rawValue: 4)
  /// `\w` of a regular expression.
  static let word = CharacterClass(rawValue: 8)
  /// ASCII and Unicode punctuation.
  static let punctuation = CharacterClass(rawValue: 16)
  /// A numeric character as the digit splitter sees it.
  static let numeric = CharacterClass(rawValue: 32)
  /// What BERT's cleaning removes: control, format and private characters, U+0000 and U+FFFD.
  static let control = CharacterClass(rawValue: 64)
  /// A nonspacing mark, which BERT strips as an accent.
  static let nonspacingMark = CharacterClass(rawValue: 128)
  /// Any combining mark.
  static let mark = CharacterClass(rawValue: 256)

  /// What may begin a word of GPT-4o and Mistral: `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
  static let leading = CharacterClass(rawValue: 512)
  /// What such a word may go on with: `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
  static let following = CharacterClass(rawValue: 1024)

  /// The classes of all code points.
  static let table = CodePointTable(runs: CharacterClassData.text)

  /// The classes of the ASCII characters.
  static let ascii: [CharacterClass] = (UInt32(0)..<128).map { CharacterClass(of: $0) }

  /// The classes of one scalar.
  @inline(__always)
  init(of scalar: UInt32, in table: CodePointTable = CharacterClass.table) {
    self.init(rawValue: table[scalar])
  }

  init(rawValue: UInt16) { self.rawValue = rawValue }
}
