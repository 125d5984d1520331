import Foundation
import OrchardJSON

/// Puts what a SentencePiece file says into the stages of a `tokenizer.json`.
///
/// The stages follow Hugging Face's converters for T5, Llama and ALBERT, and so differ from SentencePiece in this:
/// words like `</s>` in a text are taken for the special tokens, each stretch of text between added tokens is
/// normalised alone, and a U+2581 at the ends of a text is not taken for a space where extra spaces are removed.
struct SentencePieceConversion {
  private let file: SentencePieceFile
  private let family: SentencePieceFamily
  private let path: String
  private let unknown: Int

  /// - Throws: `TokenizerError` where the file is of a kind that a `tokenizer.json` cannot express.
  init(_ file: SentencePieceFile, _ family: SentencePieceFamily, path: String) throws {
    self.file = file
    self.family = family
    self.path = path
    func refuse(_ reason: String) -> TokenizerError { TokenizerError("\(path) cannot be used: " + reason) }
    if file.algorithm == .word || file.algorithm == .character {
      throw refuse("it is a model of whole words or single characters; unigram and byte-pair models are known.")
    }
    if file.putsSpaceBehind { throw refuse("it puts the mark of a space behind words (treat_whitespace_as_suffix).") }
    if !file.escapesSpaces { throw refuse("it keeps spaces as they are (escape_whitespaces is false).") }
    guard let unknown = file.pieces.firstIndex(where: { $0.type == .unknown }) else {
      throw refuse("it has no unknown piece.")
    }
    self.unknown = unknown
  }

  private func text(_ piece: SentencePieceFile.Piece) -> String { String(decoding: piece.text, as: UTF8.self) }

  /// The tokens in the order of their numbers.
  private var tokens: [(text: String, score: Double)] {
    file.pieces.map { (text($0), Double($0.score)) }
      + (0..<family.sentinels).reversed().map { ("<extra_id_\($0)>", 0) }
  }

  /// The whole document.
  func document() throws -> JSONValue {
    let model = file.algorithm == .bytePair ? bytePair : unigram
    return [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(try addedTokens()),
      "normalizer": normalizer, "pre_tokenizer": preTokenizer, "post_processor": try postProcessor(),
      "decoder": decoder, "model": model,
    ]
  }

  // MARK: Models

  private var unigram: JSONValue {
    let vocabulary = tokens.map { token -> JSONValue in
      // ALBERT's tokenizer cuts the comma off a number.
      let penalty = family.name == .albert && Self.endsInNumberAndComma(token.text) ? 100.0 : 0
      return [.string(token.text), .number(token.score - penalty)]
    }
    return [
      "type": "Unigram", "unk_id": .integer(unknown), "vocab": .array(vocabulary),
      "byte_fallback": .bool(file.hasByteFallback),
    ]
  }

  private static func endsInNumberAndComma(_ text: String) -> Bool {
    let end = text.unicodeScalars.suffix(2)
    return end.count == 2 && end.last == "," && end.first?.properties.numericType != nil
  }

  private var bytePair: JSONValue {
    let numbered = tokens.enumerated().map { ($1.text, JSONValue.integer($0)) }
    return [
      "type": "BPE", "dropout": nil, "unk_token": .string(text(file.pieces[unknown])),
      "continuing_subword_prefix": nil, "end_of_word_suffix": nil, "fuse_unk": true,
      "byte_fallback": .bool(file.hasByteFallback), "ignore_merges": false, "vocab": .object(JSONObject(numbered)),
      "merges": .array(SentencePieceMerges.merges(of: file.pieces).map { [.string($0.left), .string($0.right)] }),
    ]
  }

  // MARK: Stages

  /// Whether the normalizer writes the mark of a space, also before the text, and the text stays whole.
  ///
  /// The Metaspace stage would not put a second mark before a text that opens with a space.
  private var marksSpacesFirst: Bool {
    family.name == .llama ? family.flag("legacy", or: true) : !file.removesExtraSpaces
  }

  private var prefixesSpace: Bool { family.flag("add_prefix_space", or: file.addsSpaceBefore) }

  private var normalizer: JSONValue {
    var stages: [JSONValue] = []
    if family.name == .albert {
      stages = [
        ["type": "Replace", "pattern": ["String": "``"], "content": "\""],
        ["type": "Replace", "pattern": ["String": "''"], "content": "\""],
      ]
      if !family.flag("keep_accents", or: false) { stages += [["type": "NFKD"], ["type": "StripAccents"]] }
      if family.flag("do_lower_case", or: true) { stages.append(["type": "Lowercase"]) }
    }
    if !file.replacements.isEmpty {
      stages.append([
        "type": "Precompiled", "precompiled_charsmap": .string(Data(file.replacements).base64EncodedString()),
      ])
    }
    if file.removesExtraSpaces {
      stages.append(["type": "Strip", "strip_left": true, "strip_right": true])
      stages.append(["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "])
    }
    if marksSpacesFirst {
      if prefixesSpace { stages.append(["type": "Prepend", "prepend": "▁"]) }
      stages.append(["type": "Replace", "pattern": ["String": " "], "content": "▁"])
    }
    return stages.isEmpty ? nil : ["type": "Sequence", "normalizers": .array(stages)]
  }

  private var preTokenizer: JSONValue { marksSpacesFirst ? nil : metaspace }

  private var metaspace: JSONValue {
    let scheme = !prefixesSpace ? "never" : family.name == .llama ? "first" : "always"
    return [
      "type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme),
      "split": .bool(family.name != .llama && !hasPiecesAcrossWords),
    ]
  }

  /// Whether a piece has a space in it, so that words must not be taken one by one.
  private var hasPiecesAcrossWords: Bool {
    let space = Array("▁".utf8)
    return file.pieces.contains { piece in
      piece.type == .normal && piece.text.dropFirst().indices.contains { piece.text[$0...].starts(with: space) }
    }
  }

  private var decoder: JSONValue {
    guard family.name == .llama || file.hasByteFallback else { return metaspace }
    var stages: [JSONValue] = [
      ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    if prefixesSpace { stages.append(["type": "Strip", "content": " ", "start": 1, "stop": 0]) }
    return ["type": "Sequence", "decoders": .array(stages)]
  }

  /// T5 ends every text, Llama opens it, ALBERT does both.
  private func postProcessor() throws -> JSONValue {
    switch family.name {
    case .t5: return TokenizerTemplate.postProcessor(end: try special("eos_token", or: "</s>"))
    case .llama:
      return TokenizerTemplate.postProcessor(
        beginning: family.flag("add_bos_token", or: true) ? try special("bos_token", or: "<s>") : nil,
        end: family.flag("add_eos_token", or: false) ? try special("eos_token", or: "</s>") : nil)
    case .albert:
      return TokenizerTemplate.postProcessor(
        beginning: try special("cls_token", or: "[CLS]"), end: try special("sep_token", or: "[SEP]"))
    }
  }

  private func special(_ key: String, or usual: String) throws -> (token: String, number: Int) {
    let token = family.token(key) ?? usual
    let number =
      file.pieces.firstIndex { $0.text.elementsEqual(token.utf8) }
      ?? family.added.first { $0.content.utf8.elementsEqual(token.utf8) }?.number
    guard let number else {
      throw TokenizerError("\(path) has no piece “\(token)”, which its kind of model needs as \(key).")
    }
    return (token, number)
  }

  // MARK: Added tokens

  /// Pieces that no text is cut into but that are found whole, and the tokens behind the pieces.
  private func addedTokens() throws -> [JSONValue] {
    var added: [(number: Int, content: String, isSpecial: Bool)] = []
    for (number, piece) in file.pieces.enumerated() {
      switch piece.type {
      case .control, .unknown: added.append((number, text(piece), true))
      case .userDefined: added.append((number, text(piece), false))
      case .normal, .unused, .byte: break
      }
    }
    let count = file.pieces.count
    for index in 0..<family.sentinels {
      added.append((count + index, "<extra_id_\(family.sentinels - 1 - index)>", true))
    }
    for token in family.added where !added.contains(where: { $0.number == token.number }) {
      if token.number < count, !file.pieces[token.number].text.elementsEqual(token.content.utf8) {
        throw TokenizerError(
          "\(path): token \(token.number) is “\(text(file.pieces[token.number]))” here, but “\(token.content)” in the "
            + "files beside it; they belong to another model.")
      }
      added.append(token)
    }
    return added.sorted { $0.number < $1.number }.map {
      var token = TokenizerTemplate.addedToken($0.content, number: $0.number, isSpecial: $0.isSpecial).object
      token?["normalized"] = false
      return token.map { .object($0) } ?? nil
    }
  }
}
