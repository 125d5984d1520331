import Foundation

/// Readings of this process's memory.
public enum Memory {
  /// The most memory that this process has held at one time, in bytes.
  public static var peakResidentBytes: Int {
    #if os(Linux)
      // The kernel's other count, of getrusage, takes over what the process that started this one held.
      if let own = status("VmHWM") { return own }
    #endif
    var usage = rusage()
    #if os(Linux)
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
      return Int(usage.ru_maxrss) * 1024
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
      return Int(usage.ru_maxrss)
    #endif
  }

  /// The memory that this process holds now, in bytes; nil where the system does not tell.
  public static var residentBytes: Int? {
    #if os(Linux)
      status("VmRSS")
    #else
      nil
    #endif
  }

  #if os(Linux)
    /// A line of this process's status, in bytes.
    private static func status(_ name: String) -> Int? {
      // The file has no size: it is read to its end, not by its size.
      guard let file = FileHandle(forReadingAtPath: "/proc/self/status"), let data = try? file.readToEnd() else {
        return nil
      }
      let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }.map {
        $0 * 1024
      }
    }
  #endif

  /// The memory of the machine, in bytes.
  public static var physicalBytes: Int { Int(ProcessInfo.processInfo.physicalMemory) }
}
