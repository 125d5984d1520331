/// Removes white space at the ends of the text.
struct StripNormalizer: Normalizer {
  private let left: Bool
  private let right: Bool

  init(_ settings: StageSettings) throws {
    left = try settings.bool("strip_left")
    right = try settings.bool("strip_right")
  }

  func apply(to text: inout AlignedText) {
    let classes = CharacterClass.table
    let kept = text.bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var end = bytes.count
      func isSpace(_ place: Int) -> Bool {
        CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes).contains(.whitespace)
      }
      while left, start < end, isSpace(start) { start += UTF8Scalars.width(bytes[start]) }
      while right, end > start {
        let before = UTF8Scalars.before(end, in: bytes)
        guard isSpace(before) else { break }
        end = before
      }
      return start..<end
    }
    text.keep(kept)
  }
}
