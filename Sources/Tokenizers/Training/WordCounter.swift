import OrchardJSON

/// A word as the pre-tokenizer cut it, and how often it stands in the texts.
struct CountedWord {
  let scalars: [UInt32]
  let count: Int
}

/// Sends texts through the stages that come before the model and counts the words that come out.
enum WordCounter {
  /// The words of the texts in the order of their bytes.
  static func count(_ texts: some Sequence<String>, _ layout: TokenizerLayout) throws -> [CountedWord] {
    let normalizer =
      layout.normalizer.isNull ? nil : try Catalog.normalizer(StageSettings(layout.normalizer, at: "normalizer"))
    let preTokenizer = try Catalog.preTokenizer(StageSettings(layout.preTokenizer, at: "pre_tokenizer"))
    var counts: [[UInt8]: Int] = [:]
    for var text in texts {
      var aligned = text.withUTF8 { AlignedText($0, origin: 0, tracked: false) }
      normalizer?.apply(to: &aligned)
      var pieces = Pieces(tracked: false)
      pieces.append(0..<aligned.bytes.count, of: aligned, token: -1)
      preTokenizer.apply(to: &pieces)
      for piece in pieces.list { counts[Array(pieces.bytes[piece.start..<piece.end]), default: 0] += 1 }
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { word, count in
      CountedWord(scalars: String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value), count: count)
    }
  }
}

/// The characters that a vocabulary has a token for.
struct Alphabet {
  /// In order.
  private let scalars: [UInt32]
  private let numbers: [UInt32: Int32]

  /// How many there are.
  var count: Int { scalars.count }

  /// The characters as UTF-8.
  var texts: [[UInt8]] {
    scalars.map { scalar in
      var bytes: [UInt8] = []
      UTF8Scalars.append(scalar, to: &bytes)
      return bytes
    }
  }

  /// The most frequent characters that together make up at least `coverage` of all.
  init(of words: [CountedWord], coverage: Double) {
    var counts: [UInt32: Int] = [:]
    for word in words {
      for scalar in word.scalars { counts[scalar, default: 0] += word.count }
    }
    let total = Double(counts.values.reduce(0, +))
    var covered = 0
    var chosen: [UInt32] = []
    for (scalar, count) in counts.sorted(by: { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }) {
      if Double(covered) >= coverage * total { break }
      covered += count
      chosen.append(scalar)
    }
    self.init(chosen)
  }

  private init(_ scalars: [UInt32]) {
    self.scalars = scalars.sorted()
    numbers = Dictionary(uniqueKeysWithValues: self.scalars.enumerated().map { ($1, Int32($0)) })
  }

  /// The visible characters that stand for the 256 bytes.
  static let bytes = Alphabet(ByteAlphabet.scalars)

  /// Whether a character is among them.
  func contains(_ scalar: UInt32) -> Bool { numbers[scalar] != nil }

  /// A word as numbers of characters, -1 for those outside.
  func tokens(of word: [UInt32]) -> [Int32] { word.map { numbers[$0] ?? -1 } }
}
