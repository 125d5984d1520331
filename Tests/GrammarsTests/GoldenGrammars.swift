import Foundation
import OrchardGrammars
import OrchardJSON
import TestSupport
import Testing

/// One case of `Tests/Goldens/grammars`: a pattern or a schema, texts, and which of them the reference takes.
struct GrammarCase: Sendable, CustomTestStringConvertible {
  let json: JSONValue

  static func all(_ name: String) -> [GrammarCase] {
    let data = FileManager.default.contents(atPath: Goldens.url("grammars/\(name).json").path) ?? Data()
    return ((try? JSONValue(parsing: data))?.array ?? []).map { GrammarCase(json: $0) }
  }

  var pattern: String { json["pattern"]?.string ?? "" }
  var schema: JSONValue { json["schema"] ?? .null }
  var isPartly: Bool { json["partly"]?.bool ?? false }
  var testDescription: String { json["pattern"]?.string ?? schema.text }

  /// The texts and whether each is taken.
  var texts: [(text: String, isTaken: Bool)] {
    let list = json["texts"] ?? json["instances"]
    let flags = (json["matches"] ?? json["valid"])?.string ?? ""
    return zip(list?.array?.compactMap(\.string) ?? [], flags).map { ($0, $1 == "1") }
  }
}

/// A grammar's machine that remembers, behind a constant.
final class GrammarReader {
  private var machine: GrammarMachine

  init(_ grammar: Grammar) { machine = GrammarMachine(grammar) }

  func accepts(_ text: String) -> Bool { machine.accepts(text) }

  /// The state after some bytes, and what is known of it; nil where the grammar does not take them.
  func state(_ bytes: [UInt8]) -> (isComplete: Bool, isFinished: Bool)? {
    let state = machine.next(machine.start(), bytes)
    return state == GrammarMachine.dead ? nil : (machine.isComplete(state), machine.isFinished(state))
  }
}

extension JSONValue {
  /// The value without white space.
  var compact: String {
    switch self {
    case .array(let list): "[" + list.map(\.compact).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.entries.map { JSONValue.string($0.key).text + ":" + $0.value.compact }.joined(separator: ",") + "}"
    default: text
    }
  }
}
