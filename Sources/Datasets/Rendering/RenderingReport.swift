import OrchardJSON

/// What rendering did with a data set.
public struct RenderingReport: Sendable, Equatable {
  /// Rows read.
  public var rows = 0
  /// Examples made.
  public var examples = 0
  /// Rows left out because they were over-long.
  public var dropped = 0
  /// Examples whose prompt was shortened.
  public var truncatedPrompts = 0
  /// Examples whose completion was shortened.
  public var truncatedCompletions = 0
  /// Tokens that encoders read.
  public var sourceTokens = 0
  /// Tokens that decoders read or write.
  public var targetTokens = 0
  /// Tokens that are learned.
  public var supervisedTokens = 0
  /// End tokens that are learned.
  public var supervisedEnds = 0
  /// Tokens of the longest source.
  public var longestSource = 0
  /// Tokens of the longest target.
  public var longestTarget = 0
  /// What was found where answers are compared; nil elsewhere.
  public var preferences: PreferenceReport?

  /// A report of nothing yet.
  public init() {}

  /// Counts what became of one row.
  mutating func add(_ rendered: [RenderedExample], wasDropped: Bool) {
    rows += 1
    if wasDropped { dropped += 1 }
    examples += rendered.count
    for example in rendered {
      truncatedPrompts += example.promptIsTruncated ? 1 : 0
      truncatedCompletions += example.completionIsTruncated ? 1 : 0
      sourceTokens += example.source.count
      targetTokens += example.target.count
      supervisedTokens += example.supervisedCount
      supervisedEnds += example.endIsSupervised ? 1 : 0
      longestSource = max(longestSource, example.source.count)
      longestTarget = max(longestTarget, example.target.count)
    }
  }

  /// Counts what became of another data set's rows.
  mutating func add(_ other: RenderingReport) {
    rows += other.rows
    examples += other.examples
    dropped += other.dropped
    truncatedPrompts += other.truncatedPrompts
    truncatedCompletions += other.truncatedCompletions
    sourceTokens += other.sourceTokens
    targetTokens += other.targetTokens
    supervisedTokens += other.supervisedTokens
    supervisedEnds += other.supervisedEnds
    longestSource = max(longestSource, other.longestSource)
    longestTarget = max(longestTarget, other.longestTarget)
    if let found = other.preferences {
      preferences = preferences ?? PreferenceReport()
      preferences?.add(found)
    }
  }

  /// Stops where nothing could be learned, or something else than was meant.
  ///
  /// - Throws: `DataError` where no example is left, no token or no end token is supervised, or where a
  ///   decoder-only model would learn its prompts though only completions were asked for.
  func check(isFramed: Bool = false, shape: SequenceShape, expectsPrompts: Bool, hasTexts: Bool) throws(DataError) {
    if examples == 0, let preferences, preferences.lone == rows - dropped, preferences.lone > 0 {
      throw DataError(
        problem:
          "none of the \(rows) rows has two different answers of which one is better, so there is nothing to compare")
    }
    if examples == 0 {
      throw DataError(problem: "all \(dropped) rows are over-long and were dropped; raise the maximum")
    }
    // Of texts that are read as a whole, no token is learned.
    if isFramed { return }
    if supervisedTokens == 0 {
      throw DataError(problem: "no token is supervised: the completions are empty, so nothing could be learned")
    }
    if supervisedEnds == 0, shape != .encoder {
      throw DataError(
        problem:
          "no end token is supervised: all \(examples) completions were shortened, or the chat template writes nothing "
          + "behind an answer, so the model would never learn to stop; raise the maximum, or use another template")
    }
    let predictable = targetTokens - examples
    if shape == .decoderOnly, expectsPrompts, !hasTexts, supervisedTokens >= predictable {
      throw DataError(
        problem:
          "every token is supervised though only completions are to be learned: the prompts are empty; check the "
          + "template, or set supervise to all")
    }
  }

  /// The counts by name.
  public var json: JSONValue {
    let counts: JSONValue = [
      "rows": .integer(rows), "examples": .integer(examples), "dropped": .integer(dropped),
      "truncated_prompts": .integer(truncatedPrompts), "truncated_completions": .integer(truncatedCompletions),
      "source_tokens": .integer(sourceTokens), "target_tokens": .integer(targetTokens),
      "supervised_tokens": .integer(supervisedTokens), "supervised_end_tokens": .integer(supervisedEnds),
      "longest_source": .integer(longestSource), "longest_target": .integer(longestTarget),
    ]
    guard let preferences, var object = counts.object else { return counts }
    object["preferences"] = preferences.json
    return .object(object)
  }

  /// The counts in one sentence.
  public var text: String {
    let total = sourceTokens + targetTokens
    let share = total == 0 ? 0 : Int((100 * Double(supervisedTokens) / Double(total)).rounded())
    return
      "\(examples) examples from \(rows) rows (\(truncatedPrompts) prompts and \(truncatedCompletions) completions "
      + "truncated, \(dropped) rows dropped): \(total) tokens, \(supervisedTokens) of them supervised (\(share)%)"
      + (preferences.map { "; \($0.text)" } ?? "")
  }
}
