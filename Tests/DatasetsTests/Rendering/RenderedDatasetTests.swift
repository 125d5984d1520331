import OrchardDatasets
import OrchardJSON
import TestSupport
import Testing

@Suite struct RenderedDatasetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func render(_ rows: [String], _ template: PromptTemplate, maximum: Int = 40, supervise: SupervisedPart = .completion)
    throws -> RenderedDataset
  {
    let data = try Dataset(file: try folder.write(rows.map { $0 + "\n" }.joined(), to: "a.jsonl"))
    var settings = RenderingSettings()
    settings.maximumTokens = maximum
    settings.supervise = supervise
    let renderer = try Renderer(tokenizer: LetterTokenizer.decoderOnly, shape: .decoderOnly, settings: settings)
    return try RenderedDataset(data, composer: PromptComposer(template), renderer: renderer)
  }

  let template = PromptTemplate(name: "t", prompt: "{{p}}", completion: "{{c}}", answerSeparator: "")

  @Test func countsWhatWasDone() throws {
    let long = String(repeating: "x", count: 60)
    let data = try render(
      ["{\"p\": \"abc\", \"c\": \"de\"}", "{\"p\": \"\(long)\", \"c\": \"d\"}", "{\"p\": \"a\", \"c\": \"\(long)\"}"],
      template)
    #expect(data.report.rows == 3)
    #expect(data.report.examples == 3)
    #expect(data.report.truncatedPrompts == 1)
    #expect(data.report.truncatedCompletions == 1)
    #expect(data.report.supervisedEnds == 2)
    #expect(data.report.supervisedTokens == 3 + 2 + 19)
    #expect(data.report.targetTokens == data.examples.reduce(0) { $0 + $1.target.count })
    #expect(data.report.longestTarget == 40)
    #expect(data.templateHash == template.hash)
    #expect(data.lengths.map(\.total) == data.examples.map(\.count))
  }

  @Test func manyRowsKeepTheirOrder() throws {
    let data = try render((0..<1000).map { "{\"p\": \"\($0)\", \"c\": \"\($0)\"}" }, template)
    #expect(data.examples.map(\.row) == Array(0..<1000))
    let tokenizer = LetterTokenizer.decoderOnly
    for (number, example) in data.examples.enumerated() {
      #expect(tokenizer.text(example.target[example.supervised]) == "\(number)</s>")
    }
  }

  @Test func theFirstBadRowIsNamed() throws {
    var rows = (0..<900).map { "{\"p\": \"\($0)\", \"c\": \"x\"}" }
    rows[600] = "{\"p\": \"a\"}"
    rows[850] = "{\"p\": "
    let error = #expect(throws: DataError.self) { try render(rows, template) }
    #expect(error?.line == 601)
  }

  @Test func nothingSupervisedStops() throws {
    let long = String(repeating: "x", count: 60)
    let error = #expect(throws: DataError.self) {
      try render(["{\"p\": \"a\", \"c\": \"\(long)\"}"], template)
    }
    #expect(
      error?.problem
        == "no end token is supervised: all 1 completions were shortened, or the chat template writes nothing "
        + "behind an answer, so the model would never learn to stop; raise the maximum, or use another template")
    let second = #expect(throws: DataError.self) { try render(["{\"p\": \"\", \"c\": \"abc\"}"], template) }
    #expect(
      second?.problem == "every token is supervised though only completions are to be learned: the prompts are empty; "
        + "check the template, or set supervise to all")
    #expect(try render(["{\"p\": \"\", \"c\": \"abc\"}"], template, supervise: .all).report.supervisedTokens == 4)
    #expect(try render(["{\"text\": \"abc\"}"], PromptTemplates.find("text")).report.supervisedTokens == 4)
  }

  @Test func previewsMarkWhatIsSupervised() throws {
    let data = try render(["{\"p\": \"abc\", \"c\": \"de\"}"], template)
    let tokenizer = LetterTokenizer.decoderOnly
    let brackets = TokenPreview(tokenizer: tokenizer, marking: .brackets)
    #expect(brackets.text(data.examples[0]) == "row 0: 7 tokens, 3 supervised\n<s>abc⟦de</s>⟧")
    let colour = TokenPreview(tokenizer: tokenizer, marking: .colour, showsTokens: true)
    #expect(
      colour.text(data.examples[0])
        == "row 0: 7 tokens, 3 supervised\n<s>|a|b|c|\u{1B}[1;32md|e|</s>|\u{1B}[0m")
    #expect(
      brackets.json(data.examples[0])["supervised"]?.array?.map(\.bool) == [
        false, false, false, false, true, true, true,
      ])
  }

  @Test(arguments: [
    (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
    (true, ["TERM": "dumb"], false),
  ])
  func colourOnlyWhereItIsWanted(isTerminal: Bool, environment: [String: String], isColour: Bool) {
    let marking = TokenPreview.Marking.suited(isTerminal: isTerminal, environment: environment)
    #expect((marking == .colour) == isColour)
  }
}
