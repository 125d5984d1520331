/// Where user-perceived characters end (extended grapheme clusters, Unicode Standard Annex 29).
enum GraphemeBreaks {
  /// The end of the grapheme that starts at `place`.
  static func end(after place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    // One scalar and the next: most graphemes end after the first.
    let second = place + UTF8Scalars.width(bytes[place])
    guard second < bytes.count else { return second }
    if bytes[place] < 0x80, bytes[second] < 0x80 {
      return bytes[place] == 0x0D && bytes[second] == 0x0A ? second + 1 : second
    }
    // The standard library finds the break; a window of text is enough unless the grapheme fills it.
    var window = 64
    while true {
      var limit = min(bytes.count, place + window)
      while limit < bytes.count, bytes[limit] & 0xC0 == 0x80 { limit += 1 }
      let text = String(decoding: bytes[place..<limit], as: UTF8.self)
      guard let first = text.first else { return second }
      let length = first.utf8.count
      if length < limit - place || limit == bytes.count { return place + length }
      window *= 4
    }
  }
}
