import Foundation
import OrchardDatasets
import OrchardJSON
import OrchardReports
import OrchardTraining
import TestSupport
import Testing

@Suite("What a run writes about itself")
struct RunRecordTests {
  @Test("A run that was left and resumed has each step once, in the log and in one event file")
  func resumed() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.watch.validation = .init(file: fixture.folder.url.appending(path: "valid.jsonl").path)
    recipe.watch.evaluateEvery = 2
    recipe.watch.sampleTokens = 4
    let first = try TrainingRun(recipe)
    for _ in 0..<4 { _ = try first.next() }
    // The last checkpoint is that of step 4; what came after it is forgotten.
    _ = try first.next()
    #expect(try EventFile(first.folder.url).steps(of: "training/loss") == [1, 2, 3, 4, 5])
    let second = try TrainingRun(recipe, resume: true)
    #expect(try EventFile(second.folder.url).steps(of: "training/loss") == [1, 2, 3, 4])
    _ = try TrainingFixture.losses(second)
    let events = try EventFile(second.folder.url)
    #expect(events.steps(of: "training/loss") == Array(1...6))
    #expect(events.steps(of: "training/tokens_per_second") == Array(1...6))
    #expect(events.steps(of: "validation/loss") == [2, 4, 6])
    #expect(events.steps(of: "samples") == [2, 4, 6])
    let history = try RunHistory(second.folder.url)
    #expect(history.steps.compactMap { $0["step"]?.int } == Array(1...6))
    #expect(history.samples.compactMap { $0["step"]?.int } == [2, 4, 6])
    #expect(history.best == second.best)
  }

  @Test("The folder says how the run stands, by which data and template, and on which machine")
  func about() throws {
    let fixture = try TrainingFixture()
    let run = try TrainingRun(fixture.recipe("llama-grouped"))
    #expect(try RunHistory(run.folder.url).status == .running)
    _ = try run.next()
    try run.stop()
    #expect(try RunHistory(run.folder.url).status == .stopped)
    let rest = try TrainingRun(fixture.recipe("llama-grouped"), resume: true)
    _ = try TrainingFixture.losses(rest)
    let history = try RunHistory(run.folder.url)
    #expect(history.status == .complete)
    let about = try #require(history.about).json
    let file = about["data"]?["files"]?.array?.first
    // sha256sum of the file, as any tool computes it.
    let data = try Data(contentsOf: fixture.folder.url.appending(path: "train.jsonl"))
    #expect(file?["bytes"]?.int == data.count)
    #expect(file?["sha256"]?.string?.count == 64)
    #expect(about["template"]?["name"]?.string == "no-instruction")
    #expect(about["data"]?["rendering"]?["examples"]?.int == 24)
    #expect(about["model"]?["parameters"]?.int == about["model"]?["trainable_parameters"]?.int)
    #expect((history.about?.peakMemory ?? 0) > 10_000_000)
    #expect(about["machine"]?["threads"]?.int ?? 0 > 0)
  }

  @Test("A run whose process is gone is lost; one that failed says why")
  func endings() throws {
    let fixture = try TrainingFixture()
    let run = try TrainingRun(fixture.recipe("t5-v1_1"))
    let url = run.folder.about
    var text = try String(contentsOf: url, encoding: .utf8)
    // No process has this number: the kernel's are at most 2^22.
    text.replace("\"process\": \(getpid())", with: "\"process\": 2147483000")
    try Data(text.utf8).write(to: url)
    #expect(try RunHistory(run.folder.url).status == .lost)
    var recipe = fixture.recipe("t5-v1_1", output: "wild")
    recipe.length.clipping = nil
    recipe.length.steps = 200
    recipe.optimizer = .init(AdamWSettings(learningRate: 1e30))
    let wild = try TrainingRun(recipe)
    #expect(throws: TrainingError.self) { while try wild.next() != nil {} }
    let history = try RunHistory(wild.folder.url)
    #expect(history.status == .failed)
    #expect(
      history.about?.reason?.contains("not a number") == true || history.about?.reason?.contains("not numbers") == true)
    #expect(try String(contentsOf: wild.folder.report, encoding: .utf8).contains("The run failed"))
  }

  @Test("The page holds curves, answers, data, machine and recipe, and is written at an evaluation")
  func page() throws {
    let fixture = try TrainingFixture()
    var recipe = fixture.recipe("t5-v1_1")
    recipe.watch.validation = .init(file: fixture.folder.url.appending(path: "valid.jsonl").path)
    recipe.watch.evaluateEvery = 3
    recipe.watch.sampleTokens = 4
    let run = try TrainingRun(recipe)
    for _ in 0..<2 { _ = try run.next() }
    #expect(!FileManager.default.fileExists(atPath: run.folder.report.path))
    _ = try run.next()
    let early = try ParsedPage(String(contentsOf: run.folder.report, encoding: .utf8))
    #expect(early.texts.contains("3 of 6"))
    _ = try TrainingFixture.losses(run)
    let page = try ParsedPage(String(contentsOf: run.folder.report, encoding: .utf8))
    for text in [
      "Loss", "Learning rate", "Gradients", "Speed", "nats a token", "Answers", "wanted", "model after step 3",
      "model after step 6", "Data", "train.jsonl", "valid.jsonl", "Machine", "Recipe", "optimizer.learning-rate",
      "On the disk", "checkpoints/step-6/",
    ] { #expect(page.texts.contains(text), "\(text)") }
    #expect(page.elements["script"] == nil)
  }
}

extension AdamWSettings {
  fileprivate init(learningRate: Double) {
    self.init()
    self.learningRate = learningRate
  }
}

/// The one event file of a folder, read back: frames, checks and the few fields that a test looks at.
private struct EventFile {
  private var found: [(step: Int, tag: String)] = []

  init(_ folder: URL) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("tfevents") }
    #expect(names.count == 1)
    var rest = try Array(Data(contentsOf: folder.appending(path: #require(names.first))))[...]
    while !rest.isEmpty {
      let length = Array(rest.prefix(8))
      let count = length.reversed().reduce(0) { $0 << 8 | Int($1) }
      let data = Array(rest.dropFirst(12).prefix(count))
      for (bytes, place) in [(length, 8), (data, 12 + count)] {
        let check = rest.dropFirst(place).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        #expect(check == CRC32C.masked(bytes))
      }
      let event = Self.fields(data)
      let step = event.first { $0.number == 2 }?.value ?? 0
      for summary in event where summary.number == 5 {
        for value in Self.fields(summary.bytes) where value.number == 1 {
          let tag = Self.fields(value.bytes).first { $0.number == 1 }?.bytes ?? []
          found.append((step, String(decoding: tag, as: UTF8.self)))
        }
      }
      rest = rest.dropFirst(16 + count)
    }
  }

  func steps(of tag: String) -> [Int] { found.filter { $0.tag == tag }.map(\.step) }

  private static func fields(_ bytes: [UInt8]) -> [(number: Int, value: Int, bytes: [UInt8])] {
    var rest = bytes[...]
    func varint() -> Int {
      var (value, shift) = (0, 0)
      while let byte = rest.popFirst() {
        value |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      return value
    }
    var fields: [(number: Int, value: Int, bytes: [UInt8])] = []
    while !rest.isEmpty {
      let tag = varint()
      switch tag & 7 {
      case 0: fields.append((tag >> 3, varint(), []))
      case 1: rest = rest.dropFirst(8)
      case 5: rest = rest.dropFirst(4)
      default:
        let count = varint()
        fields.append((tag >> 3, 0, Array(rest.prefix(count))))
        rest = rest.dropFirst(count)
      }
    }
    return fields
  }
}
