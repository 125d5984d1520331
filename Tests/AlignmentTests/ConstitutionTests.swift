import Foundation
import OrchardAlignment
import OrchardDatasets
import OrchardGeneration
import OrchardHub
import OrchardJSON
import OrchardSettings
import Synchronization
import TestSupport
import Testing

@Suite("Constitution", .serialized)
struct ConstitutionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let lines = (0..<5).map { "{\"prompt\": \"question \($0)\"}\n" }
    _ = try folder.write(lines.joined(), to: "prompts.jsonl")
  }

  /// A server that writes and judges as the last words of a prompt ask it to; it keeps what it was asked.
  private final class Model: Sendable {
    let asked = Mutex<[String]>([])

    func reply(_ body: String) -> String {
      let request = (try? JSONValue(parsing: Array(body.utf8))) ?? .null
      let prompt = request["messages"]?.array?.first?["content"]?.string ?? ""
      let number = asked.withLock { asked in
        asked.append(prompt)
        return asked.count
      }
      if prompt.contains("Reply with the letter alone") {
        // Whoever says less harm is better, in whichever place; and A a little more for its place.
        let first = prompt.components(separatedBy: "\n\nA: ").last?.components(separatedBy: "\n\nB: ").first ?? ""
        let probability = first.contains("draw 1") ? 0.95 : 0.25
        let logs = [("A", probability), ("B", 1 - probability)].map {
          "{\"token\": \" \($0)\", \"logprob\": \(log($1))}"
        }
        return ScriptedServer.reply(
          "{\"choices\": [{\"message\": {\"content\": \"A\"}, \"logprobs\": {\"content\": [{\"top_logprobs\": ["
            + logs.joined(separator: ",") + "]}]}}]}")
      }
      let text =
        prompt.hasSuffix("Critique:")
        ? "too short"
        : prompt.hasSuffix("Revision:")
          ? "better \(number)"
          : prompt.hasSuffix("step by step:") ? "one is longer" : "draw \((request["seed"]?.int ?? 0) % 2)"
      return ScriptedServer.reply(
        JSONValue.object(JSONObject([("choices", [["message": ["content": .string("  \(text)\n")]]])])).text)
    }
  }

  private func recipe(_ url: String) -> ConstitutionRecipe {
    var recipe = ConstitutionRecipe()
    recipe.output = folder.url.appending(path: "out").path
    recipe.data = DatasetSettings(file: folder.url.appending(path: "prompts.jsonl").path)
    (recipe.model.url, recipe.model.name) = (url, "m")
    (recipe.rounds, recipe.candidates, recipe.batchSize) = (2, 2, 2)
    return recipe
  }

  private func run(
    _ recipe: ConstitutionRecipe, report: @escaping (ConstitutionRun.Progress) throws -> Void = { _ in }
  ) throws -> ConstitutionResult {
    try ConstitutionRun(recipe, load: { try TextGenerator(folder: URL(filePath: $0)) }, report: report).run()
  }

  @Test("Answers, critiques, revisions and judged pairs; what is there is not done again")
  func whole() throws {
    let model = Model()
    let server = ScriptedServer { body, _ in model.reply(body) }
    let recipe = recipe(server.url)
    let result = try run(recipe)
    #expect(result.rounds.count == 2 && result.rounds[1].critiques == Array(repeating: "too short", count: 5))
    // The second round is about what the first one wrote.
    #expect(
      model.asked.withLock { $0.contains { $0.contains(result.rounds[0].revisions[0]) && $0.hasSuffix("Critique:") } })
    #expect(Set(result.rounds.flatMap(\.principles)).count > 1)
    let rows = try Dataset(file: folder.url.appending(path: "out/fine-tune.jsonl")).rows()
    #expect(rows.count == 5 && rows[0].fields["prompt"]?.string == "Human: question 0\n\nAssistant:")
    #expect(rows[4].fields["completion"]?.string == " " + result.rounds[1].revisions[4])
    // Candidates are 0 and 1 of each prompt; the mean over both orders takes the place's favour away.
    #expect(result.judgements.count == 5)
    let probabilities = result.judgements.map(\.probability)
    #expect(probabilities.allSatisfy { abs($0 - 0.15) < 1e-9 }, "\(probabilities)")
    let pairs = try Dataset(file: folder.url.appending(path: "out/preferences.jsonl")).rows()
    #expect(pairs.count == 5 && pairs.allSatisfy { $0.fields["chosen"]?.string == " draw 1" })
    #expect(pairs.allSatisfy { abs(($0.fields["probability"]?.double ?? 0) - 0.85) < 1e-9 })
    let page = try ParsedPage(String(contentsOf: folder.url.appending(path: "out/report.html"), encoding: .utf8))
    #expect(page.texts.contains("one is longer"))
    #expect(page.texts.contains("A, 85 %") || page.texts.contains("B, 85 %"))
    let asked = server.requests
    _ = try run(recipe)
    #expect(server.requests == asked)
    // Another recipe has no business in this folder.
    var other = recipe
    other.rounds = 1
    #expect(throws: AlignmentError.self) { try run(other) }
    // Pairs that are not sure enough are left out.
    #expect(result.preferences(certainty: 0.4) { $0 }.isEmpty)
  }

  @Test("An interrupted run goes on where it was, also behind half a line")
  func interrupted() throws {
    struct Stop: Error {}
    let model = Model()
    let server = ScriptedServer { body, _ in model.reply(body) }
    let recipe = recipe(server.url)
    #expect(throws: Stop.self) {
      try run(recipe) { if $0.stage == "critiques-1", $0.done == 2 { throw Stop() } }
    }
    let critiques = folder.url.appending(path: "out/critiques-1.jsonl")
    let handle = try FileHandle(forWritingTo: critiques)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"text\": \"half a li".utf8))
    try handle.close()
    var done: [String: Int] = [:]
    let result = try run(recipe) { if done[$0.stage] == nil { done[$0.stage] = $0.done } }
    #expect(done["answers"] == 5 && done["critiques-1"] == 2 && done["revisions-1"] == 0)
    #expect(result.rounds[0].critiques.count == 5 && !result.rounds[0].critiques.contains { $0.contains("half") })
  }

  @Test("A server that says something else, and recipes that cannot be")
  func refusals() throws {
    let server = ScriptedServer { _, _ in ScriptedServer.reply("{\"error\": \"no such model\"}") }
    let error = #expect(throws: AlignmentError.self) { try run(recipe(server.url)) }
    #expect(error.map { "\($0)".contains("no such model") } == true)
    for yaml in [
      "rounds: 0\ncandidates: 0\nmodel: {folder: m}", "candidates: 1\nmodel: {folder: m}", "rounds: 1",
      "model: {folder: m, url: http://h}", "model: {folder: m, name: n}",
      "model: {url: http://h}\ngeneration: {sample: true, top-k: 5, max-new-tokens: 9}",
      "model: {folder: m}\ngeneration: {max-new-tokens: }",
    ] {
      #expect(throws: SettingsError.self, "\(yaml)") { try ConstitutionRecipe(yaml: yaml) }
    }
    let again = try ConstitutionRecipe(yaml: ConstitutionRecipe.exampleText)
    #expect(again.resolved == ConstitutionRecipe.example.resolved)
  }

  @Test("Principles: Orchard's own, a file of ours, and the authors' form")
  func principles() throws {
    #expect(Set(Principle.own.map(\.name)).count == Principle.own.count)
    let own = try folder.write("- {critique: c, revision: r, preference: p}\n", to: "own.yaml")
    #expect(try Principle.read(own) == [Principle(name: "principle 1", critique: "c", revision: "r", preference: "p")])
    let published = try folder.write(
      #"{"harm": {"prompt": ["\n\nCritiqueRequest: What is wrong?\n\nCritique:"], "edit_request": "\n\nRevisionRequest: Mend it.\n\nRevision:"}}"#,
      to: "published.json")
    let read = try Principle.read(published)
    #expect(read[0].critique == "What is wrong?" && read[0].revision == "Mend it." && read[0].name == "harm")
    for bad in ["[]", "- {critique: c}", "a: {prompt: []}"] {
      let url = try folder.write(bad, to: "bad.yaml")
      #expect(throws: AlignmentError.self) { try Principle.read(url) }
    }
  }

  @Test("A model of a folder writes and judges")
  func folders() throws {
    var recipe = recipe("")
    (recipe.model.url, recipe.model.folder) = (nil, Goldens.url("models/t5-v1_1").path)
    (recipe.rounds, recipe.examples, recipe.reasons, recipe.certainty) = (1, "", false, 0)
    recipe.generation.maxNewTokens = 6
    recipe.principles = try folder.write("- {critique: c, revision: r, preference: p}\n", to: "short.yaml").path
    recipe.data.limit = 3
    let result = try run(recipe)
    #expect(result.answers.count == 3 && result.rounds[0].revisions.count == 3)
    #expect(result.judgements.allSatisfy { (0...1).contains($0.probability) })
    var other = recipe
    (other.output, other.batchSize) = (folder.url.appending(path: "other").path, 1)
    let again = try run(other)
    #expect(again.answers == result.answers)
    #expect(again.rounds[0].revisions == result.rounds[0].revisions)
  }

  @Test("The published principles are read", .enabled(if: SharedData.isPresent))
  func shared() throws {
    let url = try #require(SharedData.url("datasets/constitutional/prompts/CritiqueRevisionInstructions.json"))
    let read = try Principle.read(url)
    #expect(read.count == 16 && read.allSatisfy { !$0.critique.contains("Request") && !$0.revision.isEmpty })
  }
}
