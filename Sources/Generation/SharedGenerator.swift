import Foundation
import OrchardTensors

/// A text generator for concurrent callers: they take turns token by token, and none waits for another's whole text.
///
/// ```swift
/// let shared = try await SharedGenerator(folder: folder)
/// for try await piece in shared.stream("Once upon a time", settings: settings) { print(piece.text, terminator: "") }
/// ```
///
/// Each caller gets what it would get alone. A task that is cancelled, and a stream that is dropped, end their text.
public struct SharedGenerator: Sendable {
  /// Where the work is done; for what else is to be asked of the generator.
  public let actor: ModelActor<GeneratorSessions>

  /// Shares the generator that `make` makes.
  ///
  /// - Throws: what `make` throws.
  public init(_ make: @escaping @Sendable () throws -> sending TextGenerator) async throws {
    actor = try await ModelActor { GeneratorSessions(try make()) }
  }

  /// Loads a Hugging Face folder.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(folder: URL, dtype: DType? = nil, on device: Device = .cpu) async throws {
    try await self.init { try TextGenerator(folder: folder, dtype: dtype, on: device) }
  }

  /// The answer to a prompt, token by token as it is generated.
  ///
  /// Nothing is done before the first token is asked for, and nothing beyond what is asked for. The text is made with
  /// the adapter of that name, where the model has several.
  public func stream(_ prompt: String, adapter: String? = nil, settings: GenerationSettings) -> AnswerStream {
    AnswerStream(actor: actor, prompts: [prompt], adapters: [adapter], settings: settings)
  }

  /// The answers to prompts, in their order, generated side by side: of each prompt the best text, or the first drawn.
  ///
  /// `adapters` are the names of those that the texts are made with, text by text; empty for none.
  /// - Throws: `GenerationError` for a prompt that does not fit; `CancellationError` where the task is cancelled.
  public func generate(
    _ prompts: [String], adapters: [String?] = [], settings: GenerationSettings
  ) async throws -> [GeneratedSequence] {
    let session = try await GeneratorSession(actor, prompts, adapters: adapters, settings)
    while try await session.next() != nil {}
    return await session.results().compactMap(\.first)
  }
}

/// A generator, and the texts that it is generating.
///
/// It belongs to one actor and is met only inside its `perform`.
public final class GeneratorSessions {
  /// The generator.
  public let generator: TextGenerator
  private var open: [Int: Decoding] = [:]
  private var count = 0

  init(_ generator: TextGenerator) { self.generator = generator }

  /// How many texts, or batches of them, are being generated.
  public var openCount: Int { open.count }

  func begin(_ prompts: [String], adapters: [String?], _ settings: GenerationSettings) throws -> Int {
    let decoding = try generator.begin(
      generator.prompts(prompts, adapters: adapters, settings: settings), settings: settings)
    count += 1
    open[count] = decoding
    return count
  }

  func next(_ session: Int) throws -> [GeneratedToken]? { try open[session]?.next() }

  func results(_ session: Int) -> [[GeneratedSequence]] { open[session]?.results ?? [] }

  func end(_ session: Int) { open[session] = nil }
}

/// One caller's place among the sessions; it is given up with the last reference.
final class GeneratorSession: Sendable {
  private let actor: ModelActor<GeneratorSessions>
  private let number: Int

  init(
    _ actor: ModelActor<GeneratorSessions>, _ prompts: [String], adapters: [String?], _ settings: GenerationSettings
  ) async throws {
    try Task.checkCancellation()
    self.actor = actor
    number = try await actor.perform { try $0.begin(prompts, adapters: adapters, settings) }
  }

  deinit {
    let (actor, number) = (actor, number)
    Task { await actor.perform { $0.end(number) } }
  }

  /// The next tokens; nil at the end.
  func next() async throws -> [GeneratedToken]? {
    try Task.checkCancellation()
    let number = number
    return try await actor.perform { try $0.next(number) }
  }

  func results() async -> [[GeneratedSequence]] {
    let number = number
    return await actor.perform { $0.results(number) }
  }
}
