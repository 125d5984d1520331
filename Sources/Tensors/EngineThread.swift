import Foundation
import Synchronization

/// A thread of its own that runs an actor's work, one piece after the other in the order in which it comes.
///
/// The engine keeps modes, memory and helper threads for each thread that calls it: an actor's work that wandered
/// between the threads of Swift's pool would find another state each time, and hold up the pool.
public final class EngineThread: SerialExecutor {
  /// A piece of work; it keeps the thread alive until it is done.
  private struct Work: Sendable {
    let job: UnownedJob
    let thread: EngineThread
  }

  /// What is to be done, shared with the thread, which does not keep its owner alive.
  private final class Queue: Sendable {
    let works = Mutex<[Work]>([])
    let isClosed = Atomic<Bool>(false)
    let signal = DispatchSemaphore(value: 0)

    func run() {
      while !isClosed.load(ordering: .acquiring) {
        signal.wait()
        let works = works.withLock { works in
          defer { works = [] }
          return works
        }
        for work in works { work.job.runSynchronously(on: work.thread.asUnownedSerialExecutor()) }
      }
    }
  }

  private let queue = Queue()

  /// Starts the thread; it ends when nothing refers to this any more.
  public init(name: String = "orchard engine") {
    let thread = Thread { [queue] in queue.run() }
    thread.name = name
    // As much as a program's first thread has.
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit {
    queue.isClosed.store(true, ordering: .releasing)
    queue.signal.signal()
  }

  /// Takes a piece of work.
  public func enqueue(_ job: consuming ExecutorJob) {
    let work = Work(job: UnownedJob(job), thread: self)
    queue.works.withLock { $0.append(work) }
    queue.signal.signal()
  }
}
