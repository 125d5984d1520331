import Foundation
import OrchardAlignment
import OrchardDatasets
import OrchardHub
import OrchardJSON
import OrchardSettings
import OrchardTensors
import OrchardTraining
import TestSupport
import Testing

@Suite("Rewards that are no models", .serialized)
struct RewardKindTests {
  private let answers = [
    AnsweredPrompt(prompt: "p", answer: "the cat sat", reference: "the cat sat down"),
    AnsweredPrompt(prompt: "q", answer: "a dog", reference: "something else"),
  ]

  private func scores(_ settings: any RewardSourceSettings) throws -> [Double] {
    try RewardSum([RewardSource(settings)], on: .cpu).scores(answers)
  }

  @Test("ROUGE against the row's completion, which has to be there")
  func reference() throws {
    let scores = try scores(ReferenceRewardSettings())
    // Three of three words, and three of four: F is 6/7.
    #expect(abs(scores[0] - 6.0 / 7) < 1e-9 && scores[1] == 0)
    let without = [AnsweredPrompt(prompt: "p", answer: "a")]
    #expect(throws: AlignmentError.self) {
      try RewardSum([RewardSource(ReferenceRewardSettings())], on: .cpu).scores(without)
    }
    #expect(throws: SettingsError.self) {
      try AlignmentRecipe(
        yaml: "model: {folder: m}\ndata: {files: [a]}\nmethod: {kind: ppo, rewards: [{kind: rouge, rouge: meteor}]}")
    }
  }

  @Test("A form")
  func pattern() throws {
    var settings = PatternRewardSettings()
    settings.pattern = "the c.t"
    #expect(try scores(settings) == [1, 0])
    settings.whole = true
    #expect(try scores(settings) == [0, 0])
    settings.pattern = "("
    #expect(settings.complaints.count == 1)
  }

  @Test("A program's exit code; one that takes too long, is killed or reads nothing has failed")
  func program() throws {
    var settings = ProgramRewardSettings()
    settings.command = ["grep", "-q", "cat"]
    #expect(try scores(settings) == [1, 0])
    settings.command = ["sh", "-c", #"test "$ORCHARD_PROMPT" = q && test "$ORCHARD_REFERENCE" = "something else""#]
    #expect(try scores(settings) == [0, 1])
    (settings.command, settings.seconds) = (["sleep", "30"], 0.2)
    let started = Date()
    #expect(try scores(settings) == [0, 0])
    #expect(Date().timeIntervalSince(started) < 10)
    settings.command = ["sh", "-c", "kill -9 $$"]
    #expect(try scores(settings) == [0, 0])
    settings.command = ["no-such-program-anywhere"]
    let error = #expect(throws: AlignmentError.self) { try scores(settings) }
    #expect(error.map { "\($0)".contains("no-such-program-anywhere") } == true)
  }

  private func endpoint(_ server: ScriptedServer) -> EndpointRewardSettings {
    var settings = EndpointRewardSettings()
    (settings.url, settings.seconds, settings.attempts) = (server.url, 2, 2)
    return settings
  }

  @Test("A server is sent prompts, answers and completions, and asked again where it fails")
  func endpoint() throws {
    let server = ScriptedServer { body, number in
      let rows = (try? JSONValue(parsing: Array(body.utf8)))?["answers"]?.array ?? []
      if number == 0 { return ScriptedServer.reply("busy", status: "503 Service Unavailable") }
      let scores = rows.map { $0["reference"]?.string?.count ?? 0 }
      return ScriptedServer.reply("{\"scores\": \(scores)}")
    }
    #expect(try scores(endpoint(server)) == [16, 14])
    #expect(server.requests == 2)
  }

  /// What a server may do wrong: raw HTTP, and what is told of it.
  private static let wrongs: [(reply: String, told: String)] = [
    (ScriptedServer.reply("{\"scores\": [1]}"), "1 scores"),
    (ScriptedServer.reply("{\"scores\": [1, null]}"), "1 scores"),
    (ScriptedServer.reply("{\"points\": [1, 2]}"), "no “scores”"),
    (ScriptedServer.reply("{\"scores\": [1, 2"), "no JSON"),
    (ScriptedServer.reply("{\"scores\": [1, 2]}", length: 4000), "ends before"),
    (ScriptedServer.reply("{\"scores\": [1, 2]}", length: 5), "no JSON"),
    (ScriptedServer.reply("{\"scores\": [1, 1e999]}"), "no "),
    (ScriptedServer.reply("no", status: "403 Forbidden"), "403"),
    ("", "ends before"),
    ("nonsense\r\n\r\n", "cannot be asked"),
  ]

  @Test("A server that fails, or lies about its length, stops the run with a sentence", arguments: wrongs.indices)
  func wrong(number: Int) throws {
    let (reply, told) = Self.wrongs[number]
    let server = ScriptedServer { _, _ in reply }
    let error = #expect(throws: (any Error).self) { try scores(endpoint(server)) }
    #expect(error.map { "\($0)".contains(told) } == true, "\(String(describing: error))")
  }

  @Test("A server that is too slow, not there, or no address")
  func unreachable() throws {
    let server = ScriptedServer { _, _ in
      Thread.sleep(forTimeInterval: 3)
      return ScriptedServer.reply("{\"scores\": [1, 2]}")
    }
    var settings = endpoint(server)
    (settings.seconds, settings.attempts) = (0.3, 2)
    let slow = #expect(throws: EndpointError.self) { try scores(settings) }
    #expect(slow.map { "\($0)".contains("0.3 seconds (asked 2 times)") } == true)
    settings.url = "http://127.0.0.1:1/"
    #expect(throws: EndpointError.self) { try scores(settings) }
    settings.url = "ftp://somewhere"
    #expect(throws: EndpointError.self) { try scores(settings) }
    (settings.url, settings.tokenVariable) = (server.url, "NO_SUCH_VARIABLE_IS_SET")
    #expect(throws: EndpointError.self) { try scores(settings) }
  }

  @Test("A run whose reward needs the rows' completions reads them, and one whose reward is no number stops")
  func runs() throws {
    let fixture = try AlignmentFixture()
    var settings = PPOSettings()
    settings.policy.rewards = [RewardSource(ReferenceRewardSettings())]
    (settings.policy.newTokens, settings.policy.epochs) = (8, 1)
    func recipe(_ output: String) -> AlignmentRecipe {
      var recipe = fixture.recipe("t5-v1_1", settings, output: output)
      recipe.training.rendering.maximumTokens = 48
      recipe.training.length.steps = 1
      return recipe
    }
    let lines = (0..<8).map { "{\"prompt\": \"the cat \($0)\", \"completion\": \"the moon\"}\n" }
    let rows = try fixture.folder.write(lines.joined(), to: "completions.jsonl")
    var whole = recipe("whole")
    whole.training.data = DatasetSettings(file: rows.path)
    let told = try AlignmentFixture.follow(try TrainingRun(whole)).figures
    #expect(told["reward"] != nil)
    let infinite = Array(repeating: "1e400", count: 8).joined(separator: ",")
    let server = ScriptedServer { _, _ in ScriptedServer.reply("{\"scores\": [\(infinite)]}") }
    settings.policy.rewards = [RewardSource(endpoint(server))]
    var broken = recipe("broken")
    broken.training.data = DatasetSettings(file: rows.path)
    broken.training.batches.size = 8
    #expect(throws: (any Error).self) { try AlignmentFixture.follow(try TrainingRun(broken)) }
  }
}
