import Foundation

/// The built command `orchard`, run as a person runs it.
public struct CommandRun: Sendable {
  /// The exit code, or the signal that ended the command, negated.
  public let code: Int32

  /// What stood on standard output.
  public let output: String

  /// What stood on standard error.
  public let complaints: String

  /// The command in the build folder; `make test` builds it before the tests.
  public static let executable = repository.appending(path: ".build/release/orchard")

  /// Runs the command to its end.
  ///
  /// - Parameters:
  ///   - arguments: The words after `orchard`.
  ///   - folder: Where it runs; the repository unless told otherwise.
  ///   - input: What stands on its standard input.
  ///   - environment: Variables beside those of the test.
  /// - Throws: Foundation's error if the command has not been built.
  public init(
    _ arguments: [String], in folder: URL = repository, input: String = "", environment: [String: String] = [:]
  ) throws {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80"]) { $1 }
      .merging(environment) { $1 }
    // Files rather than pipes: a pipe that nobody empties stops the command.
    let scratch = try TemporaryFolder()
    let streams = try ["input", "output", "complaints"].map { try scratch.write($0 == "input" ? input : "", to: $0) }
    process.standardInput = try FileHandle(forReadingFrom: streams[0])
    process.standardOutput = try FileHandle(forWritingTo: streams[1])
    process.standardError = try FileHandle(forWritingTo: streams[2])
    try process.run()
    process.waitUntilExit()
    code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    output = try String(contentsOf: streams[1], encoding: .utf8)
    complaints = try String(contentsOf: streams[2], encoding: .utf8)
  }
}
