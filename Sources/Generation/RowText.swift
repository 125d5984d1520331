/// Turns tokens into text one by one, never giving half a character.
package protocol TokenTextStream {
  /// The text that has become certain with this token; empty where a character is not whole yet.
  mutating func append(_ token: Int) -> String
  /// What is left: nothing more comes.
  mutating func finish() -> String
}

/// One row's text as it grows, and the search for stop strings in it.
struct RowText {
  private var stream: any TokenTextStream
  private var stops: StopText

  /// The text of a row that has none yet.
  init(_ stream: any TokenTextStream, stops: [String]) {
    self.stream = stream
    self.stops = StopText(stops)
  }

  /// Adds to `text` what has become certain with this token; returns whether a stop string has come.
  mutating func append(_ token: Int, to text: inout String) -> Bool { stops.append(stream.append(token), to: &text) }

  /// Adds what is left to `text`.
  mutating func finish(to text: inout String) {
    let stopped = stops.append(stream.finish(), to: &text)
    if !stopped { stops.finish(to: &text) }
  }
}
