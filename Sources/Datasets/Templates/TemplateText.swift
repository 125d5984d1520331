/// A text with `{{placeholders}}`, cut into its pieces.
struct TemplateText: Sendable, Equatable {
  enum Piece: Sendable, Equatable {
    case text(String)
    case placeholder(String)
  }

  private(set) var pieces: [Piece] = []
  /// What is wrong with the text, beginning with a verb, or nil.
  private(set) var mistake: String?

  init(_ text: String) {
    var rest = Substring(text)
    while let open = rest.firstRange(of: "{{") {
      let before = rest[..<open.lowerBound]
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        mistake = "opens a placeholder “{{\(rest[open.upperBound...].prefix(20))” that “}}” never closes"
        break
      }
      let name = rest[open.upperBound..<close.lowerBound].trimming
      if name.isEmpty || name.contains(where: { $0.isWhitespace || "{}".contains($0) }) {
        mistake = "holds “{{\(name)}}”; a placeholder is one field's name, without spaces or braces"
      }
      if !before.isEmpty { pieces.append(.text(String(before))) }
      pieces.append(.placeholder(name))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
  }

  /// The placeholders' names, each once, in order.
  var placeholders: [String] {
    var names: [String] = []
    for case .placeholder(let name) in pieces where !names.contains(name) { names.append(name) }
    return names
  }

  /// The text with every placeholder replaced.
  func filled<Failure: Error>(_ value: (String) throws(Failure) -> String) throws(Failure) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .placeholder(let name): text += try value(name)
      }
    }
    return text
  }
}

extension Substring {
  fileprivate var trimming: String {
    let front = drop { $0.isWhitespace }
    return String(front.reversed().drop { $0.isWhitespace }.reversed())
  }
}
