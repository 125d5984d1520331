/// Cuts in words as GPT-2 does and writes every byte as a visible character.
struct ByteLevelPreTokenizer: PreTokenizer {
  private let addsPrefixSpace: Bool
  private let splits: Bool
  /// Whether the bytes stay as they are, because the model that follows looks bytes up itself.
  private var keepsBytes = false

  init(_ settings: StageSettings) throws {
    addsPrefixSpace = try settings.bool("add_prefix_space", or: true)
    splits = try settings.bool("use_regex", or: true)
  }

  /// The same stage, leaving bytes as they are.
  var keepingBytes: ByteLevelPreTokenizer {
    var stage = self
    stage.keepsBytes = true
    return stage
  }

  func apply(to pieces: inout Pieces) {
    if addsPrefixSpace { addPrefixSpace(to: &pieces) }
    if splits {
      let scanner = WordScanner.gpt2
      pieces.split(.isolated) { bytes, range, cutter in
        scanner.spans(in: bytes, range) { cutter.span($0, $1, isDelimiter: $2) }
      }
    }
    if !keepsBytes { writeBytes(of: &pieces) }
  }

  private func addPrefixSpace(to pieces: inout Pieces) {
    guard pieces.list.contains(where: { $0.token < 0 && pieces.bytes[$0.start] != 0x20 }) else { return }
    let alignments = pieces.alignments
    pieces.rewrite { bytes, piece, output in
      if bytes[piece.start] != 0x20 {
        if output.tracked { output.current = alignments[piece.start] }
        output.put(byte: 0x20)
      }
      output.copy(piece.start..<piece.end, of: bytes, alignments)
    }
  }

  private func writeBytes(of pieces: inout Pieces) {
    let scalars = ByteAlphabet.scalars
    let alignments = pieces.alignments
    pieces.rewrite { bytes, piece, output in
      for place in piece.start..<piece.end {
        if output.tracked { output.current = alignments[place] }
        output.put(scalars[Int(bytes[place])])
      }
    }
  }
}
