import Foundation
import OrchardJSON
import TestSupport
import Testing

@Suite("orchard plan")
struct PlanCommandTests {
  @Test("The table has the ways side by side; with --json it is one object; nothing is written")
  func plan() throws {
    let recipe = try RecipeFolder(steps: 3)
    let plan = try recipe.run(["plan", "recipe.yaml", "--seconds", "0.1", "--rank", "8"])
    #expect(plan.code == 0, "\(plan.complaints)")
    for text in ["full tuning", "LoRA, rank 8", "QLoRA", "soft prompt", "optimiser", "× the weights", "fits"] {
      #expect(plan.output.contains(text), "\(text)")
    }
    let json = try JSONValue(parsing: recipe.run(["plan", "recipe.yaml", "--seconds", "0", "--json"]).output)
    #expect(json["fits"]?.bool == true && json["probe"]?.isNull == true)
    #expect(json["ways"]?.array?.first?["memory"]?["gradients"]?.int ?? 0 > 0)
    #expect(!FileManager.default.fileExists(atPath: recipe.folder.url.appending(path: "run").path))
    #expect(try recipe.run(["plan"]).code == 64)
    #expect(try recipe.run(["plan", "recipe.yaml", "--seconds=-1"]).code == 64)
  }

  @Test("A model far beyond the machine is planned by its shapes, and training it is refused at once")
  func giant() throws {
    let recipe = try RecipeFolder(steps: 2)
    let source = Goldens.url("models/t5-v1_1")
    let folder = recipe.folder.url.appending(path: "giant")
    try FileManager.default.copyItem(at: source, to: folder)
    var config = try #require(JSONValue(parsing: Data(contentsOf: folder.appending(path: "config.json"))).object)
    config["d_model"] = 16384
    config["d_ff"] = 262_144
    config["num_layers"] = 64
    config["num_decoder_layers"] = 64
    try Data(JSONValue.object(config).text.utf8).write(to: folder.appending(path: "config.json"))
    let settings = ["recipe.yaml", "model={folder: giant, from-nothing: true}"]
    let plan = try recipe.run(["plan"] + settings)
    #expect(plan.code == 0, "\(plan.complaints)")
    #expect(plan.output.contains("does not fit") && plan.output.contains("too large to measure here"))
    let train = try recipe.run(["train"] + settings)
    #expect(train.code == 1)
    #expect(train.complaints.contains("does not fit") && train.complaints.contains("--force"))
    #expect(!FileManager.default.fileExists(atPath: recipe.folder.url.appending(path: "run").path))
  }
}
