import OrchardJSON

/// Writes spaces as a visible character and cuts before each of them, as SentencePiece does.
struct MetaspacePreTokenizer: PreTokenizer {
  private let replacement: [UInt8]
  private let scheme: PrependScheme
  private let splits: Bool

  init(_ settings: StageSettings) throws {
    var bytes: [UInt8] = []
    UTF8Scalars.append(try settings.scalar("replacement"), to: &bytes)
    replacement = bytes
    scheme = try PrependScheme(settings)
    splits = try settings.bool("split", or: true)
  }

  /// Whether the result depends on where the piece stands in the text.
  var looksAtPosition: Bool { scheme == .first }

  func apply(to pieces: inout Pieces) {
    let tracked = pieces.tracked
    let alignments = pieces.alignments
    replacement.withUnsafeBufferPointer { replacement in
      pieces.rewrite { bytes, piece, output in
        let starts =
          bytes[piece.start] == 0x20
          || (piece.end - piece.start >= replacement.count && ByteHash.equal(replacement, bytes, at: piece.start))
        if tracked { output.current = alignments[piece.start] }
        if !starts, scheme == .always || (scheme == .first && piece.opensText) {
          for byte in replacement { output.put(byte: byte) }
        }
        var place = piece.start
        while place < piece.end {
          let run = place
          while place < piece.end, bytes[place] != 0x20 { place += 1 }
          if place > run { output.copy(run..<place, of: bytes, alignments) }
          guard place < piece.end else { break }
          if tracked { output.current = alignments[place] }
          for byte in replacement { output.put(byte: byte) }
          place += 1
        }
      }
    }
    guard splits else { return }
    let pattern = TextPattern.text(replacement)
    pieces.split(.isolated) { bytes, range, cutter in
      var before = range.lowerBound
      pattern.spans(in: bytes, range) { start, _, isMatch in
        guard isMatch, start > before else { return }
        cutter.span(before, start, isDelimiter: false)
        before = start
      }
      cutter.span(before, range.upperBound, isDelimiter: false)
    }
  }
}

/// When a Metaspace stage puts its character before a piece.
enum PrependScheme: String, Sendable {
  case always, first, never

  init(_ settings: StageSettings) throws {
    let name = try settings.string("prepend_scheme", or: "always")
    guard let scheme = PrependScheme(rawValue: name) else {
      throw settings.problem("the prepend scheme “\(name)” is not known; known are always, first, never.")
    }
    // Older files have a truth value instead.
    let prefixes = try settings.bool("add_prefix_space", or: scheme != .never)
    if !prefixes, settings.json["prepend_scheme"] != nil, scheme != .never {
      throw settings.problem("“add_prefix_space” is false, but “prepend_scheme” is \(name).")
    }
    self = prefixes ? scheme : .never
  }
}

extension AlignedText.Output {
  @inline(__always)
  mutating func put(byte: UInt8) {
    bytes.append(byte)
    if tracked { alignments.append(current) }
  }
}
