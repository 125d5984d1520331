/// The parts that pictures are drawn from, and the two sizes that each is drawn in.
package enum Picture {
  /// The room that a picture has; text keeps its size, so a phone needs a drawing of its own.
  package struct Size {
    package let width: Double
    package let height: Double
    /// The class by which the styles show one drawing and hide the other.
    package let kind: String

    package static let desktop = Size(width: 760, height: 300, kind: "wide")
    package static let phone = Size(width: 330, height: 250, kind: "narrow")
  }

  /// A drawing for each width of screen.
  package static func both(_ draw: (Size) -> HTML) -> [HTML] { [draw(.desktop), draw(.phone)] }

  /// An image with a description for those who cannot see it.
  package static func image(_ size: Size, height: Double, description: String, _ content: [HTML]) -> HTML {
    .element(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("class", size.kind), ("role", "img"), ("aria-label", description),
        ("viewBox", "0 0 \(number(size.width)) \(number(height))"),
      ], content)
  }

  /// A straight line.
  package static func line(_ kind: String, _ from: (x: Double, y: Double), _ to: (x: Double, y: Double)) -> HTML {
    .tag(
      "line",
      [("class", kind), ("x1", number(from.x)), ("y1", number(from.y)), ("x2", number(to.x)), ("y2", number(to.y))])
  }

  /// Text at a place; `anchor` is `start`, `middle` or `end`.
  package static func label(_ text: String, x: Double, y: Double, anchor: String = "start", kind: String = "tick")
    -> HTML
  {
    .tag("text", [("class", kind), ("x", number(x)), ("y", number(y)), ("text-anchor", anchor)], .text(text))
  }

  /// A line through points.
  package static func polyline(_ kind: String, _ points: [(x: Double, y: Double)]) -> HTML {
    let places = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    return .tag("polyline", [("class", kind), ("points", places)])
  }

  /// A short piece of a line as it is drawn, for a legend.
  package static func swatch(_ kind: String) -> HTML {
    .tag(
      "svg", [("class", "swatch"), ("viewBox", "0 0 30 8"), ("aria-hidden", "true")],
      line(kind, (1, 4), (29, 4)))
  }

  /// A circle that tells its meaning when pointed at.
  package static func dot(_ kind: String, x: Double, y: Double, radius: Double, title: String) -> HTML {
    .tag(
      "circle", [("class", kind), ("cx", number(x)), ("cy", number(y)), ("r", number(radius))],
      .tag("title", [], .text(title)))
  }

  /// A number of pixels in one digit after the point.
  package static func number(_ value: Double) -> String {
    let text = value.fixed(1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
