import Foundation

/// Reads lines from standard input, and tells where a signal came while it waited.
struct LineReader {
  /// What came.
  enum Line: Equatable {
    case text(String)
    case interrupted
    case end
  }

  private var held: [UInt8] = []
  private var isAtEnd = false

  /// The next line without its line break.
  mutating func next() -> Line {
    while true {
      if let end = held.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: held[..<end], as: UTF8.self)
        held.removeFirst(end + 1)
        return .text(line)
      }
      if isAtEnd {
        defer { held = [] }
        return held.isEmpty ? .end : .text(String(decoding: held, as: UTF8.self))
      }
      // Unlike reading, waiting so is ended by a signal.
      var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      if poll(&waiting, 1, -1) < 0, errno == EINTR { return .interrupted }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count > 0 { held += buffer[..<count] } else { isAtEnd = true }
    }
  }
}
