import CTorch
import Dispatch
import Foundation
import Synchronization

/// Several processes that compute together, on one machine or on many: sums and broadcasts over all of them.
///
/// Every process calls the same functions in the same order. What they are made of is c10d's Gloo, and its TCP store
/// where they find each other. A group belongs to one thread at a time.
public final class ProcessGroup {
  /// This process's number, from 0.
  public let rank: Int
  /// How many there are.
  public let size: Int
  let raw: ct_group

  /// Joins a group and waits for the others.
  ///
  /// - Parameters:
  ///   - place: Where this process stands in the group, and where the group meets.
  ///   - timeout: Seconds after which a process that does not answer counts as lost.
  /// - Throws: `EngineError` where the others do not come, or this build has no groups.
  public init(_ place: ProcessPlace, timeout: Double) throws {
    (rank, size) = (place.rank, place.size)
    let joined = ct_group_join(
      place.host, Int32(place.port), Int32(rank), Int32(size), place.hostsStore, place.prefix,
      Int64(timeout * 1000))
    guard let joined else {
      throw EngineError(
        "process \(rank) of \(size) cannot join the others at \(place.host):\(place.port) within "
          + "\(Int(timeout)) seconds (\(Self.reason)); start all of them with the same address")
    }
    raw = joined
  }

  deinit {
    // A thread may still be waiting for a machine that is gone.
    if !isBroken { ct_group_leave(raw) }
  }

  private var isBroken = false

  /// Whether this build can join groups.
  public static var isAvailable: Bool { ct_has_groups() }

  /// Whether this is the process that writes files and speaks to people.
  public var isFirst: Bool { rank == 0 }

  /// The tensor's sum over all processes, in its place.
  ///
  /// - Throws: `EngineError` that names the processes that are lost.
  public func sum(_ tensor: Tensor) throws { try check(ct_group_sum(raw, tensor.raw)) }

  /// The tensor as `root` has it, in its place.
  ///
  /// - Throws: `EngineError` that names the processes that are lost.
  public func broadcast(_ tensor: Tensor, from root: Int = 0) throws {
    try check(ct_group_broadcast(raw, tensor.raw, Int32(root)))
  }

  /// The sums of numbers over all processes.
  ///
  /// - Throws: `EngineError` that names the processes that are lost.
  public func sum(_ values: [Double]) throws -> [Double] {
    let tensor = Tensor(values)
    try sum(tensor)
    return tensor.array()
  }

  /// Text as `root` has it.
  ///
  /// - Throws: `EngineError` that names the processes that are lost.
  public func broadcast(_ text: String, from root: Int = 0) throws -> String {
    let bytes = Array(text.utf8)
    let count = Tensor([bytes.count])
    try broadcast(count, from: root)
    guard let length = count.integers.first, length > 0 else { return "" }
    let letters = Tensor(rank == root ? bytes.map { Int($0) } : Array(repeating: 0, count: length))
    try broadcast(letters, from: root)
    return String(decoding: letters.integers.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }

  /// Checks the outcome of a call into the engine.
  func check(_ status: Int32) throws {
    guard status != 0 else { return }
    let reason = Self.reason
    throw EngineError("\(lost()) (\(reason)); the run goes on from its last checkpoint by --resume")
  }

  /// Says which processes are lost: those that do not say within three seconds that they are still there.
  private func lost() -> String {
    isBroken = true
    let question = LostProcesses(raw, rank: rank, size: size)
    // The store is asked elsewhere: where its machine is gone, the question is never answered.
    Thread.detachNewThread { question.ask() }
    guard let silent = question.answer(within: 6) else {
      return "process 0 of \(size), where the group meets, is lost: it ended, or its machine cannot be reached"
    }
    // The store goes with process 0: let the others read it.
    if rank == 0 { Thread.sleep(forTimeInterval: 1) }
    let names = silent.sorted().map(String.init).joined(separator: ", ")
    return silent.isEmpty
      ? "the processes have lost each other"
      : "process \(names) of \(size) \(silent.count == 1 ? "is" : "are") lost: it ended, or its machine cannot be reached"
  }

  private static var reason: String {
    // What broke, without Gloo's place in its own source before it and its advice behind it.
    var text = Substring(String(cString: ct_error()))
    text = text.split(separator: "\n").first ?? text
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { text = text[text.index(after: end)...] }
    if let end = text.range(of: ". ") { text = text[..<end.lowerBound] }
    return text.trimmingCharacters(in: .whitespaces)
  }
}

/// Where a process stands in a group, and where the group meets.
public struct ProcessPlace: Equatable, Sendable {
  /// The process's number, from 0.
  public var rank: Int
  /// How many there are.
  public var size: Int
  /// The machine where they meet.
  public var host: String
  /// The port there.
  public var port: Int
  /// Whether this process keeps the store where they meet.
  public var hostsStore: Bool
  /// What tells this start of the group from earlier ones at the same store.
  public var prefix: String

  /// A place.
  public init(rank: Int, size: Int, host: String, port: Int, hostsStore: Bool? = nil, prefix: String = "orchard") {
    self.rank = rank
    self.size = size
    self.host = host
    self.port = port
    self.hostsStore = hostsStore ?? (rank == 0)
    self.prefix = prefix
  }
}

/// The sum of gradients over a group, in buckets that set off while the backward pass still goes on.
public final class GradientReduction {
  private let group: ProcessGroup
  private let raw: ct_reduction

  /// The reduction of the gradients of `weights`, leaves of the graph, in buckets of about `bucketBytes`.
  ///
  /// - Throws: `EngineError` where this build has no groups.
  public init(_ weights: [Tensor], over group: ProcessGroup, bucketBytes: Int = 8 << 20) throws {
    self.group = group
    let raws = weights.map { Optional($0.raw) }
    let made = withExtendedLifetime(weights) {
      ct_reduction_make(group.raw, raws, raws.count, Int64(bucketBytes))
    }
    guard let made else { throw EngineError(String(cString: ct_error())) }
    raw = made
  }

  deinit { ct_reduction_free(raw) }

  /// Lets buckets set off in the backward pass that comes: the step's last one.
  public func arm() { ct_reduction_arm(raw) }

  /// Sends what is left and waits: the gradients are now the sums.
  ///
  /// - Throws: `EngineError` that names the processes that are lost.
  public func finish() throws { try group.check(ct_reduction_finish(raw)) }
}

/// Asks at the store which processes are still there.
private final class LostProcesses: Sendable {
  private struct Store: @unchecked Sendable {
    let group: ct_group
  }

  private let store: Store
  private let rank: Int
  private let size: Int
  private let done = DispatchSemaphore(value: 0)
  private let silent = Mutex<Set<Int>?>(nil)

  init(_ group: ct_group, rank: Int, size: Int) {
    store = Store(group: group)
    self.rank = rank
    self.size = size
  }

  func ask() {
    _ = ct_group_tell(store.group, "alive/\(rank)", "yes")
    var left = Set(0..<size)
    for _ in 0..<30 where !left.isEmpty {
      for other in left {
        let known = ct_group_knows(store.group, "alive/\(other)")
        // A store that does not answer is one that is lost.
        if known < 0 { return }
        if known == 1 { left.remove(other) }
      }
      if !left.isEmpty { Thread.sleep(forTimeInterval: 0.1) }
    }
    let found = left
    silent.withLock { $0 = found }
    done.signal()
  }

  /// The processes that do not answer; nil where nobody tells within so many seconds.
  func answer(within seconds: Double) -> Set<Int>? {
    _ = done.wait(timeout: .now() + seconds)
    return silent.withLock { $0 }
  }
}
