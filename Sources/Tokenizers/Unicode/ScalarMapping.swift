/// Unicode scalars that stand for other scalars: lower case, decompositions.
struct ScalarMapping: Sendable {
  /// Where an image starts in `images`, and its length in the low four bits; 0 for none.
  private var places: [UInt32: UInt32] = [:]
  private var images: [UInt32] = []

  /// Reads runs as `tokenizers_unicode.py` writes them: `distance[*count.place.step]=image`.
  init(runs text: StaticString) {
    places.reserveCapacity(8192)
    images.reserveCapacity(16384)
    var reader = HexReader(text)
    var scalar: UInt32 = 0
    while let distance = reader.number() {
      scalar += distance
      var count: UInt32 = 1
      var place = 0
      var step: UInt32 = 0
      if reader.separator == UInt8(ascii: "*") {
        count = reader.number() ?? 1
        place = Int(reader.number() ?? 0)
        step = reader.number() ?? 0
      }
      var image: [UInt32] = []
      repeat {
        guard let part = reader.number() else { break }
        image.append(part)
      } while reader.separator == UInt8(ascii: ".")
      for offset in 0..<count {
        places[scalar + offset] = UInt32(images.count) << 5 | UInt32(image.count)
        images.append(contentsOf: image)
        if place < image.count { image[place] += step }
      }
    }
  }

  /// All scalars that have an image.
  var scalars: some Collection<UInt32> { places.keys }

  /// What stands for `scalar`, or nil where it stands for itself.
  @inline(__always)
  subscript(scalar: UInt32) -> ArraySlice<UInt32>? {
    guard let place = places[scalar] else { return nil }
    let start = Int(place >> 5)
    return images[start..<start + Int(place & 31)]
  }

  /// Lower case, a scalar at a time (no final sigma).
  static let lowercase = ScalarMapping(runs: LowercaseData.text)
  /// Full canonical decompositions, Hangul syllables apart.
  static let canonical = ScalarMapping(runs: CanonicalData.text)
  /// Full compatibility decompositions where they differ from the canonical ones.
  static let compatibility = ScalarMapping(runs: CompatibilityData.text)
}
