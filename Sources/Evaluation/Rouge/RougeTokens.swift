/// Turns text into ROUGE's tokens: lower-case runs of ASCII letters and digits, stemmed on wish.
///
/// The tokens of one text are numbered within a pair of texts (0, 1, 2 …); equal tokens have equal numbers.
package struct RougeTokens {
  /// A text's tokens, and where each of its lines begins among them.
  package struct Text {
    /// The numbers of the tokens.
    package var tokens: [UInt32] = []
    /// For each line of the text the place of its first token.
    package var lineStarts: [Int] = []
    /// The tokens of each line.
    package var lines: [[UInt32]] {
      lineStarts.indices.map { line in
        Array(tokens[lineStarts[line]..<(line + 1 < lineStarts.count ? lineStarts[line + 1] : tokens.count)])
      }
    }
  }

  private let stemming: Bool
  private var stemmer = PorterStemmer()
  private var interner = TokenInterner()
  /// For each interned token the interned stem; -1 before it is known, -2 where nothing is left of it.
  private var stems: [Int32] = []
  private var numbers: [UInt32] = []
  private var rounds: [UInt32] = []
  private var round: UInt32 = 0
  private var buffer: [UInt8] = []

  /// The number of distinct tokens in the pair so far.
  package private(set) var distinct: Int = 0

  /// A tokenizer with or without Porter's stemmer.
  package init(stemming: Bool) { self.stemming = stemming }

  /// Starts numbering anew for the next pair of texts.
  package mutating func startPair() {
    round &+= 1
    if round == 0 {
      rounds = Array(repeating: 0, count: rounds.count)
      round = 1
    }
    distinct = 0
  }

  /// The tokens of a text.
  package mutating func tokenize(_ text: String) -> Text {
    var result = Text()
    result.lineStarts.append(0)
    text.withUTF8Bytes { bytes in
      buffer.removeAll(keepingCapacity: true)
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        switch byte {
        case 0x61...0x7A, 0x30...0x39:
          buffer.append(byte)
        case 0x41...0x5A:
          buffer.append(byte | 0x20)
        default:
          // Two letters outside ASCII have a lower case inside it: the Kelvin sign K becomes k, and İ becomes
          // i with a dot above, which ends the token.
          if byte == 0xE2, place + 1 < bytes.count, bytes[place] == 0x84, bytes[place + 1] == 0xAA {
            buffer.append(UInt8(ascii: "k"))
            place += 2
            continue
          }
          if byte == 0xC4, place < bytes.count, bytes[place] == 0xB0 { buffer.append(UInt8(ascii: "i")) }
          endToken(&result.tokens)
          if byte == 0x0A { result.lineStarts.append(result.tokens.count) }
        }
      }
      endToken(&result.tokens)
    }
    return result
  }

  private mutating func endToken(_ tokens: inout [UInt32]) {
    if buffer.isEmpty { return }
    var token = buffer.withUnsafeBufferPointer { interner.intern($0) }
    // Shorter words are left alone, as the original ROUGE does.
    if stemming, buffer.count > 3 { token = stem(of: token) }
    buffer.removeAll(keepingCapacity: true)
    if token >= 0 { tokens.append(number(of: Int(token))) }
  }

  private mutating func stem(of token: Int32) -> Int32 {
    if stems.count <= Int(token) {
      stems.append(contentsOf: repeatElement(-1, count: interner.count - stems.count))
    }
    if stems[Int(token)] == -1 {
      let stem = stemmer.stem(buffer)
      stems[Int(token)] = stem.isEmpty ? -2 : stem.withUnsafeBufferPointer { interner.intern($0) }
    }
    return stems[Int(token)]
  }

  private mutating func number(of token: Int) -> UInt32 {
    if numbers.count <= token {
      let missing = interner.count - numbers.count
      numbers.append(contentsOf: repeatElement(0, count: missing))
      rounds.append(contentsOf: repeatElement(0, count: missing))
    }
    if rounds[token] != round {
      rounds[token] = round
      numbers[token] = UInt32(distinct)
      distinct += 1
    }
    return numbers[token]
  }
}
