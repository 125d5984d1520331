import OrchardDatasets
import OrchardJSON
import Testing

@Suite struct SpanCorruptionTests {
  private let gaps = SpanCorruption(
    share: 0.15, spanLength: 3, sentinels: Array(1000..<1100), closing: [1], seed: 4)

  private func text(_ count: Int) -> RenderedExample {
    RenderedExample(
      row: 0, source: (0..<Int32(count)).map { $0 + 10 }, target: [], supervised: 0..<0, endIsSupervised: false)
  }

  /// Puts what the gaps hide back where it stood.
  private func filled(_ example: RenderedExample) -> [Int32] {
    var spans: [Int32: [Int32]] = [:]
    var open: Int32 = 0
    for token in example.target.dropLast() {
      if token >= 1000 { open = token } else { spans[open, default: []].append(token) }
    }
    return example.source.dropLast().flatMap { $0 >= 1000 ? spans[$0] ?? [] : [$0] }
  }

  /// Lengths as the T5 project's `random_spans_helper` finds them: 568 tokens fill a source of 512 with a target of 114.
  @Test func lengthsAreThoseOfT5() {
    #expect(gaps.lengths(of: 568) == SequenceLength(source: 512, target: 114))
    #expect(gaps.capacity(source: 512, target: 114) == 568)
    #expect(gaps.capacity(source: 512, target: 128) == 568)
    #expect(gaps.capacity(source: 512, target: 40) < 568)
  }

  @Test("Filling the gaps gives the text back", arguments: [2, 3, 7, 20, 100, 568])
  func filling(count: Int) {
    let text = text(count)
    for epoch in 0..<5 {
      let example = gaps.example(text, number: 3, epoch: epoch)
      #expect(filled(example) == text.source)
      let lengths = gaps.lengths(of: count)
      #expect(SequenceLength(source: example.source.count, target: example.target.count) == lengths)
      #expect(example.source.last == 1 && example.target.last == 1)
      #expect(example.source[0] < 1000 && example.target[0] == 1000)
      let marks = example.source.filter { $0 >= 1000 }
      #expect(marks == Array(1000..<1000 + Int32(marks.count)))
      #expect(marks == example.target.filter { $0 >= 1000 })
    }
  }

  @Test func otherEpochsAndTextsHaveOtherGaps() {
    let text = text(100)
    let first = gaps.example(text, number: 0, epoch: 0)
    #expect(gaps.example(text, number: 0, epoch: 0) == first)
    #expect(gaps.example(text, number: 0, epoch: 1) != first)
    #expect(gaps.example(text, number: 1, epoch: 0) != first)
  }

  @Test func placesAreDrawnEvenly() {
    // Of 20 tokens 3 are hidden in one span at the end of a draw of where it begins: all that stands last.
    let text = text(40)
    var hidden = Array(repeating: 0, count: 40)
    for number in 0..<4000 {
      let example = gaps.example(text, number: number, epoch: 0)
      for token in example.target where token < 1000 && token != 1 { hidden[Int(token) - 10] += 1 }
    }
    // 6 of 40 tokens in 2 spans; a text ends with a hidden span, and begins with one that is kept.
    #expect(hidden.reduce(0, +) == 6 * 4000)
    #expect(hidden[39] == 4000 && hidden[0] == 0)
    let middle = hidden[8..<30].map(Double.init)
    let mean = middle.reduce(0, +) / Double(middle.count)
    #expect(middle.allSatisfy { abs($0 - mean) < 0.35 * mean })
  }

  @Test func textsBecomePiecesThatFillTheSource() throws {
    var settings = RenderingSettings()
    settings.maximumSourceTokens = 24
    settings.maximumTargetTokens = 20
    let tokenizer = LetterTokenizer(suffix: [2], gaps: 10)
    let renderer = try Renderer(tokenizer: tokenizer, shape: .encoderDecoder, settings: settings)
    let composer = PromptComposer(PromptTemplate(name: "text", prompt: "", completion: "{{text}}"))
    let letters = String(repeating: "abcdefghi ", count: 10)
    let parts = try renderer.render(row(("text", .string(letters))), number: 2, composer: composer)
    #expect(parts.count == 4)
    #expect(tokenizer.text(parts.flatMap(\.source)) == letters)
    let gaps = try #require(try renderer.corruption(seed: 0))
    #expect(gaps.lengths(of: parts[0].source.count).source <= 24)
    #expect(gaps.lengths(of: parts[0].source.count + 1).source > 24)
  }
}
