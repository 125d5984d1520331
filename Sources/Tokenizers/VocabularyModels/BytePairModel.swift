import OrchardJSON

/// Byte-pair encoding: the symbols of a piece are merged in the order in which the merges were learnt.
///
/// R. Sennrich, B. Haddow, A. Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016).
struct BytePairModel: VocabularyModel {
  let vocabulary: Vocabulary
  let unknownID: Int32?
  let unknownKeepsText = false
  private let merges: MergeTable
  private let fusesUnknown: Bool
  private let ignoresMerges: Bool
  private let prefix: [UInt8]
  private let suffix: [UInt8]
  /// The token of each byte, for characters that are not in the vocabulary.
  private let byteTokens: [Int32]?
  /// The token of each ASCII character, -1 for none; empty where prefixes or suffixes are in use.
  private let asciiTokens: [Int32]
  /// Where pieces hold bytes rather than their visible characters: the token of each byte.
  private var rawTokens: [Int32] = []
  /// The vocabulary that whole pieces are looked up in: of visible characters, or of bytes.
  private var wholePieces: Vocabulary
  /// Whether no merge reaches over the start of a word that U+2581 opens.
  let mergesStayInWords: Bool

  /// A token in a piece that is being merged.
  struct Symbol: Sendable {
    var id: Int32
    /// How many bytes of the piece it stands for; 0 once it is merged into the one before.
    var count: Int32
    var previous: Int32
    var next: Int32
  }

  init(_ settings: StageSettings) throws {
    if let dropout = settings.json["dropout"]?.double, dropout > 0 {
      throw settings.problem("“dropout” is \(dropout); encoding at random is not supported, set it to null.")
    }
    vocabulary = try Vocabulary(settings)
    wholePieces = vocabulary
    prefix = Array((try settings.optionalString("continuing_subword_prefix") ?? "").utf8)
    suffix = Array((try settings.optionalString("end_of_word_suffix") ?? "").utf8)
    fusesUnknown = try settings.bool("fuse_unk", or: false)
    ignoresMerges = try settings.bool("ignore_merges", or: false)
    if let unknown = try settings.optionalString("unk_token") {
      guard let number = vocabulary.number(of: unknown) else {
        throw settings.problem("the unknown token “\(unknown)” is not in the vocabulary.")
      }
      unknownID = Int32(number)
    } else {
      unknownID = nil
    }
    byteTokens = try settings.bool("byte_fallback", or: false) ? vocabulary.byteTokens : nil
    let vocabulary = vocabulary
    asciiTokens =
      prefix.isEmpty && suffix.isEmpty
      ? (UInt8(0)..<128).map { byte in withUnsafePointer(to: byte) { vocabulary.number(of: .init(start: $0, count: 1)) }
      }
      : []
    merges = try MergeTable(settings, vocabulary, prefix: prefix)
    // Where characters could be left out, offsets would depend on the cut.
    let leavesNothingOut = unknownID != nil || byteTokens?.contains(-1) == false
    mergesStayInWords =
      vocabulary.number(of: "\u{2581}") != nil && leavesNothingOut && prefix.isEmpty && suffix.isEmpty
      && !ignoresMerges && merges.stayInWords
  }

  /// The same model for pieces that hold bytes where the vocabulary has their visible characters.
  ///
  /// Nil where that would not give the same tokens.
  func takingBytes() -> BytePairModel? {
    guard prefix.isEmpty, suffix.isEmpty else { return nil }
    let tokens = ByteAlphabet.scalars.map { scalar -> Int32 in
      var bytes: [UInt8] = []
      UTF8Scalars.append(scalar, to: &bytes)
      return bytes.withUnsafeBufferPointer { vocabulary.number(of: $0) }
    }
    guard tokens.allSatisfy({ $0 >= 0 }) else { return nil }
    var model = self
    model.rawTokens = tokens
    if ignoresMerges { model.wholePieces = vocabulary.mapped { ByteAlphabet.decoded($0) } }
    return model
  }

  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into run: inout TokenRun, scratch: inout ModelScratch) {
    if ignoresMerges {
      let number = wholePieces.number(of: piece)
      if number >= 0 {
        run.append(number, 0, piece.count)
        return
      }
    }
    scratch.symbols.removeAll(keepingCapacity: true)
    if rawTokens.isEmpty {
      cut(piece, &scratch)
    } else {
      for byte in piece { scratch.symbols.append(Symbol(id: rawTokens[Int(byte)], count: 1, previous: 0, next: 0)) }
    }
    if scratch.symbols.count > 48 {
      merges.mergeMany(&scratch)
    } else {
      merges.mergeFew(&scratch.symbols)
    }
    var place = 0
    for symbol in scratch.symbols where symbol.count > 0 {
      run.append(symbol.id, place, place + Int(symbol.count))
      place += Int(symbol.count)
    }
  }

  /// Fills the symbols with a token for each character.
  private func cut(_ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout ModelScratch) {
    var place = 0
    var unknown: Int32 = 0  // The bytes of unknown characters that wait for their token.
    func put(_ id: Int32, _ count: Int32) {
      scratch.symbols.append(Symbol(id: id, count: count, previous: 0, next: 0))
    }
    func flush() {
      if unknown > 0, let unknownID { put(unknownID, unknown) }
      unknown = 0
    }
    while place < piece.count {
      let width = UTF8Scalars.width(piece[place])
      let isLast = place + width == piece.count
      var id: Int32
      if width == 1, !asciiTokens.isEmpty {
        id = asciiTokens[Int(piece[place])]
      } else if prefix.isEmpty, suffix.isEmpty {
        id = vocabulary.number(of: UnsafeBufferPointer(rebasing: piece[place..<place + width]))
      } else {
        decorate(piece, place, width, isLast, &scratch.bytes)
        id = scratch.bytes.withUnsafeBufferPointer { vocabulary.number(of: $0) }
      }
      if id >= 0 {
        flush()
        put(id, Int32(width))
      } else if let byteTokens, putBytes(piece, place, width, isLast, byteTokens, &scratch) {
        // The bytes stand for the character.
      } else {
        if unknown > 0, !fusesUnknown { flush() }
        unknown += Int32(width)
      }
      place += width
    }
    flush()
  }

  /// A character with the prefix and suffix that its place in the piece asks for.
  private func decorate(
    _ piece: UnsafeBufferPointer<UInt8>, _ place: Int, _ width: Int, _ isLast: Bool, _ bytes: inout [UInt8]
  ) {
    bytes.removeAll(keepingCapacity: true)
    if place > 0 { bytes.append(contentsOf: prefix) }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[place..<place + width]))
    if isLast { bytes.append(contentsOf: suffix) }
  }

  private func putBytes(
    _ piece: UnsafeBufferPointer<UInt8>, _ place: Int, _ width: Int, _ isLast: Bool, _ tokens: [Int32],
    _ scratch: inout ModelScratch
  ) -> Bool {
    decorate(piece, place, width, isLast, &scratch.bytes)
    guard scratch.bytes.allSatisfy({ tokens[Int($0)] >= 0 }) else { return false }
    for byte in scratch.bytes {
      scratch.symbols.append(Symbol(id: tokens[Int(byte)], count: 1, previous: 0, next: 0))
    }
    return true
  }
}
