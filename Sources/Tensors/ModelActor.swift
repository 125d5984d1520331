/// Something that computes with tensors, shared by concurrent callers: they take turns on a thread of its own.
///
/// ```swift
/// let model = try await ModelActor { try TextGenerator(folder: folder) }
/// let count = await model.perform { $0.model.parameters.count }
/// ```
///
/// What goes in and comes out is `Sendable`; tensors are not, and stay inside. The work of one turn cannot be
/// interrupted by another's, since it cannot suspend: modes of the engine such as `withoutGradients` stay its own.
public actor ModelActor<Model> {
  private let thread: EngineThread
  private let model: Model

  /// Where the turns are taken.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Makes the model on the thread on which it will be used.
  ///
  /// - Throws: what `make` throws.
  public init(_ make: @escaping @Sendable () throws -> sending Model) async throws {
    let thread = EngineThread()
    self.thread = thread
    model = try await Maker(thread: thread).made(by: make)
  }

  /// Runs `body` when it is this caller's turn.
  ///
  /// - Throws: what `body` throws.
  public func perform<Result: Sendable>(_ body: @Sendable (Model) throws -> Result) rethrows -> Result {
    try body(model)
  }
}

/// Makes a value on a thread.
private actor Maker {
  private let thread: EngineThread
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(thread: EngineThread) { self.thread = thread }

  func made<Model>(by make: @Sendable () throws -> sending Model) throws -> sending Model { try make() }
}
