import Foundation
import OrchardDatasets
import OrchardJSON
import TestSupport
import Testing

@Suite("Answers that people have compared or judged")
struct PreferenceReaderTests {
  private let tokenizer = LetterTokenizer.encoderDecoder

  /// A file's rows as examples.
  private func rendered(
    _ lines: [String], _ settings: PreferenceSettings = PreferenceSettings(), compares: Bool = true,
    columns: [String: String] = [:], template: PromptTemplate = PromptTemplate(), most: Int = 100
  ) throws -> RenderedDataset {
    let folder = try TemporaryFolder()
    let file = try folder.write(lines.joined(separator: "\n") + "\n", to: "rows.jsonl")
    var rendering = RenderingSettings()
    rendering.maximumTargetTokens = most
    let composer = PromptComposer(template, columns: columns)
    return try RenderedDataset(
      Dataset(file: file), ways: [PromptWay(composer: composer, worked: WorkedExamples(composer: composer))], seed: 0,
      renderer: Renderer(tokenizer: tokenizer, shape: .encoderDecoder, settings: rendering),
      answers: PreferenceReader(settings, comparesAnswers: compares))
  }

  private func texts(_ data: RenderedDataset) -> [String] {
    data.examples.map { tokenizer.text($0.source) + " > " + tokenizer.text($0.target) }
  }

  @Test("A pair is two examples that are drawn together, the better one first")
  func pairs() throws {
    let data = try rendered([
      #"{"prompt": "q", "chosen": "a", "rejected": "b"}"#, #"{"prompt": "r", "chosen": "c", "rejected": "d"}"#,
    ])
    #expect(texts(data) == ["q</s> > a</s>", "q</s> > b</s>", "r</s> > c</s>", "r</s> > d</s>"])
    #expect(data.examples.map(\.grade) == [1, 0, 1, 0])
    #expect(data.groups == [0..<2, 2..<4])
    var settings = BatchSettings()
    settings.size = 1
    var stream = try BatchStream(data, settings: settings, paddingID: 0, capacity: 100)
    for _ in 0..<4 {
      let batch = stream.next()
      #expect(batch.count == 2 && batch.groupRows == [0..<2] && batch.grades == [1, 0])
      #expect(Set(batch.keys).count == 2)
      let own = batch.rows([1])
      #expect(own.grades == [0] && own.keys == [batch.keys[1]] && own.groups == [batch.groups[1]])
    }
    #expect(BatchStream.once(data, size: 2, paddingID: 0).map(\.count) == [4])
    settings.packing = true
    #expect(throws: DataError.self) { try BatchStream(data, settings: settings, paddingID: 0, capacity: 100) }
  }

  @Test("Margins, other names of columns, a template's own completion")
  func names() throws {
    var settings = PreferenceSettings()
    (settings.chosen, settings.rejected, settings.margin) = ("best", "worst", "by")
    let template = PromptTemplate(name: "t", instruction: "Do.", prompt: "{{text}}:", completion: "{{summary}}")
    let data = try rendered(
      [#"{"text": "q", "best": "a", "worst": "b", "by": 2.5}"#], settings, columns: ["summary": "short"],
      template: template)
    #expect(texts(data) == ["Do.\n\nq:</s> > a</s>", "Do.\n\nq:</s> > b</s>"])
    #expect(data.examples.map(\.grade) == [2.5, 0])
  }

  @Test("A ranking's answers in any order, with ties; K answers give K·(K−1)/2 pairs less the ties")
  func rankings() throws {
    let data = try rendered([
      #"{"prompt": "q", "answers": ["a", "b", "c", "d"], "ranks": [2, 1, 3, 2]}"#,
      #"{"prompt": "r", "answers": ["e", "f"]}"#,
    ])
    #expect(data.groups == [0..<4, 4..<6])
    #expect(data.report.preferences?.pairs == 6 && data.report.preferences?.ties == 1)
    #expect(data.examples[4].grade > data.examples[5].grade)
  }

  @Test("Dialogues without a prompt of their own: what both have in common up to an answer is the prompt")
  func dialogues() throws {
    let start = #"\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: How?\n\nAssistant:"#
    let data = try rendered([#"{"chosen": "\#(start) So is it.", "rejected": "\#(start) So not."}"#])
    let prompt = "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: How?\n\nAssistant:</s>"
    #expect(texts(data) == ["\(prompt) > So is it.</s>", "\(prompt) > So not.</s>"])
    let none = #expect(throws: DataError.self) { try rendered([#"{"chosen": "a", "rejected": "b"}"#]) }
    #expect(none.map { "\($0)".contains("answer-mark") } == true)
    var settings = PreferenceSettings()
    settings.answerMark = ""
    #expect(throws: DataError.self) { try rendered([#"{"chosen": "a", "rejected": "b"}"#], settings) }
  }

  @Test(
    "Conversations: what was said before, as a list or a text, and answers as messages, texts or whole conversations",
    arguments: [
      (
        #"{"asked": [{"from": "human", "value": "q"}], "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}}"#,
        "asked"
      ),
      (#"{"asked": [{"from": "human", "value": "q"}], "chosen": "a", "rejected": "b"}"#, "asked"),
      (
        #"{"asked": "q", "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}"#,
        "asked"
      ),
      (
        #"{"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}"#,
        "chosen"
      ),
    ])
  func conversations(text: String, column: String) throws {
    let fields = try #require(try JSONValue(parsing: text).object)
    let answers = try PreferenceReader(PreferenceSettings(), comparesAnswers: true).answers(
      DataRow(fields: fields, file: "rows.jsonl", line: 1), PromptComposer(PromptTemplate(), messages: column))
    #expect(answers.map(\.grade) == [1, 0])
    for (answer, said) in zip(answers, ["a", "b"]) {
      let messages = try #require(answer.row.value(column)?.array)
      #expect(messages.compactMap { ($0["content"] ?? $0["value"])?.string } == ["q", said])
    }
  }

  @Test("Answers one by one, and pairs taken apart")
  func labels() throws {
    let rows = [
      #"{"prompt": "q", "completion": "a", "label": true}"#, #"{"prompt": "q", "completion": "b", "label": 0}"#,
      #"{"prompt": "r", "chosen": "c", "rejected": "d"}"#,
    ]
    let data = try rendered(rows, compares: false)
    #expect(data.examples.map { $0.grade > 0 } == [true, false, true, false])
    #expect(data.groups.isEmpty && data.report.preferences == nil)
  }

  @Test("Rows that teach nothing are left out and counted; contradictions are counted and told")
  func counts() throws {
    let data = try rendered([
      #"{"prompt": "q", "chosen": "a", "rejected": "b"}"#, #"{"prompt": "q", "chosen": "b", "rejected": "a"}"#,
      #"{"prompt": "r", "chosen": "c", "rejected": "c"}"#, #"{"prompt": "s", "answers": ["only"]}"#,
      #"{"prompt": "t", "answers": ["x", "y"], "ranks": [1, 1]}"#,
    ])
    let report = try #require(data.report.preferences)
    #expect(report.prompts == 2 && report.pairs == 2 && report.lone == 3 && report.identical == 1 && report.ties == 1)
    #expect(report.contradictory == 1 && report.contradictions == [[0, 1]])
    #expect(data.report.text.contains("1 pair contradicts another (rows 0 and 1)"))
    #expect(data.report.dropped == 0 && data.report.rows == 5)
    let nothing = #expect(throws: DataError.self) { try rendered([#"{"prompt": "s", "answers": ["only"]}"#]) }
    #expect(nothing.map { "\($0)".contains("nothing to compare") } == true)
  }

  @Test("Where one answer is over-long and dropped, so is its pair")
  func overLong() throws {
    var settings = RenderingSettings()
    settings.overLong = .drop
    settings.maximumTargetTokens = 4
    let folder = try TemporaryFolder()
    let file = try folder.write(
      #"{"prompt": "q", "chosen": "a", "rejected": "much too long"}"# + "\n"
        + #"{"prompt": "q", "chosen": "a", "rejected": "b"}"# + "\n", to: "rows.jsonl")
    let composer = PromptComposer(PromptTemplate())
    let data = try RenderedDataset(
      Dataset(file: file), ways: [PromptWay(composer: composer, worked: WorkedExamples(composer: composer))], seed: 0,
      renderer: Renderer(tokenizer: tokenizer, shape: .encoderDecoder, settings: settings),
      answers: PreferenceReader(PreferenceSettings(), comparesAnswers: true))
    #expect(data.groups == [0..<2] && data.report.dropped == 1)
  }

  @Test(
    "What is wrong with a row is told with its line",
    arguments: [
      (#"{"prompt": "q", "chosen": "a"}"#, "no field “rejected”"),
      (#"{"prompt": "q"}"#, "nothing to learn a preference from"),
      (#"{"prompt": "q", "completion": "a", "label": true}"#, "method: kto"),
      (#"{"prompt": "q", "answers": "a"}"#, "no list of answers"),
      (#"{"prompt": "q", "answers": ["a", "b"], "ranks": [1]}"#, "1 numbers for 2 answers"),
      (#"{"prompt": "q", "chosen": ["a"], "rejected": ["b"]}"#, "prompt.messages"),
    ])
  func mistakes(row: String, part: String) throws {
    let error = #expect(throws: DataError.self) { try rendered([row]) }
    #expect(
      error.map { "\($0)".contains(part) && "\($0)".contains("rows.jsonl, line 1") } == true,
      "\(error.map { "\($0)" } ?? "")")
  }

  @Test("Rankings teach no method of good and bad answers, and a label is true or false")
  func judgedMistakes() throws {
    for (row, part) in [
      (#"{"prompt": "q", "answers": ["a", "b"]}"#, "such as dpo"),
      (#"{"prompt": "q", "completion": "a", "label": "good"}"#, "true or false"),
    ] {
      let error = #expect(throws: DataError.self) { try rendered([row], compares: false) }
      #expect(error.map { "\($0)".contains(part) } == true)
    }
  }

  @Test("Two examples share a key only where all is the same")
  func keys() {
    func key(_ source: [Int32], _ target: [Int32], _ supervised: Range<Int>) -> UInt64 {
      RenderedExample(row: 0, source: source, target: target, supervised: supervised, endIsSupervised: true).contentKey
    }
    let keys = [
      key([1, 2], [3], 0..<1), key([1], [2, 3], 0..<1), key([1], [2, 3], 0..<2), key([], [1, 2, 3], 0..<1),
      key([2, 1], [3], 0..<1),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(key([1, 2], [3], 0..<1) == keys[0])
    // As on every machine: resumed runs look numbers up by it.
    #expect(keys[0] == 12_721_955_688_295_450_347)
  }

  @Test("A batch's prompts with the next row's answers")
  func nextAnswers() throws {
    let data = try rendered(
      [
        #"{"prompt": "q", "completion": "abc", "label": true}"#, #"{"prompt": "rs", "completion": "d", "label": true}"#,
      ],
      compares: false)
    let batch = SequenceBatch([0, 1], of: data.examples, paddingID: 0)
    let others = batch.withNextAnswers
    func text(_ ids: [Int], _ length: Int) -> String { tokenizer.text(ids.prefix(length).map(Int32.init)) }
    #expect(text(others.sourceIDs, others.sourceLengths[0]) == "q</s>")
    #expect(text(others.targetIDs, others.targetLengths[0]) == "d</s>")
    #expect(others.supervisedCounts == [2, 4])
    #expect(others.grades == batch.grades)
  }
}
