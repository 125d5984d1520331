/// Looks for stop strings in a text that arrives in pieces, across their borders.
package struct StopText {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []

  /// A search for any of `stops`.
  package init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// Takes the next piece; adds to `text` what can no longer belong to a stop string.
  ///
  /// Returns whether a stop string has come; the text then ends before it.
  package mutating func append(_ piece: String, to text: inout String) -> Bool {
    if stops.isEmpty {
      text += piece
      return false
    }
    held += piece.utf8
    let match = held.indices.first { start in stops.contains { held[start...].starts(with: $0) } }
    // Without a match, the part at the end with which a stop string may have begun is held back.
    let certain = match ?? held.indices.first { start in stops.contains { $0.starts(with: held[start...]) } }
    let end = certain ?? held.count
    text += String(decoding: held[..<end], as: UTF8.self)
    held.removeFirst(end)
    return match != nil
  }

  /// Adds what was held back to `text`: nothing more comes.
  package mutating func finish(to text: inout String) {
    text += String(decoding: held, as: UTF8.self)
    held = []
  }
}
