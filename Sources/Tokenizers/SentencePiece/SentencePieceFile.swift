/// What a SentencePiece `.model` file says, as far as encoding depends on it.
///
/// The message `ModelProto` of sentencepiece_model.proto; field numbers as there, values that are absent take
/// the defaults that are declared there.
struct SentencePieceFile {
  /// What a piece is for.
  enum PieceType: UInt64 {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// How the text is cut.
  enum Algorithm: UInt64 {
    case unigram = 1
    case bytePair, word, character
  }

  /// One token.
  struct Piece {
    var text: [UInt8] = []
    var score: Float = 0
    var type = PieceType.normal
  }

  private(set) var pieces: [Piece] = []
  private(set) var algorithm = Algorithm.unigram
  private(set) var hasByteFallback = false
  private(set) var putsSpaceBehind = false
  /// The compiled table of character replacements, empty for none.
  private(set) var replacements: [UInt8] = []
  private(set) var addsSpaceBefore = true
  private(set) var removesExtraSpaces = true
  private(set) var escapesSpaces = true

  /// Reads a file's bytes.
  ///
  /// - Throws: `ProtobufError` where they are no such message.
  init(_ bytes: [UInt8]) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let (field, value, place) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let range)): pieces.append(try Self.piece(bytes, range))
      case (2, .bytes(let range)): try readTraining(bytes, range)
      case (3, .bytes(let range)): try readNormalization(bytes, range)
      case (1...3, _): throw ProtobufError(offset: place, problem: "field \(field) should be a message")
      default: break
      }
    }
    if pieces.isEmpty { throw ProtobufError(offset: bytes.count, problem: "there are no pieces in it") }
  }

  private static func piece(_ bytes: [UInt8], _ range: Range<Int>) throws(ProtobufError) -> Piece {
    var piece = Piece()
    var reader = ProtobufReader(bytes, range)
    while let (field, value, place) = try reader.next() {
      switch (field, value) {
      case (1, .bytes(let text)): piece.text = Array(bytes[text])
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .number(let number)):
        guard let type = PieceType(rawValue: number) else {
          throw ProtobufError(offset: place, problem: "a piece has the unknown type \(number)")
        }
        piece.type = type
      case (1...3, _): throw ProtobufError(offset: place, problem: "field \(field) of a piece has the wrong type")
      default: break
      }
    }
    guard !piece.text.isEmpty, String(validating: piece.text, as: UTF8.self) != nil, piece.score.isFinite else {
      throw ProtobufError(offset: range.lowerBound, problem: "a piece has no text in UTF-8, or no finite score")
    }
    return piece
  }

  private mutating func readTraining(_ bytes: [UInt8], _ range: Range<Int>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes, range)
    while let (field, value, place) = try reader.next() {
      switch (field, value) {
      case (3, .number(let number)):
        guard let known = Algorithm(rawValue: number) else {
          throw ProtobufError(offset: place, problem: "the model is of the unknown type \(number)")
        }
        algorithm = known
      case (24, .number(let flag)): putsSpaceBehind = flag != 0
      case (35, .number(let flag)): hasByteFallback = flag != 0
      default: break
      }
    }
  }

  private mutating func readNormalization(_ bytes: [UInt8], _ range: Range<Int>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes, range)
    while let (field, value, _) = try reader.next() {
      switch (field, value) {
      case (2, .bytes(let table)): replacements = Array(bytes[table])
      case (3, .number(let flag)): addsSpaceBefore = flag != 0
      case (4, .number(let flag)): removesExtraSpaces = flag != 0
      case (5, .number(let flag)): escapesSpaces = flag != 0
      default: break
      }
    }
  }
}
