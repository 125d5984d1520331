import Foundation
import OrchardJSON
import OrchardTokenizers
import TestSupport
import Testing

/// The random texts that `tokenizers_goldens.py` hashes: the same numbers give the same texts.
struct RandomTexts {
  let words: [String]
  let ranges: [(low: UInt32, high: UInt32)]

  init(_ json: JSONValue) throws {
    words = try #require(json["words"]?.array).compactMap(\.string)
    ranges = try #require(json["ranges"]?.array).map { pair in
      let numbers = try #require(pair.array).compactMap(\.int)
      return (UInt32(numbers[0]), UInt32(numbers[1]))
    }
  }

  /// The text with a number, with some of the given special tokens.
  func text(_ number: Int, special: [String]) -> String {
    var random = SplitMix(state: UInt64(number) &* 0xD1B5_4A32_D192_ED03)
    var text = ""
    for _ in 0..<random.below(24) {
      let kind = random.below(20)
      if kind < 7 {
        text += words[random.below(words.count)]
      } else if kind < 11 {
        let more = random.below(3)
        text += String(repeating: " ", count: 1 + more * random.below(2))
      } else if kind == 11, !special.isEmpty {
        text += special[random.below(special.count)]
      } else {
        let range = ranges[random.below(ranges.count)]
        for _ in 0..<1 + random.below(4) {
          let value = range.low + UInt32(random.below(Int(range.high - range.low + 1)))
          text.unicodeScalars.append(Unicode.Scalar(value) ?? "A")
        }
      }
    }
    return text
  }
}

/// After Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
struct SplitMix {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }
}

/// CRC-32 of everything that was put in.
struct GoldenHash {
  private var value: UInt32 = 0xFFFF_FFFF

  private static let table: [UInt32] = (UInt32(0)..<256).map { byte in
    (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  private mutating func put(_ byte: UInt8) {
    value = Self.table[Int((value ^ UInt32(byte)) & 255)] ^ value >> 8
  }

  mutating func put(_ numbers: [Int]) {
    for number in numbers + [0xFFFF_FFFF] {
      for shift in stride(from: 0, to: 32, by: 8) { put(UInt8(truncatingIfNeeded: number >> shift)) }
    }
  }

  mutating func put(_ text: String) {
    for byte in text.utf8 { put(byte) }
    put(0xFF)
  }

  var hex: String {
    let digits = String(~value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

/// The goldens of one tokenizer: a hash for every hundred texts.
struct TokenizerGolden {
  let special: [String]
  let count: Int
  let ids: [String]
  let details: [String]

  init(_ json: JSONValue) throws {
    special = try #require(json["special"]?.array).compactMap(\.string)
    count = try #require(json["count"]?.int)
    ids = try #require(json["ids"]?.array).compactMap(\.string)
    details = try #require(json["details"]?.array).compactMap(\.string)
  }

  /// Compares a tokenizer with the goldens, block by block.
  func check(_ tokenizer: Tokenizer, _ texts: RandomTexts, sourceLocation: SourceLocation = #_sourceLocation) {
    for block in 0..<ids.count {
      var ofIDs = GoldenHash()
      var ofDetails = GoldenHash()
      let numbers = block * 100..<min(block * 100 + 100, count)
      let block = numbers.map { texts.text($0, special: special) }
      for (place, text) in block.enumerated() {
        let encoding = tokenizer.encode(text)
        ofIDs.put(encoding.ids)
        encoding.tokens.forEach { ofDetails.put($0) }
        ofDetails.put(encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] })
        ofDetails.put(encoding.typeIDs)
        ofDetails.put(encoding.specialTokensMask.map { $0 ? 1 : 0 })
        ofDetails.put(tokenizer.encode(text, addSpecialTokens: false).ids)
        ofDetails.put(tokenizer.decode(encoding.ids, skipSpecialTokens: false))
        ofDetails.put(tokenizer.decode(encoding.ids))
        if place % 10 == 9 {
          let pair = tokenizer.encode(block[place - 1], pair: text)
          ofDetails.put(pair.ids)
          ofDetails.put(pair.typeIDs)
        }
        // The path without offsets must give the same numbers.
        #expect(tokenizer.encodeIDs(text) == encoding.ids, sourceLocation: sourceLocation)
      }
      let which = Comment(rawValue: "texts \(numbers.lowerBound) to \(numbers.upperBound - 1)")
      #expect(ofIDs.hex == ids[numbers.lowerBound / 100], which, sourceLocation: sourceLocation)
      #expect(ofDetails.hex == details[numbers.lowerBound / 100], which, sourceLocation: sourceLocation)
    }
  }
}

/// The small tokenizers in `Tests/Goldens/tokenizers`.
struct GoldenPipelines {
  let texts: RandomTexts
  private let pipelines: [JSONValue]

  init() throws {
    let json = try Self.json("pipelines.json")
    texts = try RandomTexts(json)
    pipelines = try #require(json["pipelines"]?.array)
  }

  static func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: Goldens.url("tokenizers").appending(path: name)))
  }

  var names: [String] { pipelines.compactMap { $0["name"]?.string } }

  func golden(_ name: String) throws -> TokenizerGolden { try TokenizerGolden(pipeline(name)) }

  private func pipeline(_ name: String) throws -> JSONValue {
    try #require(pipelines.first { $0["name"]?.string == name })
  }

  /// The `tokenizer.json` of a pipeline.
  func document(_ name: String) throws -> JSONValue {
    let pipeline = try pipeline(name)
    let name = try #require(pipeline["model"]?.string)
    var model = try #require(Self.json("model-\(name).json").object)
    for (key, value) in pipeline["model_settings"]?.object?.entries ?? [] { model[key] = value }
    var document = JSONObject([("version", "1.0"), ("truncation", nil), ("padding", nil)])
    for key in ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder"] {
      document[key] = pipeline[key] ?? nil
    }
    document["model"] = .object(model)
    return .object(document)
  }

  func tokenizer(_ name: String) throws -> Tokenizer { try Tokenizer(json: document(name)) }
}
