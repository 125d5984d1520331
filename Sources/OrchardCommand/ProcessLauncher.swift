import Foundation
import OrchardTensors
import OrchardTraining

/// Starts this program several times on this machine, as one group, and waits for all.
struct ProcessLauncher {
  let count: Int
  /// The arguments of each, those of the launcher without `--processes`.
  let arguments: [String]
  let environment: [String: String]

  /// Runs the group to its end.
  ///
  /// - Throws: `Interrupted` where the user has stopped it; `TrainingError` that names the process that failed.
  func run() throws {
    let port = try Self.freePort()
    var children: [Process] = []
    defer { for child in children where child.isRunning { child.terminate() } }
    for rank in 0..<count {
      let child = Process()
      child.executableURL = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
      child.arguments = arguments
      child.environment = environment.merging(
        [
          "RANK": "\(rank)", "LOCAL_RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": "127.0.0.1",
          "MASTER_PORT": "\(port)", Self.mark: "\(getpid())",
        ], uniquingKeysWith: { $1 })
      try child.run()
      children.append(child)
    }
    var isAsked = false
    while children.contains(where: \.isRunning) {
      Thread.sleep(forTimeInterval: 0.05)
      if Interruption.isRequested, !isAsked {
        isAsked = true
        for child in children where child.isRunning { kill(child.processIdentifier, SIGUSR1) }
      }
    }
    // The one that was killed is the cause; the others ended because they lost it.
    let failed = children.indices.filter { children[$0].terminationStatus != 0 }
    let killed = failed.first { children[$0].terminationReason == .uncaughtSignal }
    guard let rank = killed ?? failed.first else { return }
    let status = children[rank].terminationStatus
    if killed == nil, status == 130 {
      throw Interrupted("stopped, and saved; go on with the same command and --resume")
    }
    throw TrainingError(
      killed != nil
        ? "process \(rank) of \(count) was ended by signal \(status); go on from the last checkpoint by --resume, with as "
          + "many processes as you like"
        : "process \(rank) of \(count) failed; its message stands above")
  }

  /// The variable by which a process knows that a launcher of this program has started it.
  static let mark = "ORCHARD_LAUNCHER"

  /// A port that is free now.
  private static func freePort() throws -> Int {
    #if canImport(Darwin)
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw TrainingError("no port is free on this machine for the processes to meet at") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
