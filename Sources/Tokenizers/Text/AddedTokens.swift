import OrchardJSON

/// A token added beside the model's vocabulary, found in the text before the model sees it.
package struct AddedToken: Sendable {
  let id: Int
  let content: String
  /// Whether it counts only where no word character stands on either side.
  let isSingleWord: Bool
  /// Whether it takes the white space before it, and behind it.
  let stripsLeft: Bool
  let stripsRight: Bool
  /// Whether it is looked for in the normalized text, in normalized form.
  let isNormalized: Bool
  /// Whether decoding may leave it out.
  let isSpecial: Bool
  /// What is looked for, and what decoding starts from.
  var pattern: [UInt8]
}

/// All tokens added beside the model's vocabulary.
struct AddedTokens: Sendable {
  private var tokens: [Int: AddedToken] = [:]
  private var numbers: [[UInt8]: Int] = [:]
  private let inText: Finder
  private let inNormalizedText: Finder
  /// By number: whether a token is added, and whether decoding leaves it out on demand.
  private let flags: [(isAdded: Bool, isSkipped: Bool)]

  /// The largest number of an added token, -1 where there is none.
  var largestNumber: Int { flags.count - 1 }

  /// Whether any token is looked for in normalized text.
  var looksAtNormalizedText: Bool { !inNormalizedText.isEmpty }

  init(_ json: JSONValue, vocabulary: Vocabulary, normalizer: (any Normalizer)?) throws {
    let entries = json["added_tokens"]
    guard let list = entries == nil || entries?.isNull == true ? [] : entries?.array else {
      throw TokenizerError("tokenizer.json: “added_tokens” should be a list.")
    }
    for (index, entry) in list.enumerated() {
      let settings = StageSettings(entry, at: "added_tokens[\(index)]")
      let content = try settings.string("content")
      guard !content.isEmpty else { continue }
      let special = try settings.bool("special", or: false)
      let number = try settings.int("id")
      guard (0...Vocabulary.largestNumber).contains(number) else {
        throw settings.problem("the number \(number) of “\(content)” is out of range.")
      }
      var token = AddedToken(
        id: vocabulary.number(of: content) ?? number, content: content,
        isSingleWord: try settings.bool("single_word", or: false), stripsLeft: try settings.bool("lstrip", or: false),
        stripsRight: try settings.bool("rstrip", or: false),
        isNormalized: try settings.bool("normalized", or: !special), isSpecial: special,
        pattern: Array(content.utf8))
      if token.isNormalized, let normalizer {
        var text = token.pattern.withUnsafeBufferPointer { AlignedText($0, origin: 0, tracked: false) }
        normalizer.apply(to: &text)
        token.pattern = text.bytes
      }
      tokens[token.id] = token
      numbers[Array(content.utf8)] = token.id
    }
    inText = Finder(tokens.values.filter { !$0.isNormalized })
    inNormalizedText = Finder(tokens.values.filter(\.isNormalized))
    let specials = Set(tokens.values.filter(\.isSpecial).map { Array($0.content.utf8) })
    var flags = Array(repeating: (isAdded: false, isSkipped: false), count: (tokens.keys.max() ?? -1) + 1)
    for token in tokens.values { flags[token.id] = (true, specials.contains(token.pattern)) }
    self.flags = flags
  }

  /// The added token with a number, or nil.
  subscript(id: Int) -> AddedToken? { flags.indices.contains(id) && flags[id].isAdded ? tokens[id] : nil }

  /// Whether decoding leaves a token out on demand.
  func isSkipped(_ id: Int) -> Bool { flags.indices.contains(id) && flags[id].isSkipped }

  /// The number of a token, or nil.
  func number(of token: String) -> Int? { numbers[Array(token.utf8)] }

  /// Reports the added tokens in a text, and what stands between them (with the token -1).
  func spans(
    in bytes: UnsafeBufferPointer<UInt8>, normalized: Bool, _ report: (_ range: Range<Int>, _ token: Int32) -> Void
  ) {
    let finder = normalized ? inNormalizedText : inText
    guard !finder.isEmpty else {
      report(0..<bytes.count, -1)
      return
    }
    let classes = CharacterClass.table
    func has(_ kind: CharacterClass, at place: Int) -> Bool {
      CharacterClass(of: UTF8Scalars.scalar(bytes, at: place), in: classes).contains(kind)
    }
    var before = 0
    var from = 0
    while let match = finder.next(in: bytes, from: from) {
      from = match.range.upperBound
      guard let token = tokens[Int(match.token)] else { continue }
      var (start, end) = (match.range.lowerBound, match.range.upperBound)
      if token.isSingleWord {
        let follows = start > 0 && has(.word, at: UTF8Scalars.before(start, in: bytes))
        if follows || (end < bytes.count && has(.word, at: end)) { continue }
      }
      if token.stripsLeft {
        while start > before {
          let place = UTF8Scalars.before(start, in: bytes)
          guard has(.whitespace, at: place) else { break }
          start = place
        }
        start = max(start, before)
      }
      if token.stripsRight {
        while end < bytes.count, has(.whitespace, at: end) { end += UTF8Scalars.width(bytes[end]) }
      }
      if before < start { report(before..<start, -1) }
      report(start..<end, match.token)
      before = end
    }
    if before < bytes.count { report(before..<bytes.count, -1) }
  }

  /// Finds the longest pattern at the leftmost place.
  private struct Finder: Sendable {
    let trie: ByteTrie
    /// Whether a pattern starts with a byte.
    let starts: [Bool]
    let isEmpty: Bool

    init(_ tokens: [AddedToken]) {
      let patterns = tokens.filter { !$0.pattern.isEmpty }.sorted { $0.id < $1.id }
      trie = ByteTrie(patterns.lazy.map { (token: $0.pattern[...], number: $0.id) })
      var starts = Array(repeating: false, count: 256)
      for token in patterns { starts[Int(token.pattern[0])] = true }
      self.starts = starts
      isEmpty = patterns.isEmpty
    }

    func next(in bytes: UnsafeBufferPointer<UInt8>, from: Int) -> (range: Range<Int>, token: Int32)? {
      starts.withUnsafeBufferPointer { starts in
        for place in from..<max(bytes.count, from) where starts[Int(bytes[place])] {
          var node = ByteTrie.root
          var found: (range: Range<Int>, token: Int32)?
          var next = place
          while next < bytes.count {
            node = trie.child(node, bytes[next])
            if node < 0 { break }
            next += 1
            if trie.number(node) >= 0 { found = (place..<next, trie.number(node)) }
          }
          if let found { return found }
        }
        return nil
      }
    }
  }
}
