import Dispatch
import Foundation
import Synchronization

/// Work on ranges of indices, spread over the cores.
enum Parallel {
  /// The concatenated results of `body` over the parts of `0..<count`, in order.
  ///
  /// - Parameters:
  ///   - count: How many indices there are.
  ///   - least: The least indices that are worth a thread.
  ///   - body: The work on one part.
  /// - Returns: What `body` returned for each part, in the order of the parts.
  static func flatMap<Element: Sendable>(
    _ count: Int, atLeast least: Int, _ body: @Sendable (Range<Int>) -> [Element]
  ) -> [Element] {
    let parts = max(1, min(ProcessInfo.processInfo.activeProcessorCount, count / least))
    if parts == 1 { return body(0..<count) }
    let results = Mutex(Array(repeating: [Element](), count: parts))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let result = body((count * part / parts)..<(count * (part + 1) / parts))
      results.withLock { $0[part] = result }
    }
    return results.withLock { $0.flatMap { $0 } }
  }
}
