import Foundation
import OrchardJSON

/// The two streams of a command: results go to standard output, words for people to standard error.
package enum Console {
  /// Writes one line of results.
  ///
  /// - Throws: Foundation's error if the stream cannot be written, as on a full disk.
  package static func result(_ line: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Writes one JSON object as a line of results.
  ///
  /// - Throws: Foundation's error if the stream cannot be written, as on a full disk.
  package static func result(_ object: JSONObject) throws {
    try result(JSONValue.object(object).text)
  }

  /// Writes text as it is, without a line break: a stream of tokens, say.
  ///
  /// - Throws: Foundation's error if the stream cannot be written, as on a full disk.
  package static func stream(_ text: String) throws {
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }

  /// Tells a person something on standard error; nothing stops if nobody can hear it.
  package static func note(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Tells a person of something that is likely not as they want it.
  package static func warn(_ line: String) {
    note(Terminal.standardError.styled("orchard: warning: ", .yellow) + line)
  }
}

/// What a stream can show: a terminal of some width and colour, or a file or pipe with neither.
package struct Terminal: Sendable {
  /// Whether a person watches the stream.
  package let isInteractive: Bool

  /// Columns of a line.
  package let width: Int

  /// Whether colours may be used: a terminal, and `NO_COLOR` not set (https://no-color.org).
  package let hasColor: Bool

  /// A stream with these properties.
  package init(isInteractive: Bool, width: Int = 80, hasColor: Bool = false) {
    self.isInteractive = isInteractive
    self.width = width
    self.hasColor = hasColor
  }

  /// What standard output shows.
  package static let standardOutput = Terminal(descriptor: STDOUT_FILENO)

  /// What standard error shows.
  package static let standardError = Terminal(descriptor: STDERR_FILENO)

  private init(descriptor: Int32) {
    let environment = ProcessInfo.processInfo.environment
    isInteractive = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? 80
    hasColor = isInteractive && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// A colour or weight of text.
  package enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
  }

  /// The text in a style where the stream has colours, and the bare text elsewhere.
  package func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
