import Foundation

/// The character map that SentencePiece compiles into its models: a double array from byte strings to replacements.
///
/// The map is read as `tokenizers` reads it: a grapheme of fewer than six bytes is looked up whole, and the
/// shortest entry that it starts with replaces all of it; else its scalars are looked up one by one.
struct PrecompiledNormalizer: Normalizer {
  /// The units of a Darts double array.
  private let units: [UInt32]
  /// The replacements, each ended by a zero byte.
  private let replacements: [UInt8]
  /// Whether a scalar that is a single ASCII byte stays as it is.
  private let keepsASCII: [Bool]

  init(_ settings: StageSettings) throws {
    guard let map = Data(base64Encoded: try settings.string("precompiled_charsmap")) else {
      throw settings.problem("“precompiled_charsmap” is not base64.")
    }
    let bytes = [UInt8](map)
    guard !bytes.isEmpty else {
      (units, replacements, keepsASCII) = ([], [], Array(repeating: true, count: 128))
      return
    }
    func word(_ place: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
    guard bytes.count >= 4, Int(word(0)) % 4 == 0, 4 + Int(word(0)) <= bytes.count else {
      throw settings.problem("“precompiled_charsmap” is cut short.")
    }
    let count = Int(word(0)) / 4
    let read = (0..<count).map { word(4 + 4 * $0) }
    let texts = Array(bytes[(4 + 4 * count)...])
    (units, replacements) = (read, texts)
    guard String(validating: texts, as: UTF8.self) != nil else {
      throw settings.problem("the replacements in “precompiled_charsmap” are not UTF-8.")
    }
    keepsASCII = (0..<128).map { byte in
      [UInt8(byte)].withUnsafeBufferPointer { Self.replacement(of: $0, read, texts) == nil }
    }
  }

  /// The replacement of the shortest entry that `key` starts with, or nil.
  private static func replacement(
    of key: UnsafeBufferPointer<UInt8>, _ units: [UInt32], _ replacements: [UInt8]
  ) -> Range<Int>? {
    guard let root = units.first else { return nil }
    var place = Int(offset(root))
    for byte in key {
      if byte == 0 { return nil }
      place ^= Int(byte)
      guard place < units.count else { return nil }
      let unit = units[place]
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      place ^= Int(offset(unit))
      guard unit >> 8 & 1 == 1 else { continue }
      guard place < units.count else { return nil }
      let start = Int(units[place] & 0x7FFF_FFFF)
      // A broken map must not lead into the middle of a character.
      guard start < replacements.count, replacements[start] & 0xC0 != 0x80 else { return nil }
      return start..<(replacements[start...].firstIndex(of: 0) ?? replacements.count)
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> UInt32 { (unit >> 10) << ((unit & (1 << 9)) >> 6) }

  func apply(to text: inout AlignedText) {
    let found = text.bytes.withUnsafeBufferPointer { bytes -> ScalarEdits? in
      var place = 0
      // A line feed is left to the loop below: with a return before it, it is one grapheme.
      while place < bytes.count, bytes[place] < 0x80, keepsASCII[Int(bytes[place])] { place += 1 }
      guard place < bytes.count else { return nil }
      var edits = ScalarEdits(capacity: bytes.count + 64, tracked: text.tracked)
      var changed = false
      place = 0
      while place < bytes.count {
        // ASCII before ASCII is a grapheme of its own, but for a return before a line feed.
        let run = place
        while place < bytes.count, bytes[place] < 0x80, keepsASCII[Int(bytes[place])],
          place + 1 == bytes.count || (bytes[place + 1] < 0x80 && bytes[place] != 0x0D)
        {
          place += 1
        }
        if place > run { edits.keep(UnsafeBufferPointer(rebasing: bytes[run..<place])) }
        if place == bytes.count { break }
        let end = GraphemeBreaks.end(after: place, in: bytes)
        normalize(UnsafeBufferPointer(rebasing: bytes[place..<end]), into: &edits, changed: &changed)
        place = end
      }
      return changed ? edits : nil
    }
    found?.apply(to: &text)
  }

  private func normalize(
    _ grapheme: UnsafeBufferPointer<UInt8>, into edits: inout ScalarEdits, changed: inout Bool
  ) {
    if grapheme.count < 6, let new = Self.replacement(of: grapheme, units, replacements) {
      replace(UTF8Scalars.count(grapheme), new, &edits)
      changed = true
      return
    }
    var place = 0
    while place < grapheme.count {
      let width = UTF8Scalars.width(grapheme[place])
      let part = UnsafeBufferPointer(rebasing: grapheme[place..<place + width])
      if let new = Self.replacement(of: part, units, replacements) {
        replace(1, new, &edits)
        changed = true
      } else {
        edits.put(UTF8Scalars.scalar(grapheme, at: place), change: 0)
      }
      place += width
    }
  }

  private func replace(_ old: Int, _ new: Range<Int>, _ edits: inout ScalarEdits) {
    replacements.withUnsafeBufferPointer { edits.replace(old, by: UnsafeBufferPointer(rebasing: $0[new])) }
  }
}
