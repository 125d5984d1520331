import OrchardTensors

/// An answer as it is generated, token by token, each with the text that has become certain.
///
/// The token that ends the answer tells why in `finish`.
public struct AnswerStream: AsyncSequence, Sendable {
  /// One token, with the text that it made certain.
  public typealias Element = GeneratedToken

  let actor: ModelActor<GeneratorSessions>
  let prompts: [String]
  let adapters: [String?]
  let settings: GenerationSettings

  /// Goes through the answer; each begins it anew.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(stream: self) }

  /// Goes through the tokens of one answer.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: AnswerStream
    private var session: GeneratorSession?
    private var ready: ArraySlice<GeneratedToken> = []
    private var isFinished = false

    init(stream: AnswerStream) { self.stream = stream }

    /// The next token; nil at the end.
    ///
    /// - Throws: `GenerationError` for a prompt that does not fit; `CancellationError` where the task is cancelled.
    public mutating func next() async throws -> GeneratedToken? {
      while ready.isEmpty {
        if isFinished { return nil }
        do {
          let session = try await opened()
          if let tokens = try await session.next() {
            ready = tokens[...]
          } else {
            isFinished = true
          }
        } catch {
          isFinished = true
          session = nil
          throw error
        }
      }
      return ready.popFirst()
    }

    private mutating func opened() async throws -> GeneratorSession {
      if let session { return session }
      let opened = try await GeneratorSession(
        stream.actor, stream.prompts, adapters: stream.adapters, stream.settings)
      session = opened
      return opened
    }
  }
}
