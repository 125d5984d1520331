/// A page about something that was measured: a head with the few numbers to see first, then one section after another.
///
/// The page is one HTML file that loads nothing and runs nothing.
public struct ReportPage: Sendable {
  /// The page's title.
  public var title: String
  /// A sentence or two under the title.
  public var summary = ""
  /// The few numbers to see first.
  public var highlights: [ReportFact] = []
  /// The parts of the page from top to bottom; one without content is left out.
  public var sections: [ReportSection] = []
  /// The last line.
  public var footer = ""

  /// A page with nothing on it but its title.
  public init(title: String) { self.title = title }

  /// The whole page as HTML.
  public var html: String {
    var out = Array("<!DOCTYPE html>\n".utf8)
    markup.write(into: &out)
    out.append(0x0A)
    return String(decoding: out, as: UTF8.self)
  }
}

/// A name and its value.
public struct ReportFact: Sendable, Equatable {
  /// What it is.
  public var name: String
  /// Its value as people read it.
  public var value: String

  /// A fact.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A part of a page under a heading: each kind is made by a function of its own in `Sections/`.
public struct ReportSection: Sendable {
  /// The heading.
  public var title: String
  /// What stands under it.
  package var content: [HTML]

  /// A section of ready content.
  package init(_ title: String, _ content: [HTML]) {
    self.title = title
    self.content = content
  }

  /// This section with more under the same heading.
  public func followed(by other: ReportSection) -> ReportSection {
    ReportSection(title, content + other.content)
  }
}
