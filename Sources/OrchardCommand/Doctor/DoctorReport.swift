import Foundation
import OrchardJSON
import OrchardTensors

/// Something that is not as it should be, with its cure.
package struct Problem: Equatable, Sendable {
  /// What is wrong, a full sentence.
  package let problem: String

  /// What to do about it.
  package let cure: String

  /// Whether Orchard cannot work this way, as against working slowly or on small models only.
  package let isFatal: Bool

  /// A problem with its cure.
  package init(_ problem: String, cure: String, isFatal: Bool = false) {
    self.problem = problem
    self.cure = cure
    self.isFatal = isFatal
  }
}

/// Everything that `orchard doctor` found.
struct DoctorReport {
  var swift: SwiftTools?
  var libtorch = Libtorch()
  var processor = Processor.here
  var threads = Engine.threads
  var device: Device
  var memory = MachineMemory.here()
  var disks: [DiskSpace]
  var problems: [Problem] = []

  /// Looks at this machine.
  static func here(device: Device) -> DoctorReport {
    let folders = [FileManager.default.currentDirectoryPath, FileManager.default.temporaryDirectory.path]
    var report = DoctorReport(
      swift: SwiftTools.find(), device: device, disks: folders.compactMap { DiskSpace(of: $0) })
    report.problems =
      Problem.found(processor: report.processor, threads: report.threads)
      + Problem.found(memory: report.memory) + Problem.found(disks: report.disks)
      + Problem.found(wrongProducts: [.float32, .bfloat16].filter { !Libtorch.computes($0) })
    return report
  }
}

extension DoctorReport {
  /// For programs: one object.
  var json: JSONObject {
    JSONObject([
      ("orchard", .string(Release.version)),
      (
        "swift",
        swift.map { .object(JSONObject([("version", .string($0.version)), ("path", .string($0.path))])) } ?? .null
      ),
      (
        "libtorch",
        .object(
          JSONObject([
            ("version", .string(libtorch.version)),
            ("path", libtorch.place.map { .string($0) } ?? .null),
            ("capability", .string(libtorch.capability)),
            ("kernels", .string(libtorch.kernelFeatures)),
            ("devices", .array(libtorch.devices.map { .string($0.description) })),
          ]))
      ),
      ("device", .string(device.description)),
      ("threads", .integer(threads)),
      (
        "processor",
        .object(
          JSONObject([
            ("name", .string(processor.name)),
            ("physical_cores", .integer(processor.physicalCores)),
            ("hardware_threads", .integer(processor.hardwareThreads)),
            ("quota", processor.quota.map { .number($0) } ?? .null),
            ("features", .array(processor.features.map { .string($0) })),
          ]))
      ),
      (
        "memory",
        .object(
          JSONObject([
            ("total_bytes", .integer(memory.total)),
            ("available_bytes", memory.available.map { .integer($0) } ?? .null),
          ]))
      ),
      (
        "disks",
        .array(
          disks.map { disk in
            .object(JSONObject([("folder", .string(disk.folder)), ("free_bytes", .integer(disk.free))]))
          })
      ),
      (
        "problems",
        .array(
          problems.map { problem in
            .object(
              JSONObject([
                ("problem", .string(problem.problem)), ("cure", .string(problem.cure)),
                ("fatal", .bool(problem.isFatal)),
              ]))
          })
      ),
    ])
  }

  /// For people: a list of facts, then the problems.
  func text(for terminal: Terminal) -> String {
    let cores = "\(processor.physicalCores) cores, \(processor.hardwareThreads) hardware threads"
    let quota = processor.quota.map { String(format: ", %.1f cores granted", $0) } ?? ""
    let facts = [
      ("Orchard", Release.version),
      ("Swift", swift.map { "\($0.version)  \($0.path)" } ?? "not in PATH (it is needed to build, not to run)"),
      ("libtorch", "\(libtorch.version)  \(libtorch.place ?? "")"),
      ("  kernels", "\(libtorch.capability) in libtorch, \(libtorch.kernelFeatures) in Orchard"),
      ("Devices", libtorch.devices.map(\.description).joined(separator: ", ") + " (auto takes \(Device.best))"),
      ("Processor", processor.name.isEmpty ? cores : "\(processor.name), \(cores)\(quota)"),
      ("  features", processor.features.joined(separator: " ")),
      ("Threads", "\(threads)"),
      (
        "Memory",
        Self.gigabytes(memory.total) + (memory.available.map { ", \(Self.gigabytes($0)) available" } ?? "")
      ),
    ]
    var lines = (facts + disks.map { ("Disk", "\(Self.gigabytes($0.free)) free in \($0.folder)") }).map {
      label, value in
      terminal.styled(label.padding(toLength: 12, withPad: " ", startingAt: 0), .bold) + value
    }
    lines.append("")
    for problem in problems {
      lines.append(terminal.styled(problem.isFatal ? "✗ " : "! ", problem.isFatal ? .red : .yellow) + problem.problem)
      lines.append("  Cure: " + problem.cure)
    }
    if problems.isEmpty { lines.append(terminal.styled("✓ ", .green) + "No problems found.") }
    return lines.joined(separator: "\n")
  }

  private static func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
}
