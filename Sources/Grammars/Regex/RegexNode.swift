/// A regular expression as a tree.
package indirect enum RegexNode: Sendable {
  /// One scalar of a set; an empty set matches nothing.
  case set(ScalarSet)
  /// One after the other; none of them matches the empty text.
  case sequence([RegexNode])
  /// Any of these; none of them matches nothing.
  case choice([RegexNode])
  /// So many times; without `most` any number of times.
  case repeated(RegexNode, least: Int, most: Int?)
  /// A place between scalars.
  case assertion(Assertion)

  /// A place that an expression may ask for.
  package enum Assertion: Hashable, Sendable {
    case start
    case end
    case lineStart
    case lineEnd
    /// Between a word character and none; `isWide` counts Unicode's word characters, else ASCII's.
    case wordBorder(isWide: Bool)
    case noWordBorder(isWide: Bool)
  }

  /// A text as it stands.
  package static func text(_ text: String) -> RegexNode {
    .sequence(text.unicodeScalars.map { .set(ScalarSet($0)) })
  }

  /// Any text.
  package static let anything = RegexNode.repeated(.set(.all), least: 0, most: nil)

  /// Whether it asks for a place.
  var hasAssertions: Bool {
    switch self {
    case .set: false
    case .sequence(let nodes), .choice(let nodes): nodes.contains { $0.hasAssertions }
    case .repeated(let node, _, _): node.hasAssertions
    case .assertion: true
    }
  }
}
