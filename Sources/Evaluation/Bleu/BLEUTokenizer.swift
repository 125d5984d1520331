/// How BLEU cuts text into words; the names are sacreBLEU's.
public enum BLEUTokenizer: String, Sendable, CaseIterable {
  /// The rules of mteval-v13a, the standard of the WMT campaigns.
  case mteval13a = "13a"
  /// The rules of mteval-v14 for all languages: punctuation and symbols by Unicode category.
  case international = "intl"
  /// Every character is a word.
  case character = "char"
  /// Chinese characters are words, the rest goes by 13a's rules.
  case chinese = "zh"
  /// The text is cut at white space as it is.
  case none = "none"
}

/// Cuts one text after another; keeps its buffers, so it belongs to one thread.
package struct BLEUTokenization {
  private let tokenizer: BLEUTokenizer
  private let lowercase: Bool
  private var buffer: [UInt8] = []
  private var spare: [UInt8] = []

  /// A tokenization, in lower case on wish.
  package init(_ tokenizer: BLEUTokenizer, lowercase: Bool) {
    self.tokenizer = tokenizer
    self.lowercase = lowercase
  }

  /// Calls `body` with each word of the text in order.
  package mutating func forEachWord(in text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let text = lowercase ? text.fullyLowercased : text
    buffer.removeAll(keepingCapacity: true)
    let wanted = text.withUTF8Bytes { bytes -> Bool in
      let trimmed = bytes.slice(Bytes.trimmed(bytes, leading: tokenizer == .chinese, trailing: true))
      switch tokenizer {
      case .mteval13a: mteval(trimmed)
      case .chinese: chinese(trimmed)
      case .international: international(trimmed)
      case .character: Bytes.forEachWord(in: trimmed) { word in characters(of: trimmed.slice(word), body) }
      case .none: Bytes.forEachWord(in: trimmed) { word in body(trimmed.slice(word)) }
      }
      return tokenizer != .character && tokenizer != .none
    }
    guard wanted else { return }
    buffer.withUnsafeBufferPointer { bytes in
      Bytes.forEachWord(in: bytes) { word in body(bytes.slice(word)) }
    }
  }

  private func characters(of word: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    var start = 0
    for place in 1..<(word.count + 1) where place == word.count || word[place] & 0xC0 != 0x80 {
      body(word.slice(start..<place))
      start = place
    }
  }
}

// MARK: - 13a and zh

extension BLEUTokenization {
  private mutating func mteval(_ bytes: UnsafeBufferPointer<UInt8>) {
    buffer.append(0x20)
    buffer.append(contentsOf: bytes)
    if bytes.contains(UInt8(ascii: "<")) { replace("<skipped>", with: "") }
    if bytes.contains(0x0A) {
      replace("-\n", with: "")
      replace("\n", with: " ")
    }
    if bytes.contains(UInt8(ascii: "&")) {
      for (name, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        replace(name, with: character)
      }
    }
    buffer.append(0x20)
    separatePunctuation()
  }

  /// Replaces every occurrence, from left to right.
  private mutating func replace(_ old: String, with new: String) {
    let pattern = Array(old.utf8)
    spare.removeAll(keepingCapacity: true)
    var place = 0
    while place < buffer.count {
      if buffer[place] == pattern[0], buffer[place...].starts(with: pattern) {
        spare.append(contentsOf: new.utf8)
        place += pattern.count
      } else {
        spare.append(buffer[place])
        place += 1
      }
    }
    swap(&buffer, &spare)
  }

  private mutating func chinese(_ bytes: UnsafeBufferPointer<UInt8>) {
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let isChinese = BLEUTokenization.chineseRanges.contains { $0.contains(scalar.value) }
      if isChinese { buffer.append(0x20) }
      buffer.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      if isChinese { buffer.append(0x20) }
    }
    separatePunctuation()
  }

  /// The ranges that sacreBLEU compares characters with.
  ///
  /// It writes two of them with one hexadecimal digit too many
  /// for the escape it uses, so that they hold U+2001 to U+2A6D and U+2F81 to U+2FA1 instead of CJK extensions:
  /// punctuation such as U+2019 is cut off as well. Scores are only comparable if that is done alike.
  private static let chineseRanges: [ClosedRange<UInt32>] = [
    0x3400...0x4DB5, 0x4E00...0x9FA5, 0x9FA6...0x9FBB, 0xF900...0xFA2D, 0xFA30...0xFA6A, 0xFA70...0xFAD9,
    0x2001...0x2A6D, 0x2F81...0x2FA1, 0xFF00...0xFFEF, 0x2E80...0x2EFF, 0x3000...0x303F, 0x31C0...0x31EF,
    0x2F00...0x2FDF, 0x2FF0...0x2FFF, 0x3100...0x312F, 0x31A0...0x31BF, 0xFE10...0xFE1F, 0xFE30...0xFE4F,
    0x2600...0x26FF, 0x2700...0x27BF, 0x3200...0x32FF, 0x3300...0x33FF,
  ]

  /// The four rules that 13a and zh share; each goes over the whole text before the next begins.
  ///
  /// They work on bytes: every character that a rule names is ASCII, and a space set between an ASCII byte and a
  /// longer character never cuts that character.
  private mutating func separatePunctuation() {
    spare.removeAll(keepingCapacity: true)
    for byte in buffer {
      if Bytes.isPunctuation(byte) && !BLEUTokenization.isWordMark(byte) {
        spare.append(0x20)
        spare.append(byte)
        spare.append(0x20)
      } else {
        spare.append(byte)
      }
    }
    swap(&buffer, &spare)
    // A full stop or comma that does not follow a digit, then one that none follows, then a dash after a digit.
    rewritePairs(first: { !Bytes.isDigit($0) }, second: BLEUTokenization.isPoint, spaces: (false, true, true))
    rewritePairs(first: BLEUTokenization.isPoint, second: { !Bytes.isDigit($0) }, spaces: (true, true, false))
    rewritePairs(first: Bytes.isDigit, second: { $0 == UInt8(ascii: "-") }, spaces: (false, true, true))
  }

  /// Marks that may belong to a word: they are left to the later rules, or alone.
  private static func isWordMark(_ byte: UInt8) -> Bool {
    isPoint(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "'")
  }

  private static func isPoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") }

  /// Sets spaces before, between and after each pair of neighbours that fits; pairs do not overlap.
  @inline(__always)
  private mutating func rewritePairs(
    first: (UInt8) -> Bool, second: (UInt8) -> Bool, spaces: (before: Bool, between: Bool, after: Bool)
  ) {
    spare.removeAll(keepingCapacity: true)
    var place = 0
    while place < buffer.count {
      if place + 1 < buffer.count, first(buffer[place]), second(buffer[place + 1]) {
        if spaces.before { spare.append(0x20) }
        spare.append(buffer[place])
        if spaces.between { spare.append(0x20) }
        spare.append(buffer[place + 1])
        if spaces.after { spare.append(0x20) }
        place += 2
      } else {
        spare.append(buffer[place])
        place += 1
      }
    }
    swap(&buffer, &spare)
  }
}

// MARK: - intl

extension BLEUTokenization {
  private enum Category { case number, punctuation, symbol, other }

  /// Punctuation is cut off unless digits stand on both sides (or the text ends after it), symbols always.
  private mutating func international(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { ($0, BLEUTokenization.category($0)) }
    let space: (Unicode.Scalar, Category) = (" ", .other)
    rewrite(&scalars) {
      $0 != .number && $1 == .punctuation
    } with: {
      [$0, space, $1, space]
    }
    rewrite(&scalars) {
      $0 == .punctuation && $1 != .number
    } with: {
      [space, $0, space, $1]
    }
    for (scalar, category) in scalars {
      if category == .symbol { buffer.append(0x20) }
      buffer.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
      if category == .symbol { buffer.append(0x20) }
    }
  }

  private func rewrite(
    _ scalars: inout [(Unicode.Scalar, Category)], where fits: (Category, Category) -> Bool,
    with pair: ((Unicode.Scalar, Category), (Unicode.Scalar, Category)) -> [(Unicode.Scalar, Category)]
  ) {
    var result: [(Unicode.Scalar, Category)] = []
    result.reserveCapacity(scalars.count + scalars.count / 4)
    var place = 0
    while place < scalars.count {
      if place + 1 < scalars.count, fits(scalars[place].1, scalars[place + 1].1) {
        result.append(contentsOf: pair(scalars[place], scalars[place + 1]))
        place += 2
      } else {
        result.append(scalars[place])
        place += 1
      }
    }
    scalars = result
  }

  private static func category(_ scalar: Unicode.Scalar) -> Category {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
    default: .other
    }
  }
}
