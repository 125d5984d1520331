/// A piece of a page.
///
/// Text enters a page only through `text` and attribute values, where it is escaped: what a model or a data set wrote
/// can never become markup. The result is well-formed XML as well as HTML.
package enum HTML: Sendable {
  case text(String)
  case element(String, [(String, String)], [HTML])
  /// Styles written by this project; they hold no `<`, `>` or `&`, which HTML and XML read differently there.
  case style(StaticString)

  /// An element with attributes and content.
  package static func tag(_ name: String, _ attributes: [(String, String)] = [], _ content: HTML...) -> HTML {
    .element(name, attributes, content)
  }

  /// An element of a class, with a list of content.
  package static func tag(_ name: String, class kind: String, _ content: [HTML]) -> HTML {
    .element(name, [("class", kind)], content)
  }

  /// Appends the markup as UTF-8.
  package func write(into out: inout [UInt8]) {
    switch self {
    case .text(let text): HTML.escape(text, into: &out)
    case .style(let text):
      out.append(contentsOf: "<style>".utf8)
      text.withUTF8Buffer { out.append(contentsOf: $0) }
      out.append(contentsOf: "</style>".utf8)
    case .element(let name, let attributes, let content):
      out.append(contentsOf: "<\(name)".utf8)
      for (key, value) in attributes {
        out.append(contentsOf: " \(key)=\"".utf8)
        HTML.escape(value, into: &out)
        out.append(UInt8(ascii: "\""))
      }
      if content.isEmpty, HTML.void.contains(name) {
        out.append(contentsOf: "/>".utf8)
      } else {
        out.append(UInt8(ascii: ">"))
        for node in content { node.write(into: &out) }
        out.append(contentsOf: "</\(name)>".utf8)
      }
    }
  }

  /// Elements that never have content; all others need an end tag in HTML.
  private static let void: Set<String> = ["meta", "br", "path", "line", "circle", "rect", "polyline"]

  private static func escape(_ text: String, into out: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): out.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): out.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): out.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): out.append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): out.append(contentsOf: "&#39;".utf8)
      case 0x09, 0x0A: out.append(byte)
      case 0x0D: out.append(contentsOf: "&#13;".utf8)
      // Neither HTML nor XML can hold the other control characters; a reader sees that something stood there.
      case 0..<0x20, 0x7F: out.append(contentsOf: "\u{FFFD}".utf8)
      default: out.append(byte)
      }
    }
  }
}
