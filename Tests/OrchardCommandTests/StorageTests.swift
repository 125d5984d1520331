import Foundation
import OrchardCommand
import OrchardTensors
import Testing

@Suite struct StorageTests {
  static let meminfo = "MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:   12000000 kB\n"

  @Test func memoryIsReadInBytes() {
    #expect(MachineMemory(meminfo: Self.meminfo) == MachineMemory(total: 24_576_000_000, available: 12_288_000_000))
  }

  @Test func aContainerGrantsLess() {
    let memory = MachineMemory(meminfo: Self.meminfo).limited(to: 4_000_000_000, used: 3_000_000_000)
    #expect(memory == MachineMemory(total: 4_000_000_000, available: 1_000_000_000))
    #expect(Problem.found(memory: memory).map(\.problem).first?.hasPrefix("Only 1000 MB of memory") == true)
  }

  @Test func aContainerWithoutALimitGrantsEverything() {
    let memory = MachineMemory(meminfo: Self.meminfo)
    #expect(memory.limited(to: nil, used: 5) == memory)
    #expect(Problem.found(memory: memory).isEmpty)
  }

  @Test func aFullDiskIsToldOf() throws {
    let disk = DiskSpace(folder: "/data", free: 500_000_000)
    let problem = try #require(Problem.found(disks: [disk]).first)
    #expect(problem.problem.hasPrefix("Only 500 MB are free in /data"))
    #expect(Problem.found(disks: [DiskSpace(folder: "/data", free: 50_000_000_000)]).isEmpty)
  }

  @Test func thisMachineTells() throws {
    #expect(MachineMemory.here().total > 100_000_000)
    #expect(try #require(DiskSpace(of: FileManager.default.temporaryDirectory.path)).free > 0)
    #expect(DiskSpace(of: "/nowhere/at/all") == nil)
  }
}
