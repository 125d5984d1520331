import Foundation
import OrchardJSON
import OrchardTensors
import TestSupport
import Testing

/// `orchard embed`, `classify` and `fill`, run as a person runs them.
@Suite struct EmbedCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ command: String, _ model: String, _ words: String..., input: String = "") throws -> CommandRun {
    try CommandRun(
      [command, "--model", Goldens.url("encoders/\(model)").path, "--device", "cpu"] + words, input: input)
  }

  private func lines(_ run: CommandRun) throws -> [JSONObject] {
    try run.output.split(separator: "\n").map { try #require(JSONValue(parsing: String($0)).object) }
  }

  @Test func textsComeFromArgumentsFilesAndStandardInput() throws {
    let texts = ["the cat sat on the mat", "a bird sang"]
    let given = try run("embed", "sentence", texts[0], texts[1], "--json")
    #expect(given.code == 0, "\(given.complaints)")
    #expect(try lines(given).compactMap { $0["text"]?.string } == texts)
    #expect(try lines(given).map { $0["embedding"]?.array?.count } == [12, 12])
    let piped = try run("embed", "sentence", "--json", input: texts.joined(separator: "\n") + "\n")
    #expect(piped.output == given.output)
    let file = try folder.write("id,sentence\n1,\(texts[0])\n2,\(texts[1])\n", to: "texts.csv")
    let read = try run("embed", "sentence", "--file", file.path, "--field", "sentence", "--json", "--batch-size", "1")
    let vectors = try [read, given].map { try lines($0).flatMap { $0["embedding"]?.array?.compactMap(\.double) ?? [] } }
    #expect(vectors[0].count == 24 && zip(vectors[0], vectors[1]).allSatisfy { abs($0 - $1) < 1e-5 })
    let plain = try run("embed", "sentence", texts[0], texts[1])
    #expect(plain.output.split(separator: "\n").map { $0.split(separator: " ").count } == [12, 12])
  }

  @Test func vectorsGoToAFile() throws {
    let output = folder.url.appending(path: "made.safetensors")
    let made = try run("embed", "sentence", "the cat", "a bird", "so", "--output", output.path)
    #expect(made.code == 0 && made.output.isEmpty)
    #expect(made.complaints.contains("“embeddings”, 3 × 12"))
    #expect(try SafetensorsFile(output).tensor("embeddings")?.shape == [3, 12])
  }

  @Test func textsAreCompared() throws {
    let all = try run("embed", "sentence", "the cat", "a bird", "the cat", "--similarity")
    let rows = all.output.split(separator: "\n")
    #expect(rows.count == 3 && rows[0] == "1.0000\tthe cat\tthe cat")
    let file = try folder.write("first\tsecond\nthe cat\tthe cat\nthe cat\ta bird\n", to: "pairs.tsv")
    let pairs = try run("embed", "sentence", "--pairs", file.path, "--fields", "first,second", "--json")
    let found = try lines(pairs).compactMap { $0["similarity"]?.double }
    #expect(found.count == 2 && abs(found[0] - 1) < 1e-5 && found[1] < 0.99)
    #expect(rows[1].hasPrefix(String(format: "%.4f", found[1])))
  }

  @Test func labelsAreTold() throws {
    let one = try run("classify", "bert-labels", "the cat sat", "a bird sang")
    #expect(one.code == 0, "\(one.complaints)")
    let rows = one.output.split(separator: "\n")
    #expect(rows.count == 2 && rows[0].hasSuffix("\tthe cat sat"))
    let line = try #require(try lines(run("classify", "bert-labels", "the cat sat", "--json", "--top", "3")).first)
    #expect(line.keys == ["text", "label", "score", "scores"])
    let scores = try #require(line["scores"]?.object)
    #expect(Set(scores.keys) == ["bad", "fair", "good"])
    #expect(abs(scores.entries.reduce(0) { $0 + ($1.value.double ?? 0) } - 1) < 1e-5)
    #expect(rows[0].hasPrefix("\(try #require(line["label"]?.string)) "))
    let number = try #require(try lines(run("classify", "roberta-number", "the cat sat", "--json")).first)
    #expect(number["label"]?.string == "LABEL_0" && number["score"]?.double != nil)
    let file = try folder.write("{\"text\": \"the cat\", \"other\": \"a bird\"}\n", to: "pairs.jsonl")
    let pair = try run("classify", "bert-labels", "--file", file.path, "--pair-field", "other", "--json")
    #expect(try lines(pair)[0]["pair"]?.string == "a bird")
  }

  @Test func gapsAreFilled() throws {
    let filled = try run("fill", "roberta-masked", "the <mask> sat", "--top", "3")
    #expect(filled.code == 0, "\(filled.complaints)")
    #expect(filled.output.split(separator: "\n").count == 3)
    let line = try #require(try lines(run("fill", "bert-masked", "<mask> sat on [MASK]", "--json")).first)
    let gaps = try #require(line["gaps"]?.array)
    #expect(gaps.count == 2 && gaps.allSatisfy { $0.array?.count == 5 })
    let none = try run("fill", "bert-masked", "the cat")
    #expect(none.code == 1 && none.complaints.contains("text 1 has no gap to fill; write [MASK]"))
  }

  @Test func whatAModelCannotDoIsRefusedWithWhatItCan() throws {
    let classify = try run("classify", "bert-masked", "the cat")
    #expect(classify.code == 1)
    #expect(classify.complaints.contains("a BertForMaskedLM can embed texts and fill masks, but not classify"))
    let fill = try run("fill", "bert-bare", "the <mask>")
    #expect(fill.code == 1 && fill.complaints.contains("can embed texts, but not fill masks"))
    let generate = try run("generate", "bert-masked", "--prompt", "the cat", "--max-new-tokens", "3")
    #expect(generate.code == 1 && generate.complaints.contains("a bert is a text encoder and writes no text"))
    let embed = try CommandRun(["embed", "--model", Goldens.url("models/t5-v1_1").path, "the cat"])
    #expect(embed.code == 1 && embed.complaints.contains("a t5 is a language model, which writes text"))
  }

  @Test func longTextsAreCutAndPlainFoldersAveraged() throws {
    let long = String(repeating: "the cat sat ", count: 30)
    let cut = try run("embed", "bert-bare", long, "a bird")
    #expect(cut.code == 0)
    #expect(cut.complaints.contains("1 text was cut to the 24 tokens that the model reads"))
    #expect(cut.complaints.contains("no modules.json: a text's vector is the mean"))
  }

  @Test(arguments: [
    (["embed", "a", "--file", "b"], "give either texts or --file, not both."),
    (["embed", "a", "--batch-size", "0"], "--batch-size is 0"),
    (["embed", "a", "--pairs", "b"], "--pairs brings its own texts"),
    (["embed", "--pairs", "b", "--fields", "one"], "--fields is “one”"),
    (["embed", "a", "--similarity", "--output", "x"], "--output takes vectors"),
    (["embed"], "there is no text"),
    (["classify", "a", "--top", "0"], "--top is 0"),
    (["classify", "a", "--pair-field", "b"], "--pair-field needs --file"),
    (["fill", "a", "--top", "-1"], "--top"),
  ])
  func wrongUsageIsSixtyFour(words: [String], message: String) throws {
    let model = ["--model", Goldens.url("encoders/sentence").path]
    let run = try CommandRun([words[0]] + model + words.dropFirst())
    #expect(run.code == 64)
    #expect(run.complaints.contains(message), "\(run.complaints)")
  }
}
