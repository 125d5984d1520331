import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite("orchard runs")
struct RunsCommandTests {
  private func runs() throws -> RecipeFolder {
    let recipe = try RecipeFolder(steps: 2)
    for arguments in [["output=runs/a"], ["output=runs/deep/b", "length.steps=4", "optimizer.learning-rate=1e-5"]] {
      let run = try recipe.run(["train", "recipe.yaml"] + arguments)
      #expect(run.code == 0, "\(run.complaints)")
    }
    return recipe
  }

  @Test("Runs are listed, shown and compared; the page of a comparison has both curves")
  func listShowCompare() throws {
    let recipe = try runs()
    let list = try recipe.run(["runs", "list", "--json"])
    let lines = try list.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.compactMap { $0["run"]?.string }.map { $0.hasSuffix("a") } == [true, false], "the older one first")
    #expect(lines.allSatisfy { $0["status"]?.string == "complete" })
    #expect(lines.compactMap { $0["step"]?.int } == [2, 4])
    let table = try recipe.run(["runs", "list", "runs", "--by", "loss"])
    #expect(table.output.contains("runs/deep/b") && table.output.contains("complete"))
    let show = try recipe.run(["runs", "show", "runs/a"])
    #expect(show.output.contains("training loss") && show.output.contains("report.html"))
    let json = try JSONValue(parsing: recipe.run(["runs", "show", "runs/a", "--json"]).output)
    #expect(json["recipe"]?["length"]?["steps"]?.int == 2)
    #expect(json["about"]?["data"]?["files"]?.array?.count == 1)
    let compare = try recipe.run(["runs", "compare", "runs/a", "runs/deep/b", "--output", "page.html"])
    #expect(compare.code == 0, "\(compare.complaints)")
    #expect(compare.output.contains("optimizer.learning-rate") && compare.output.contains("1e-05"))
    #expect(!compare.output.contains("batches.size"), "what is the same is not told")
    let page = try ParsedPage(String(contentsOf: recipe.folder.url.appending(path: "page.html"), encoding: .utf8))
    #expect(page.texts.contains("Training loss") && page.texts.contains("optimizer.learning-rate"))
    #expect(page.classes.contains("curve c0") && page.classes.contains("curve c1"))
  }

  @Test("Runs on other data are warned of; a folder without a run and a single run are refused")
  func warnings() throws {
    let recipe = try runs()
    _ = try recipe.folder.write(#"{"prompt": "the cat", "completion": "a cat sat"}"# + "\n", to: "other.jsonl")
    let other = try recipe.run(["train", "recipe.yaml", "output=runs/c", "data.files=other.jsonl", "batches.size=1"])
    #expect(other.code == 0, "\(other.complaints)")
    let compare = try recipe.run(["runs", "compare", "runs/a", "runs/c", "--json"])
    let json = try JSONValue(parsing: compare.output)
    #expect(json["warnings"]?.array?.compactMap(\.string) == ["the training data differ"])
    let none = try recipe.run(["runs", "show", "."])
    #expect(none.code == 1 && none.complaints.contains("holds no run"))
    #expect(try recipe.run(["runs", "compare", "runs/a"]).code == 64)
    let missing = try recipe.run(["runs", "list", "nowhere"])
    #expect(missing.code == 1 && missing.complaints.contains("no such folder"))
    // A run whose recipe is damaged is told of, and hides no other.
    try Data("batches: [".utf8).write(to: recipe.folder.url.appending(path: "runs/a/recipe.yaml"))
    let list = try recipe.run(["runs", "list"])
    #expect(list.code == 0 && list.complaints.contains("runs/a") && list.output.contains("runs/deep/b"))
  }
}
