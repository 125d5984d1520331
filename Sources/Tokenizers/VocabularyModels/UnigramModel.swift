import OrchardJSON

/// The most probable way to put a piece together from tokens with probabilities.
///
/// T. Kudo, "Subword Regularization" (2018); the search over end points follows SentencePiece.
struct UnigramModel: VocabularyModel {
  let vocabulary: Vocabulary
  let unknownID: Int32?
  let unknownKeepsText = true
  private let trie: ByteTrie
  private let scores: [Double]
  private let unknownScore: Double
  /// The token of each byte, or nil where there is none for unknown characters to fall back on.
  private let byteTokens: [Int32]?

  /// The best way to reach a place in the piece.
  struct Node: Sendable {
    var id: Int32 = 0
    /// Where the last token starts, -1 for a place not reached yet.
    var start: Int32 = -1
  }

  init(_ settings: StageSettings) throws {
    let entries = try settings.array("vocab")
    var scores: [Double] = []
    scores.reserveCapacity(entries.count)
    var lowest = Double.infinity
    for (number, entry) in entries.enumerated() {
      guard let pair = entry.array, pair.count == 2, pair[0].string != nil, let score = pair[1].double else {
        throw settings.problem("entry \(number) of “vocab” should be a list of a token and its score.")
      }
      scores.append(score)
      lowest = min(lowest, score)
    }
    self.scores = scores
    unknownScore = lowest - 10
    vocabulary = Vocabulary(
      entries.lazy.enumerated().map { ($1.array?.first?.string ?? "", $0) }, count: entries.count)
    trie = ByteTrie(vocabulary.entries)
    let unknown = settings.json["unk_id"]?.int
    if let unknown, !entries.indices.contains(unknown) {
      throw settings.problem("“unk_id” is \(unknown), but the vocabulary has \(entries.count) tokens.")
    }
    unknownID = unknown.map(Int32.init)
    byteTokens = try settings.bool("byte_fallback", or: false) ? vocabulary.byteTokens : nil
  }

  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into run: inout TokenRun, scratch: inout ModelScratch) {
    search(piece, &scratch)
    // From the end back to the start; unknown characters in a row become one token.
    var spans: [(start: Int, end: Int, id: Int32)] = []
    var end = piece.count
    while end > 0 {
      let node = scratch.nodes[end]
      let start = Int(node.start)
      if node.id == unknownID ?? -1, let last = spans.last, last.id == node.id, last.start == end {
        spans[spans.count - 1].start = start
      } else {
        spans.append((start, end, node.id))
      }
      end = start
    }
    for span in spans.reversed() {
      if span.id != unknownID ?? -1 {
        run.append(span.id, span.start, span.end)
      } else {
        appendUnknown(UnsafeBufferPointer(rebasing: piece[span.start..<span.end]), at: span.start, into: &run)
      }
    }
  }

  /// Finds the best last token for every place in the piece.
  private func search(_ piece: UnsafeBufferPointer<UInt8>, _ scratch: inout ModelScratch) {
    let size = piece.count + 1
    if scratch.nodes.count < size {
      scratch.nodes = Array(repeating: Node(), count: size * 2)
      scratch.scores = Array(repeating: 0, count: size * 2)
    }
    let unknown = unknownID ?? -1
    scratch.nodes.withUnsafeMutableBufferPointer { nodes in
      scratch.scores.withUnsafeMutableBufferPointer { best in
        scores.withUnsafeBufferPointer { scores in
          trie.withWalker { walker in
            for place in 0..<size {
              nodes[place] = Node()
              best[place] = 0
            }
            var place = 0
            while place < piece.count {
              let here = best[place]
              let width = UTF8Scalars.width(piece[place])
              var coversOne = false
              var node = ByteTrie.root
              var next = place
              while next < piece.count {
                node = walker.child(node, piece[next])
                if node < 0 { break }
                next += 1
                let id = walker.value[Int(node)]
                guard id >= 0 else { continue }
                let score = here + scores[Int(id)]
                if nodes[next].start < 0 || score > best[next] {
                  best[next] = score
                  nodes[next] = Node(id: id, start: Int32(truncatingIfNeeded: place))
                }
                if next - place == width { coversOne = true }
              }
              if !coversOne {
                let score = here + unknownScore
                let end = place + width
                if nodes[end].start < 0 || score > best[end] {
                  best[end] = score
                  nodes[end] = Node(id: unknown, start: Int32(truncatingIfNeeded: place))
                }
              }
              place += width
            }
          }
        }
      }
    }
  }

  private func appendUnknown(_ text: UnsafeBufferPointer<UInt8>, at start: Int, into run: inout TokenRun) {
    let number = vocabulary.number(of: text)
    if number >= 0 {
      run.append(number, start, start + text.count)
    } else if let byteTokens, text.allSatisfy({ byteTokens[Int($0)] >= 0 }) {
      for byte in text { run.append(byteTokens[Int(byte)], start, start + text.count) }
    } else if let unknownID {
      run.append(unknownID, start, start + text.count)
    }
  }
}

extension Vocabulary {
  /// The tokens `<0x00>` to `<0xFF>`, -1 for a missing one.
  var byteTokens: [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return number(of: "<0x" + (digits.count < 2 ? "0" : "") + digits + ">").map(Int32.init) ?? -1
    }
  }
}
