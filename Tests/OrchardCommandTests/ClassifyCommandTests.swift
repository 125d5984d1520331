import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite struct ClassifyCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An adapter that has learned two labels of a golden encoder.
  private func trained() throws -> String {
    let rows = (0..<12).map { $0 % 2 == 0 ? ("the cat sat", "calm") : ("no no dog", "loud") }
    let lines = rows.map { #"{"words": "\#($0.0)", "tone": "\#($0.1)"}"# + "\n" }
    _ = try folder.write(lines.joined(), to: "rows.jsonl")
    let model = Goldens.url("encoders/bert-bare").path
    let recipe = try folder.write(
      """
      output: run
      method: {kind: classify, labels: [calm, loud], column: tone}
      model: {folder: \(model)}
      adapter: {kind: lora, rank: 4}
      data: {files: rows.jsonl}
      prompt: {template: text, columns: {text: words}}
      rendering: {maximum-tokens: 24}
      batches: {size: 12}
      length: {steps: 40}
      optimizer: {kind: adamw, learning-rate: 1e-2}
      """, to: "recipe.yaml")
    let run = try CommandRun(["train", recipe.path, "--device", "cpu"], in: folder.url)
    try #require(run.code == 0, "\(run.complaints)")
    return folder.url.appending(path: "run").path
  }

  @Test(
    "Labels of a trained adapter, held against those that texts have, and merged into a model of transformers' kind")
  func labels() throws {
    let model = try trained()
    let file = folder.url.appending(path: "rows.jsonl").path
    let words = ["classify", "--model", model, "--file", file, "--field", "words"]
    let told = try CommandRun(words)
    #expect(told.output.split(separator: "\n").prefix(2).map { $0.prefix(4) } == ["calm", "loud"])
    let compared = try CommandRun(words + ["--label-field", "tone", "--json"])
    let json = try JSONValue(parsing: compared.output)
    #expect(json["accuracy"]?.double == 1 && json["macro_f1"]?.double == 1 && json["texts"]?.int == 12)
    #expect(json["confusion"] == [[6, 0], [0, 6]])
    let text = try CommandRun(words + ["--label-field", "tone"])
    #expect(text.output.hasPrefix("accuracy 100.0 % [100.0, 100.0], macro F1 100.0 %"))
    let merged = folder.url.appending(path: "merged").path
    let merge = try CommandRun(["adapter", "merge", model + "/adapter", "--output", merged, "--verify"])
    #expect(merge.code == 0, "\(merge.complaints)")
    let again = try CommandRun([
      "classify", "--model", merged, "--file", file, "--field", "words", "--label-field", "tone",
    ])
    #expect(again.output.hasPrefix("accuracy 100.0 %"))

    let wrong = try CommandRun(words + ["--label-field", "tune"])
    #expect(wrong.code == 1 && wrong.complaints.contains("“tone”"), "\(wrong.complaints)")
    let lone = try CommandRun(["classify", "--model", model, "a text", "--label-field", "tone"])
    #expect(lone.code == 64 && lone.complaints.contains("--label-field needs --file"))
    let reward = try CommandRun(["reward", "--model", model, "--file", file])
    #expect(reward.code == 1 && reward.complaints.contains("kind classifier"), "\(reward.complaints)")
  }
}
