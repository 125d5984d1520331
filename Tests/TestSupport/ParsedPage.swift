import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page as an XML parser sees it: only well-formed pages can be read.
public final class ParsedPage: NSObject, XMLParserDelegate {
  /// A page that is no well-formed XML.
  public struct Malformed: Error {
    /// Where it is not.
    public let line: Int
  }

  /// How often each element stands in the page.
  public private(set) var elements: [String: Int] = [:]
  /// The names of all attributes.
  public private(set) var attributes: Set<String> = []
  /// The classes of all elements, in order.
  public private(set) var classes: [String] = []
  /// All texts and attribute values.
  public private(set) var texts: [String] = []
  private var lines: [(points: String, box: String)] = []
  private var box = ""
  private var text = ""

  /// Reads a page.
  ///
  /// - Throws: `Malformed` with the line.
  public init(_ html: String) throws {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse() { throw Malformed(line: parser.lineNumber) }
  }

  /// The points of each curve with the width and height of its drawing.
  public func polylines() throws -> [(points: [(x: Double, y: Double)], width: Double, height: Double)] {
    try lines.map { line in
      let box = line.box.split(separator: " ").compactMap { Double($0) }
      let points = try line.points.split(separator: " ").map { point in
        let numbers = point.split(separator: ",").compactMap { Double($0) }
        guard numbers.count == 2 else { throw Malformed(line: 0) }
        return (x: numbers[0], y: numbers[1])
      }
      return (points, box[2], box[3])
    }
  }

  /// Takes an element's beginning from the parser.
  public func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes values: [String: String]
  ) {
    endText()
    elements[name, default: 0] += 1
    attributes.formUnion(values.keys)
    texts += values.values
    if let kind = values["class"] { classes.append(kind) }
    if let box = values["viewBox"] { self.box = box }
    if let points = values["points"] { lines.append((points, box)) }
  }

  /// Takes an element's end from the parser.
  public func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    endText()
  }

  /// Takes text from the parser.
  public func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  private func endText() {
    if !text.isEmpty { texts.append(text) }
    text = ""
  }
}
