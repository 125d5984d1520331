import Foundation

/// Readings of this process's memory.
public enum Memory {
  /// The most memory that this process has held at one time, in bytes.
  public static var peakResidentBytes: Int {
    var usage = rusage()
    #if os(Linux)
      guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
      return Int(usage.ru_maxrss) * 1024
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
      return Int(usage.ru_maxrss)
    #endif
  }

  /// The memory of the machine, in bytes.
  public static var physicalBytes: Int { Int(ProcessInfo.processInfo.physicalMemory) }
}
