/// The longest token that fits, again and again: WordPiece as BERT applies it.
struct WordPieceModel: VocabularyModel {
  let vocabulary: Vocabulary
  let unknownID: Int32?
  let unknownKeepsText = false
  private let trie: ByteTrie
  /// Where in the trie a token starts that continues a word; nil where no token does.
  private let continuation: Int32?
  private let longestWord: Int

  init(_ settings: StageSettings) throws {
    vocabulary = try Vocabulary(settings)
    unknownID = vocabulary.number(of: try settings.string("unk_token", or: "[UNK]")).map(Int32.init)
    longestWord = try settings.int("max_input_chars_per_word", or: 100)
    trie = ByteTrie(vocabulary.entries)
    continuation = trie.node(Array(try settings.string("continuing_subword_prefix", or: "##").utf8))
  }

  func tokenize(_ piece: UnsafeBufferPointer<UInt8>, into run: inout TokenRun, scratch: inout ModelScratch) {
    let first = run.ids.count
    if piece.count <= longestWord || UTF8Scalars.count(piece) <= longestWord {
      let isWhole = trie.withWalker { walker in
        var place = 0
        while place < piece.count {
          guard var node = place == 0 ? ByteTrie.root : continuation else { return false }
          var end = 0
          var found: Int32 = -1
          for next in place..<piece.count {
            node = walker.child(node, piece[next])
            if node < 0 { break }
            if walker.value[Int(node)] >= 0 {
              found = walker.value[Int(node)]
              end = next + 1
            }
          }
          if found < 0 { return false }
          run.append(found, place, end)
          place = end
        }
        return true
      }
      if isWhole { return }
      run.removeLast(run.ids.count - first)
    }
    if let unknownID { run.append(unknownID, 0, piece.count) }
  }
}

extension TokenRun {
  mutating func removeLast(_ count: Int) {
    ids.removeLast(count)
    starts.removeLast(count)
    ends.removeLast(count)
  }
}
