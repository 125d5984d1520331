/// A run of a decoding stage over the tokens of one text.
///
/// A stage takes the tokens' texts, in one chunk or in several, and puts out chunks as soon as it is sure of them:
/// so decoding in one go and token by token give the same text. Chunks never end inside a character, but for
/// those that a stage itself waits to complete.
package protocol DecoderRun: Sendable {
  /// Takes the next part of the current token.
  mutating func take(_ chunk: Chunk, _ out: inout [Chunk])

  /// Puts out what still waits, when no token follows.
  mutating func finish(_ out: inout [Chunk])
}

/// A part of a token's text.
package struct Chunk {
  var bytes: [UInt8]
  /// Whether the token ends here.
  var endsToken: Bool
}

/// A stage that looks at whole tokens.
protocol WholeTokenRun: DecoderRun {
  /// The parts of the current token so far.
  var waiting: [UInt8] { get set }

  /// Takes a whole token.
  mutating func take(token: [UInt8], _ out: inout [Chunk])
}

extension WholeTokenRun {
  mutating func take(_ chunk: Chunk, _ out: inout [Chunk]) {
    if chunk.endsToken, waiting.isEmpty {
      take(token: chunk.bytes, &out)
      return
    }
    waiting += chunk.bytes
    guard chunk.endsToken else { return }
    let token = waiting
    waiting = []
    take(token: token, &out)
  }
}
