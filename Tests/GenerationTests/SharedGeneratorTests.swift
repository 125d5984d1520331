import OrchardGeneration
import OrchardTensors
import TestSupport
import Testing

@Suite struct SharedGeneratorTests {
  private func settings(_ number: Int, count: Int = 12) -> GenerationSettings {
    var settings = GenerationSettings()
    settings.maxNewTokens = count
    settings.sample = number % 2 == 1
    settings.seed = number
    if number % 3 == 2 { settings[step: "repetition-penalty"] = 1.2 }
    return settings
  }

  private static let texts = [
    "the cat sat", "a bird sang", "ann", "rain falls on the hill", "bob", "the cat", "we ate bread", "the old tree",
  ]

  @Test("Eight callers at once get what each gets alone", arguments: TinyModel.names)
  func callers(name: String) async throws {
    let folder = Goldens.url("models/\(name)")
    let alone = try TextGenerator(folder: folder)
    let expected = try Self.texts.indices.map { number in
      try alone.generate([Self.texts[number]], settings: settings(number))[0].tokens
    }
    let shared = try await SharedGenerator(folder: folder)
    let found = try await withThrowingTaskGroup(of: (Int, [Int]).self) { group in
      for number in Self.texts.indices {
        group.addTask {
          if number % 4 == 3 {
            let answers = try await shared.generate([Self.texts[number]], settings: settings(number))
            return (number, answers[0].tokens)
          }
          var tokens: [Int] = []
          for try await piece in shared.stream(Self.texts[number], settings: settings(number)) {
            tokens.append(piece.token)
          }
          return (number, tokens)
        }
      }
      return try await group.reduce(into: [Int: [Int]]()) { $0[$1.0] = $1.1 }
    }
    for number in Self.texts.indices { #expect(found[number] == expected[number]) }
  }

  @Test func callersTakeTurns() async throws {
    let shared = try await SharedGenerator(folder: Goldens.url("models/llama-grouped"))
    var first = shared.stream("the cat", settings: settings(0, count: 50)).makeAsyncIterator()
    var second = shared.stream("ann", settings: settings(0, count: 50)).makeAsyncIterator()
    #expect(try await first.next() != nil)
    #expect(try await second.next() != nil)
    #expect(await shared.actor.perform { $0.openCount } == 2)
    // A whole text of another caller goes by while both stand open.
    #expect(try await shared.generate(["bob"], settings: settings(0, count: 5))[0].tokens.count <= 5)
    #expect(try await first.next() != nil)
    #expect(try await second.next() != nil)
  }

  @Test func aCancelledTaskEndsItsText() async throws {
    let shared = try await SharedGenerator(folder: Goldens.url("models/llama-scaled"))
    let begun = AsyncStream<Void>.makeStream()
    let task = Task {
      var count = 0
      for try await _ in shared.stream("the cat", settings: settings(0, count: 60)) {
        count += 1
        if count == 1 { begun.continuation.yield() }
        // Goes on only once the other task has had time to cancel.
        while !Task.isCancelled { await Task.yield() }
      }
      return count
    }
    for await _ in begun.stream { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    for _ in 0..<1000 where await shared.actor.perform({ $0.openCount }) > 0 {
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(await shared.actor.perform { $0.openCount } == 0)
  }

  @Test func aDroppedStreamEndsItsText() async throws {
    let shared = try await SharedGenerator(folder: Goldens.url("models/llama-scaled"))
    for try await _ in shared.stream("the cat", settings: settings(0, count: 40)) { break }
    for _ in 0..<1000 where await shared.actor.perform({ $0.openCount }) > 0 {
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(await shared.actor.perform { $0.openCount } == 0)
  }

  @Test func anErrorReachesItsCallerAlone() async throws {
    let shared = try await SharedGenerator(folder: Goldens.url("models/llama-grouped"))
    let long = String(repeating: "the cat ", count: 60)
    let bad = Task { try await shared.generate([long], settings: settings(0)) }
    async let good = shared.generate(["the cat"], settings: settings(0))
    let error = await #expect(throws: GenerationError.self) { try await bad.value }
    #expect(try #require(error).description.contains("context holds 64"))
    #expect(try await good[0].tokens.count > 0)
    await #expect(throws: GenerationError.self) {
      for try await _ in shared.stream(long, settings: settings(0)) {}
    }
    await #expect(throws: (any Error).self) { try await SharedGenerator(folder: Goldens.url("models/none")) }
  }

  @Test func turnsDoNotSeeEachOthersModes() async throws {
    let actor = try await ModelActor { 0 }
    let right = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        group.addTask {
          await actor.perform { _ in
            let weight = Tensor([Float(1)])
            weight.setRequiresGradient(true)
            let recorded =
              number % 2 == 0 ? withoutGradients { (weight * 2).requiresGradient } : (weight * 2).requiresGradient
            return recorded == (number % 2 == 1)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(right == Array(repeating: true, count: 40))
  }
}
