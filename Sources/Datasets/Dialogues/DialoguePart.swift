/// The two parts of a data set; every sentence that can be written belongs to exactly one of them.
enum DialoguePart: Sendable {
  case training
  case heldOut

  /// The part that owns a sentence, decided by its bytes alone.
  ///
  /// A quarter of all sentences is kept for the held-out part, so no sentence can stand in both,
  /// whatever is drawn. The hash is FNV-1a, of which the first two bits count.
  static func owner(of sentence: some StringProtocol) -> DialoguePart {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in sentence.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash >> 62 == 0 ? .heldOut : .training
  }

  /// The sentences of a text: what ends in a full stop, a question mark or an exclamation mark before a space.
  static func sentences(of text: String) -> [String] {
    var sentences: [String] = []
    var sentence = ""
    for word in text.split(separator: " ") {
      sentence += sentence.isEmpty ? word : " " + word
      if let last = word.last, ".!?".contains(last) {
        sentences.append(sentence)
        sentence = ""
      }
    }
    return sentence.isEmpty ? sentences : sentences + [sentence]
  }
}
