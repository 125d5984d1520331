/// The merges of a byte-pair model, which a SentencePiece file only has as the scores of what they make.
enum SentencePieceMerges {
  /// Every way to make a piece from two others, the piece with the highest score first.
  ///
  /// Of several ways for one piece the one with the longer left part comes first, as in Hugging Face's
  /// conversion.
  static func merges(of pieces: [SentencePieceFile.Piece]) -> [(left: String, right: String)] {
    var known: Set<ArraySlice<UInt8>> = []
    for piece in pieces where piece.type == .normal || piece.type == .userDefined { known.insert(piece.text[...]) }
    var ways: [(piece: Int, cut: Int)] = []
    for (number, piece) in pieces.enumerated() where piece.type == .normal {
      for cut in 1..<max(1, piece.text.count) where piece.text[cut] & 0xC0 != 0x80 {
        if known.contains(piece.text[..<cut]), known.contains(piece.text[cut...]) { ways.append((number, cut)) }
      }
    }
    ways.sort { a, b in
      if pieces[a.piece].score != pieces[b.piece].score { return pieces[a.piece].score > pieces[b.piece].score }
      return a.piece != b.piece ? a.piece < b.piece : a.cut > b.cut
    }
    return ways.map { way in
      let text = pieces[way.piece].text
      return (String(decoding: text[..<way.cut], as: UTF8.self), String(decoding: text[way.cut...], as: UTF8.self))
    }
  }
}
