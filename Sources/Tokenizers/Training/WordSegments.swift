/// Cuts words where no piece may reach across: at a change between letters of one script, digits and other
/// characters, and at characters outside the alphabet.
///
/// So a name and the comma behind it never become one piece. SentencePiece has the same rule for scripts.
enum WordSegments {
  private enum Kind: Equatable {
    case letters(UInt16)
    case digits
    case others
  }

  /// The distinct segments of the words with their counts, in the order of their scalars.
  static func segments(of words: [CountedWord], in alphabet: Alphabet) -> [(scalars: [UInt32], count: Int)] {
    var counts: [[UInt32]: Int] = [:]
    for word in words {
      each(of: word.scalars, in: alphabet) { counts[$0, default: 0] += word.count }
    }
    return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { (scalars: $0.key, count: $0.value) }
  }

  private static let scripts = CodePointTable(runs: ScriptData.text)
  /// U+2581, which stands for a space and joins whatever follows.
  private static let space: UInt32 = 0x2581

  private static func each(of word: [UInt32], in alphabet: Alphabet, _ body: ([UInt32]) -> Void) {
    var segment: [UInt32] = []
    var kind: Kind?
    func close() {
      if !segment.isEmpty { body(segment) }
      segment.removeAll(keepingCapacity: true)
      kind = nil
    }
    for scalar in word {
      guard alphabet.contains(scalar) else {
        close()
        continue
      }
      if scalar == space {
        close()
      } else if let next = self.kind(of: scalar) {
        if let kind, kind != next { close() }
        kind = next
      }
      segment.append(scalar)
    }
    close()
  }

  /// Nil for a mark, which belongs to the character before it.
  private static func kind(of scalar: UInt32) -> Kind? {
    let classes = CharacterClass(of: scalar)
    if classes.contains(.mark) { return nil }
    if classes.contains(.number) { return .digits }
    return classes.contains(.letter) ? .letters(scripts[scalar]) : .others
  }
}
