/// Writes a sentence from a template: `{slot}` stands for a word, `[one|two|]` for one of the alternatives.
///
/// Alternatives may hold slots and alternatives. The first letter is made a capital.
struct DialogueTemplate {
  private let bytes: [UInt8]
  private let words: [String: String]
  private var place = 0
  private var out: [UInt8] = []

  init(_ template: String, words: [String: String]) {
    bytes = Array(template.utf8)
    self.words = words
  }

  mutating func sentence(random: inout SeededGenerator) -> String {
    text(writing: true, random: &random)
    // An empty alternative leaves two spaces, or one before a mark.
    var tidy: [UInt8] = []
    for byte in out {
      if byte == UInt8(ascii: " "), tidy.last ?? byte == byte { continue }
      if tidy.last == UInt8(ascii: " "), ".,!?".utf8.contains(byte) { tidy.removeLast() }
      tidy.append(byte)
    }
    if let first = tidy.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) { tidy[0] = first - 32 }
    return String(decoding: tidy, as: UTF8.self)
  }

  private mutating func text(writing: Bool, random: inout SeededGenerator) {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "["): alternatives(writing: writing, random: &random)
      case UInt8(ascii: "{"): slot(writing: writing)
      case UInt8(ascii: "|"), UInt8(ascii: "]"): return
      default:
        if writing { out.append(bytes[place]) }
        place += 1
      }
    }
  }

  /// Walks over the alternatives twice: once to count them, once to write the chosen one.
  private mutating func alternatives(writing: Bool, random: inout SeededGenerator) {
    let start = place
    var count = 0
    repeat {
      place += 1
      text(writing: false, random: &random)
      count += 1
    } while place < bytes.count && bytes[place] == UInt8(ascii: "|")
    let end = place
    if writing {
      let chosen = random.below(count)
      place = start
      for index in 0...chosen {
        place += 1
        text(writing: index == chosen, random: &random)
      }
    }
    place = end + 1
  }

  private mutating func slot(writing: Bool) {
    let end = bytes[place...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count - 1
    let name = String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
    place = end + 1
    // A slot that nobody filled stays visible, and a test finds it.
    if writing { out.append(contentsOf: (words[name] ?? "{\(name)}").utf8) }
  }
}
