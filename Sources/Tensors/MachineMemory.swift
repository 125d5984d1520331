import Foundation

/// The memory of this machine, in bytes.
package struct MachineMemory: Equatable, Sendable {
  /// All there is, or all that a container grants.
  package var total: Int

  /// What a new process can have without swapping; nil where the system does not tell.
  package var available: Int?

  /// The memory of this machine now.
  package static func here() -> MachineMemory {
    #if os(Linux)
      let limit = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8)
      let used = try? String(contentsOfFile: "/sys/fs/cgroup/memory.current", encoding: .utf8)
      let memory = MachineMemory(meminfo: (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? "")
      return memory.limited(to: limit.flatMap(number), used: used.flatMap(number))
    #else
      return MachineMemory(total: Int(ProcessInfo.processInfo.physicalMemory))
    #endif
  }

  /// Memory of which `total` bytes exist.
  package init(total: Int, available: Int? = nil) {
    self.total = total
    self.available = available
  }

  /// Reads the contents of `/proc/meminfo`.
  package init(meminfo: String) {
    func field(_ name: String) -> Int? {
      let line = meminfo.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return line.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }.map { $0 * 1024 }
    }
    self.init(total: field("MemTotal") ?? Int(ProcessInfo.processInfo.physicalMemory), available: field("MemAvailable"))
  }

  /// The part of it that a container of `limit` bytes grants, of which `used` are taken.
  package func limited(to limit: Int?, used: Int?) -> MachineMemory {
    guard let limit, limit < total else { return self }
    let left = used.map { max(0, limit - $0) } ?? limit
    return MachineMemory(total: limit, available: min(available ?? left, left))
  }

  private static func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
}
