import OrchardJSON

/// Tokens and their numbers, as bytes: `String`'s own comparison would hold canonically equivalent tokens equal.
package struct Vocabulary: Sendable {
  private var bytes: [UInt8] = []
  /// Where each token's bytes start and how many they are; -1 for a number without a token.
  private var spans: [(start: Int32, count: Int32)] = []
  /// Open addressing: a token's number, or -1.
  private var index: [Int32] = []

  /// Larger numbers are taken for a mistake: memory is set aside for every number up to the largest.
  static let largestNumber = 1 << 24

  /// The largest number and one more.
  package var count: Int { spans.count }

  /// The tokens with the given numbers.
  ///
  /// Where a token stands twice, looking it up gives the later number.
  package init(_ tokens: some Sequence<(String, Int)>, count: Int) {
    spans = Array(repeating: (0, -1), count: count)
    bytes.reserveCapacity(count * 8)
    for (token, number) in tokens {
      if number >= spans.count {
        spans.append(contentsOf: repeatElement((start: Int32(0), count: Int32(-1)), count: number + 1 - spans.count))
      }
      let start = bytes.count
      bytes.append(contentsOf: token.utf8)
      spans[number] = (Int32(start), Int32(bytes.count - start))
    }
    buildIndex()
  }

  private init() {}

  private mutating func buildIndex() {
    var slots = 16
    while slots < spans.count * 2 { slots *= 2 }
    index = Array(repeating: -1, count: slots)
    bytes.withUnsafeBufferPointer { all in
      for number in spans.indices where spans[number].count >= 0 {
        let token = UnsafeBufferPointer(
          rebasing: all[Int(spans[number].start)..<Int(spans[number].start + spans[number].count)])
        index[slot(of: token, in: all)] = Int32(number)
      }
    }
  }

  /// The slot where the token stands, or the empty one where it would stand.
  @inline(__always)
  private func slot(of token: UnsafeBufferPointer<UInt8>, in all: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = index.count - 1
    var slot = Int(truncatingIfNeeded: ByteHash.hash(token)) & mask
    while true {
      let number = index[slot]
      if number < 0 { return slot }
      let span = spans[Int(number)]
      if Int(span.count) == token.count, ByteHash.equal(token, all, at: Int(span.start)) { return slot }
      slot = (slot + 1) & mask
    }
  }

  /// The number of a token, or -1.
  @inline(__always)
  func number(of token: UnsafeBufferPointer<UInt8>) -> Int32 {
    bytes.withUnsafeBufferPointer { index[slot(of: token, in: $0)] }
  }

  /// The number of a token, or nil.
  package func number(of token: String) -> Int? {
    var token = token
    let number = token.withUTF8 { self.number(of: $0) }
    return number < 0 ? nil : Int(number)
  }

  /// The bytes of a token, or nil where no token has the number.
  func token(_ number: Int) -> ArraySlice<UInt8>? {
    guard spans.indices.contains(number), spans[number].count >= 0 else { return nil }
    let start = Int(spans[number].start)
    return bytes[start..<start + Int(spans[number].count)]
  }

  /// All tokens with their numbers.
  var entries: some Sequence<(token: ArraySlice<UInt8>, number: Int)> {
    spans.indices.lazy.compactMap { number in token(number).map { ($0, number) } }
  }

  /// The vocabulary with every token rewritten; a token that becomes nil cannot be looked up.
  func mapped(_ body: (ArraySlice<UInt8>) -> [UInt8]?) -> Vocabulary {
    var result = Vocabulary()
    result.spans = Array(repeating: (0, -1), count: spans.count)
    for (token, number) in entries {
      guard let image = body(token) else { continue }
      result.spans[number] = (Int32(result.bytes.count), Int32(image.count))
      result.bytes.append(contentsOf: image)
    }
    result.buildIndex()
    return result
  }
}

extension Vocabulary {
  /// Reads `{"token": number, …}`.
  init(_ settings: StageSettings) throws {
    let entries = try settings.object("vocab").entries
    for (token, value) in entries {
      guard let number = value.int, (0...Self.largestNumber).contains(number) else {
        throw settings.problem("the number of the token “\(token)” is not a whole number from 0 up to 2^24.")
      }
    }
    self.init(entries.lazy.map { ($0.key, $0.value.int ?? 0) }, count: entries.count)
  }
}

/// Hashing and comparing short runs of bytes.
enum ByteHash {
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    guard let base = bytes.baseAddress else { return 0 }
    let raw = UnsafeRawPointer(base)
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var place = 0
    while place + 8 <= bytes.count {
      hash = (hash ^ raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0x9FB2_1C65_1E98_DF25
      hash ^= hash >> 32
      place += 8
    }
    var rest: UInt64 = 0
    while place < bytes.count {
      rest = rest << 8 | UInt64(base[place])
      place += 1
    }
    hash = (hash ^ rest) &* 0x9FB2_1C65_1E98_DF25
    return hash ^ hash >> 29
  }

  /// Whether `bytes` stand in `all` at `start`, which must leave room for them.
  @inline(__always)
  static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ all: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
    for place in 0..<bytes.count where bytes[place] != all[start + place] { return false }
    return true
  }
}
