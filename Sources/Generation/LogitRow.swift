/// The logits of one row's next token, and what a step may look at while changing them.
///
/// A token is ruled out by setting its logit to minus infinity.
public struct LogitRow {
  /// One number for each token of the vocabulary.
  public let logits: UnsafeMutableBufferPointer<Float>
  /// The tokens that the decoder has seen: a decoder's prompt, an encoder–decoder's start token, and all new ones.
  public let history: [Int]
  /// Memory to work in.
  public let scratch: LogitScratch

  /// A row over the caller's memory.
  public init(logits: UnsafeMutableBufferPointer<Float>, history: [Int], scratch: LogitScratch) {
    precondition(scratch.numbers.count >= logits.count, "scratch memory for \(logits.count) logits")
    self.logits = logits
    self.history = history
    self.scratch = scratch
  }

  /// The greatest logit.
  public var greatest: Float {
    var greatest = -Float.infinity
    for logit in logits where logit > greatest { greatest = logit }
    return greatest
  }

  /// Rules out every token whose logit is below `threshold`.
  public func rule(outBelow threshold: Float) {
    for token in logits.indices where logits[token] < threshold { logits[token] = -.infinity }
  }
}

/// Memory for logit steps, allocated once for a whole generation.
public final class LogitScratch {
  /// Room for one number of every token.
  public let numbers: UnsafeMutableBufferPointer<Float>
  /// Room for the row's logits themselves.
  let row: UnsafeMutableBufferPointer<Float>
  private var marks: [UInt32]
  private var mark: UInt32 = 0

  /// Memory for a vocabulary of a size.
  public init(vocabularySize: Int) {
    numbers = .allocate(capacity: vocabularySize)
    row = .allocate(capacity: vocabularySize)
    numbers.initialize(repeating: 0)
    row.initialize(repeating: 0)
    marks = Array(repeating: 0, count: vocabularySize)
  }

  deinit {
    numbers.deallocate()
    row.deallocate()
  }

  /// Calls `body` once for each different token of `tokens` that is in the vocabulary.
  public func forEachDifferent(_ tokens: [Int], _ body: (Int) -> Void) {
    mark &+= 1
    if mark == 0 {
      marks = Array(repeating: 0, count: marks.count)
      mark = 1
    }
    for token in tokens where marks.indices.contains(token) && marks[token] != mark {
      marks[token] = mark
      body(token)
    }
  }
}
