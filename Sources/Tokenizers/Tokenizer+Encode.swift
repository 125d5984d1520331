extension Tokenizer {
  /// The tokens of a text, with their texts and places.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - addSpecialTokens: Whether the post-processor may add tokens, such as an end token.
  /// - Returns: The tokens in order.
  public func encode(_ text: String, addSpecialTokens: Bool = true) -> Encoding {
    Encoding(joining: processed([part(text, 0, detailed: true)], addSpecialTokens))
  }

  /// The tokens of a pair of texts, with their texts and places, each in its own text.
  ///
  /// - Parameters:
  ///   - text: The first text.
  ///   - pair: The second text.
  ///   - addSpecialTokens: Whether the post-processor may add tokens around the two.
  /// - Returns: The tokens of both in order.
  public func encode(_ text: String, pair: String, addSpecialTokens: Bool = true) -> Encoding {
    let parts = [part(text, 0, detailed: true), part(pair, 1, detailed: true)]
    return Encoding(joining: processed(parts, addSpecialTokens))
  }

  /// The numbers of a text's tokens: the same as `encode` gives, but faster.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - addSpecialTokens: Whether the post-processor may add tokens, such as an end token.
  /// - Returns: The tokens' numbers in order.
  public func encodeIDs(_ text: String, addSpecialTokens: Bool = true) -> [Int] {
    let parts = processed([part(text, 0, detailed: false)], addSpecialTokens)
    return parts.count == 1 ? parts[0].ids : parts.flatMap(\.ids)
  }

  private func processed(_ parts: [EncodedPart], _ addSpecialTokens: Bool) -> [EncodedPart] {
    postProcessor?.apply(to: parts, addSpecialTokens: addSpecialTokens) ?? parts
  }

  private func part(_ text: String, _ sequence: Int, detailed: Bool) -> EncodedPart {
    var text = text
    return text.withUTF8 { bytes in
      var pieces = normalized(bytes, tracked: detailed || alwaysTracks)
      preTokenizer?.apply(to: &pieces)
      if cutsWords { Self.cutWords(&pieces) }
      return withWorkspace { workspace in
        tokenize(pieces, &workspace)
        return detailed ? details(pieces, workspace.run, sequence) : numbers(workspace.run, sequence)
      }
    }
  }

  /// Finds the added tokens and normalizes what stands between them.
  private func normalized(_ bytes: UnsafeBufferPointer<UInt8>, tracked: Bool) -> Pieces {
    var pieces = Pieces(tracked: tracked)
    var scalars = 0
    added.spans(in: bytes, normalized: false) { range, token in
      let part = UnsafeBufferPointer(rebasing: bytes[range])
      // Without tracking, only whether the part opens the text matters.
      let origin = tracked ? scalars : range.lowerBound
      if tracked { scalars += UTF8Scalars.count(part) }
      var text = AlignedText(part, origin: Int32(truncatingIfNeeded: origin), tracked: tracked)
      guard token < 0 else {
        pieces.append(0..<part.count, of: text, token: token)
        return
      }
      normalizer?.apply(to: &text)
      if added.looksAtNormalizedText {
        text.bytes.withUnsafeBufferPointer { bytes in
          added.spans(in: bytes, normalized: true) { pieces.append($0, of: text, token: $1) }
        }
      } else {
        pieces.append(0..<text.bytes.count, of: text, token: -1)
      }
    }
    return pieces
  }

  /// Cuts before every U+2581 that follows something else.
  private static func cutWords(_ pieces: inout Pieces) {
    pieces.split(.isolated) { bytes, range, cutter in
      var before = range.lowerBound
      var place = range.lowerBound
      var lastEnd = range.lowerBound
      while place + 2 < range.upperBound {
        guard bytes[place] == 0xE2, bytes[place + 1] == 0x96, bytes[place + 2] == 0x81 else {
          place += 1
          continue
        }
        if place > lastEnd, place > before {
          cutter.span(before, place, isDelimiter: false)
          before = place
        }
        place += 3
        lastEnd = place
      }
      cutter.span(before, range.upperBound, isDelimiter: false)
    }
  }

  private func tokenize(_ pieces: Pieces, _ workspace: inout Workspace) {
    workspace.run.removeAll()
    workspace.run.ids.reserveCapacity(pieces.list.count * 3 / 2)
    pieces.bytes.withUnsafeBufferPointer { bytes in
      for piece in pieces.list {
        if piece.token >= 0 {
          workspace.run.append(added: piece.token, piece.start, piece.end)
        } else {
          workspace.cache.tokenize(
            UnsafeBufferPointer(rebasing: bytes[piece.start..<piece.end]), with: model, into: &workspace.run,
            at: piece.start, tracked: pieces.tracked, scratch: &workspace.scratch)
        }
      }
    }
  }

  private func numbers(_ run: TokenRun, _ sequence: Int) -> EncodedPart {
    var part = EncodedPart(sequence: sequence, isDetailed: false)
    part.ids = run.ids.map(Int.init)
    return part
  }

  private func details(_ pieces: Pieces, _ run: TokenRun, _ sequence: Int) -> EncodedPart {
    var part = EncodedPart(sequence: sequence, isDetailed: true)
    let count = run.ids.count
    part.ids = run.ids.map(Int.init)
    part.specialTokensMask = Array(repeating: false, count: count)
    part.typeIDs = Array(repeating: sequence, count: count)
    part.tokens.reserveCapacity(count)
    part.offsets.reserveCapacity(count)
    var added = run.added[...]
    for place in 0..<count {
      let isAdded = added.first == place
      if isAdded { added.removeFirst() }
      let (start, end) = (Int(run.starts[place]), Int(run.ends[place]))
      part.tokens.append(text(of: run.ids[place], pieces.bytes[start..<end], isAdded: isAdded))
      let first = Int(pieces.alignments[start].start)
      part.offsets.append(first..<max(first, Int(pieces.alignments[end - 1].end)))
    }
    return part
  }

  /// The text of a token that stands for the given bytes.
  private func text(of id: Int32, _ bytes: ArraySlice<UInt8>, isAdded: Bool) -> String {
    let keepsText = isAdded || (model.unknownKeepsText && id == model.unknownID ?? -1)
    if !keepsText, let token = model.vocabulary.token(Int(id)) { return String(decoding: token, as: UTF8.self) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
