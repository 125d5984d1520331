import Foundation

/// The processor as far as it matters for speed: cores, hardware threads, vector instructions.
package struct Processor: Equatable, Sendable {
  /// The maker's name for it; empty where the system does not tell.
  package var name: String

  /// Cores of their own; hardware threads share one, and gain nothing in matrix products.
  package var physicalCores: Int

  /// Hardware threads that this process may run on.
  package var hardwareThreads: Int

  /// Cores' worth of time that a container's quota grants; nil without a quota.
  package var quota: Double?

  /// Vector instructions, by the system's names, of those that the engine has kernels for.
  package var features: [String]

  /// Cores that this process can really use: threads for one operation.
  package var usableCores: Int {
    max(1, min(physicalCores, hardwareThreads, quota.map { Int($0.rounded(.up)) } ?? .max))
  }

  /// The processor of this machine.
  package static let here = read()

  /// Features that some kernel of the engine has a path for, x86 and Arm.
  static let known = [
    "avx2", "fma", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_int8", "amx_bf16",
    "neon", "asimd", "fp16", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2",
  ]
}

#if os(Linux)
  extension Processor {
    private static func read() -> Processor {
      let siblings = (0..<4096).lazy
        .map { text("/sys/devices/system/cpu/cpu\($0)/topology/thread_siblings_list") }
        .prefix { $0 != nil }
        .compactMap { $0 }
      var processor = Processor(
        cpuinfo: text("/proc/cpuinfo") ?? "", siblings: Array(siblings),
        hardwareThreads: ProcessInfo.processInfo.activeProcessorCount)
      processor.quota = text("/sys/fs/cgroup/cpu.max").flatMap(quota(cgroup:))
      return processor
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
  }
#else
  extension Processor {
    private static func read() -> Processor {
      Processor(
        name: Sysctl.text("machdep.cpu.brand_string") ?? "",
        physicalCores: Sysctl.number("hw.physicalcpu") ?? ProcessInfo.processInfo.processorCount,
        hardwareThreads: ProcessInfo.processInfo.activeProcessorCount,
        features: [("neon", "AdvSIMD"), ("fp16", "FEAT_FP16"), ("i8mm", "FEAT_I8MM"), ("bf16", "FEAT_BF16")]
          .filter { Sysctl.number("hw.optional.arm." + $0.1) == 1 }.map(\.0))
    }
  }

  /// Facts that the kernel of macOS tells by name.
  enum Sysctl {
    /// A number, or nil where the name is unknown.
    static func number(_ name: String) -> Int? {
      var value: Int64 = 0
      var size = MemoryLayout<Int64>.size
      return sysctlbyname(name, &value, &size, nil, 0) == 0 ? Int(value) : nil
    }

    /// A text, or nil where the name is unknown.
    static func text(_ name: String) -> String? {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
#endif

extension Processor {
  /// Reads what Linux tells.
  ///
  /// - Parameters:
  ///   - cpuinfo: the contents of `/proc/cpuinfo`.
  ///   - siblings: for each hardware thread, the list of those that share its core.
  ///   - hardwareThreads: how many of them this process may run on.
  package init(cpuinfo: String, siblings: [String], hardwareThreads: Int) {
    func field(_ names: String...) -> String? {
      for line in cpuinfo.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count == 2, names.contains(parts[0]) { return parts[1] }
      }
      return nil
    }
    let flags = Set((field("flags", "Features") ?? "").split(separator: " ").map(String.init))
    self.init(
      name: field("model name") ?? "",
      physicalCores: siblings.isEmpty ? hardwareThreads : Set(siblings).count,
      hardwareThreads: hardwareThreads,
      features: Processor.known.filter(flags.contains))
  }

  /// Cores granted by a container's `cpu.max`, as `150000 100000` for one and a half; nil for `max`.
  package static func quota(cgroup text: String) -> Double? {
    let parts = text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    guard parts.count == 2, let granted = parts[0], let period = parts[1], period > 0 else { return nil }
    return granted / period
  }
}
