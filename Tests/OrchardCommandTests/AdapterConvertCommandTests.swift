import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite("orchard adapter convert")
struct AdapterConvertCommandTests {
  @Test("There and back, and what goes wrong")
  func converts() throws {
    let folder = try TemporaryFolder()
    let source = Goldens.url("adapters/llama-grouped-lora").path
    let there = try CommandRun(["adapter", "convert", source, "--to", "mlx", "--output", "mlx"], in: folder.url)
    #expect(there.code == 0 && there.output.contains("(peft) written as mlx in fp32 to mlx"), "\(there.complaints)")
    let back = try CommandRun(
      ["adapter", "convert", "mlx", "--to", "peft", "--numbers", "bf16", "--output", "half", "--json"], in: folder.url)
    let line = try #require(JSONValue(parsing: back.output).object)
    #expect(line["from"]?.string == "mlx" && line["to"]?.string == "peft" && (line["bytes"]?.int ?? 0) > 0)
    let asked = ["--prompt", "the cat", "--max-new-tokens", "4", "--device", "cpu", "--any-base"]
    let model = ["generate", "--model", Goldens.url("models/llama-grouped").path]
    let answers = try [source, "half"].map { try CommandRun(model + ["--adapter", $0] + asked, in: folder.url) }
    #expect(answers.allSatisfy { $0.code == 0 } && !answers[1].output.isEmpty, "\(answers[1].complaints)")
    let again = try CommandRun(["adapter", "convert", source, "--to", "mlx", "--output", "mlx"], in: folder.url)
    #expect(again.code != 0 && again.complaints.contains("mlx is there already"))
    let wrong = try CommandRun(
      ["adapter", "convert", Goldens.url("adapters/llama-grouped-ia3").path, "--to", "mlx", "--output", "x"],
      in: folder.url)
    #expect(wrong.code == 1 && wrong.complaints.contains("is of the kind IA3"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "x").path))
  }
}
