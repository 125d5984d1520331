import OrchardSettings

/// A text with `{{placeholders}}`, cut into its pieces.
struct TemplateText: Sendable {
  /// A field's name, and what is done to its value: `{{name|filter|filter}}`.
  struct Placeholder: Sendable {
    let name: String
    let filters: [TemplateFilter]
  }

  enum Piece: Sendable {
    case text(String)
    case placeholder(Placeholder)
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
      if !before.isEmpty { pieces.append(.text(String(before))) }
      pieces.append(.placeholder(placeholder(rest[open.upperBound..<close.lowerBound].trimming)))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
  }

  /// The placeholder with that content; notes what is wrong with it.
  private mutating func placeholder(_ content: String) -> Placeholder {
    let parts = content.split(separator: "|", omittingEmptySubsequences: false).map(\.trimming)
    if parts.contains(where: { part in part.isEmpty || part.contains { $0.isWhitespace || "{}".contains($0) } }) {
      mistake = "holds “{{\(content)}}”; a placeholder is one field's name, without spaces or braces"
    }
    var filters: [TemplateFilter] = []
    for name in parts.dropFirst() where mistake == nil {
      do {
        filters.append(try TemplateFilter.catalog.find(name))
      } catch {
        mistake = "holds “{{\(content)}}”: \(error)"
      }
    }
    return Placeholder(name: parts[0], filters: filters)
  }

  /// The placeholders' names, each once, in order.
  var placeholders: [String] {
    var names: [String] = []
    for case .placeholder(let placeholder) in pieces where !names.contains(placeholder.name) {
      names.append(placeholder.name)
    }
    return names
  }

  /// What stands before the first placeholder.
  var beginning: String {
    guard case .text(let text)? = pieces.first else { return "" }
    return text
  }

  /// The text with every placeholder replaced.
  func filled<Failure: Error>(_ value: (Placeholder) throws(Failure) -> String) throws(Failure) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .placeholder(let placeholder): text += try value(placeholder)
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
