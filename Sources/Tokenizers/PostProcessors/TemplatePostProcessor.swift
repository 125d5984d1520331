import OrchardJSON

/// Puts texts and special tokens together by a template for one text and one for two.
struct TemplatePostProcessor: PostProcessor {
  private enum Piece: Sendable {
    case sequence(Int, typeID: Int)
    case special(ids: [Int], tokens: [String], typeID: Int)
  }

  private let single: [Piece]
  private let pair: [Piece]

  init(_ settings: StageSettings) throws {
    single = try Self.template("single", settings)
    pair = try Self.template("pair", settings)
  }

  private static func template(_ key: String, _ settings: StageSettings) throws -> [Piece] {
    try settings.array(key).enumerated().map { index, json in
      let typeID = (json["Sequence"] ?? json["SpecialToken"])?["type_id"]?.int ?? 0
      if let name = json["Sequence"]?["id"]?.string {
        guard name == "A" || (name == "B" && key == "pair") else {
          throw settings.problem("\(key)[\(index)] names the text “\(name)”, which is not there.")
        }
        return .sequence(name == "A" ? 0 : 1, typeID: typeID)
      }
      guard let name = json["SpecialToken"]?["id"]?.string else {
        throw settings.problem("\(key)[\(index)] is neither a “Sequence” nor a “SpecialToken”.")
      }
      guard let entry = settings.json["special_tokens"]?[name], let ids = entry["ids"]?.array?.compactMap(\.int),
        let tokens = entry["tokens"]?.array?.compactMap(\.string), ids.count == tokens.count
      else {
        throw settings.problem("“special_tokens” does not tell the ids and tokens of “\(name)”.")
      }
      return .special(ids: ids, tokens: tokens, typeID: typeID)
    }
  }

  func apply(to parts: [EncodedPart], addSpecialTokens: Bool) -> [EncodedPart] {
    let detailed = parts.first?.isDetailed ?? false
    return (parts.count > 1 ? pair : single).compactMap { piece in
      switch piece {
      case .sequence(let index, let typeID):
        guard var part = parts.first(where: { $0.sequence == index }) else { return nil }
        part.setTypeID(typeID)
        return part
      case .special(let ids, let tokens, let typeID):
        guard addSpecialTokens else { return nil }
        return EncodedPart(special: ids, tokens, typeID: typeID, isDetailed: detailed)
      }
    }
  }
}
