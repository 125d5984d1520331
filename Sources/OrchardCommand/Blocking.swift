import Foundation
import Synchronization

/// Asynchronous work in a command, whose thread is none of those that such work runs on.
enum Blocking {
  /// Waits for work on the calling thread.
  ///
  /// - Throws: What the work throws.
  static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task.detached {
      do {
        let value = try await work()
        result.withLock { $0 = .success(value) }
      } catch {
        result.withLock { $0 = .failure(error) }
      }
      done.signal()
    }
    done.wait()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("work ended without a result") }
    return try result.get()
  }
}
