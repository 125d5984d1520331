import OrchardGeneration
import OrchardGrammars
import OrchardJSON
import OrchardTokenizers
import Testing

@Suite struct GrammarConstraintTests {
  static let patterns = [
    "[a-f]{2,6}", "(yes|no)(,(yes|no)){0,3}", "true|false|null", "a*b", "(ab|abab)*", "é{1,3}x?", "-?[0-9]+\\.[0-9]{2}",
    "[\"{}]+ ?[a-z]*",
  ]

  static let schemas = [
    #"{"type": "object"}"#,
    #"{"type": "array", "items": {"type": "integer", "minimum": -20, "maximum": 120}, "minItems": 1}"#,
    #"""
    {"type": "object", "properties": {"a": {"type": "string", "maxLength": 5}, "b": {"enum": ["x", true, null]},
     "c": {"type": "object", "properties": {"d": {"type": "number"}}, "required": ["d"]}}, "required": ["a", "b"]}
    """#,
    ##"{"$ref": "#/$defs/n", "$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}, "maxItems": 2}}}"##,
  ]

  private static func grammars() throws -> [Grammar] {
    try patterns.map { try Grammar(regex: $0) } + schemas.map { try Grammar(jsonSchema: JSONValue(parsing: $0)) }
  }

  private func constraint(_ grammar: Grammar, _ tokenizer: Tokenizer, endTokens: [Int] = [2]) throws
    -> GrammarConstraint
  {
    try GrammarConstraint(
      grammar, name: "the grammar", tokenizer: tokenizer, vocabularySize: tokenizer.vocabularySize + 3,
      endTokens: endTokens)
  }

  /// Walks at random under each grammar, and tries each token by itself in each state on the way.
  @Test("The mask is what trying each token gives", arguments: SmallTokenizer.allCases)
  func bruteForce(kind: SmallTokenizer) throws {
    let tokenizer = try kind.make()
    let width = tokenizer.vocabularySize + 3
    let random = RandomStream(seed: 3, prompt: [kind.rawValue.count], sample: 0)
    var draws = 0
    var states = 0
    for grammar in try Self.grammars() {
      let constraint = try constraint(grammar, tokenizer)
      guard constraint.tokensToFinish(constraint.start) != nil else { continue }
      for _ in 0..<3 {
        var state = constraint.start
        for left in (1...30).reversed() {
          states += 1
          let open = constraint.allowed(in: state, left: 10_000, count: width)
          let tight = constraint.allowed(in: state, left: left, count: width)
          for token in 0..<width where token != 2 {
            let next = constraint.state(after: token, in: state)
            let way = constraint.tokensToFinish(next)
            #expect(open[token] == (way != nil), "\(token)")
            // What is allowed can be finished in time.
            if tight[token] { #expect(way.map { $0 < left } ?? false) }
          }
          #expect(open[2] == constraint.isComplete(state))
          let choices = tight.indices.filter { tight[$0] && $0 != 2 }
          if let way = constraint.tokensToFinish(state), way > 0, way <= left { #expect(!choices.isEmpty) }
          guard !choices.isEmpty else { break }
          draws += 1
          state = constraint.state(after: choices[Int(random.uniform(at: draws) * Double(choices.count))], in: state)
        }
      }
    }
    #expect(states > 50)
  }

  /// The fewest tokens, found by looking at all texts in order of their length.
  @Test func theWayToTheEndIsNeverShorterThanTheShortest() throws {
    let tokenizer = try SmallTokenizer.byteLevel.make()
    for grammar in try Self.grammars() {
      let constraint = try constraint(grammar, tokenizer)
      guard let found = constraint.tokensToFinish(constraint.start) else { continue }
      var layer: Set<ConstraintState> = [constraint.start]
      var shortest = 0
      while !layer.contains(where: constraint.isComplete), shortest < 12 {
        layer = Set(
          layer.flatMap { state in
            (3..<tokenizer.vocabularySize).map { constraint.state(after: $0, in: state) }
          })
        shortest += 1
      }
      #expect(found >= shortest)
      #expect(found <= 2 * shortest + 1, "\(found) tokens where \(shortest) do")
    }
  }

  @Test func stepsAreUndoneWhereTheyLeaveNothing() throws {
    struct Nothing: LogitStep {
      func apply(to row: LogitRow) { row.logits.update(repeating: -.infinity) }
    }
    struct Other: LogitStep {
      func apply(to row: LogitRow) { row.force([4]) }
    }
    let tokenizer = try SmallTokenizer.byteLevel.make()
    let constraint = try constraint(Grammar(regex: "true"), tokenizer)
    let width = tokenizer.vocabularySize
    let scratch = LogitScratch(vocabularySize: width)
    for steps in [[Nothing()], [Other()], [Other(), Nothing()]] as [[any LogitStep]] {
      var logits = Array(repeating: Float(1), count: width)
      logits.withUnsafeMutableBufferPointer { logits in
        let row = LogitRow(
          logits: logits, history: [1], context: RowContext(source: [1], promptLength: 1, limit: 9), scratch: scratch)
        row.apply(steps, under: constraint, in: constraint.start)
      }
      let allowed = logits.indices.filter { logits[$0] > -.infinity }.compactMap { tokenizer.token(for: $0) }
      #expect(Set(allowed) == ["t", "true"])
    }
  }

  @Test func whatTheTokensCannotWriteIsTold() throws {
    let tokenizer = try SmallTokenizer.byteLevel.make()
    let constraint = try constraint(Grammar(regex: "Q+"), tokenizer)
    #expect(constraint.tokensToFinish(constraint.start) == nil)
    let partly = try self.constraint(Grammar(regex: "Qa|b"), tokenizer)
    #expect(partly.tokensToFinish(partly.start) == 1)
  }

  @Test func aTextThatLeavesTheGrammarHasNoWayBack() throws {
    let tokenizer = try SmallTokenizer.byteLevel.make()
    let constraint = try constraint(Grammar(regex: "ab"), tokenizer)
    let wrong = constraint.state(after: try #require(tokenizer.id(for: "{")), in: constraint.start)
    #expect(constraint.tokensToFinish(wrong) == nil)
    #expect(constraint.allowed(in: wrong, left: 5, count: 10) == (0..<10).map { $0 == 2 })
  }
}
