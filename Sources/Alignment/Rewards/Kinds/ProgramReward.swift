import Foundation
import OrchardSettings
import OrchardTensors

/// What a program says of an answer by its exit code.
public struct ProgramRewardSettings: RewardSourceSettings {
  /// The program and its arguments.
  public var command: [String] = []
  /// The seconds that it may take for an answer.
  public var seconds = 10.0
  /// How many run at once.
  public var parallel = 2
  /// How much it counts.
  public var weight = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help =
    "1 where a program ends with exit code 0, else 0: it reads the answer from standard input, and finds the prompt and the row's completion in ORCHARD_PROMPT and ORCHARD_REFERENCE."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("command", \.command, "The program and its arguments, a list.", required: true),
      Field(
        "seconds", \.seconds, "Seconds that it may take for an answer; whoever takes longer has failed.", .above(0)),
      Field("parallel", \.parallel, "How many run at once.", .range(1...)),
      Field("weight", \.weight, "How much it counts beside other rewards."),
    ]
  }

  /// No program.
  public var complaints: [SettingsComplaint] {
    command.isEmpty ? [SettingsComplaint("command", "is an empty list; name a program")] : []
  }

  /// The reward.
  ///
  /// - Throws: `AlignmentError` where there is no such program.
  public func make(on device: Device) throws -> any AnswerReward {
    guard let program = Self.place(of: command[0]) else {
      throw AlignmentError("the reward's program “\(command[0])” is not here, or cannot be run; name its file")
    }
    return ProgramReward(settings: self, program: program)
  }

  private static func place(of name: String) -> URL? {
    let folders =
      name.contains("/")
      ? [""] : (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { $0 + "/" }
    return folders.map { "\($0)\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:)).map {
      URL(filePath: $0)
    }
  }
}

private struct ProgramReward: AnswerReward {
  let settings: ProgramRewardSettings
  let program: URL

  func scores(_ answers: [AnsweredPrompt]) throws -> [Double] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "orchard-reward-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var scores: [Double] = []
    for start in stride(from: 0, to: answers.count, by: settings.parallel) {
      let part = answers[start..<min(start + settings.parallel, answers.count)]
      let running = try part.enumerated().map { try self.start($1, reading: folder.appending(path: "\($0)")) }
      scores += wait(for: running)
    }
    return scores
  }

  /// The answer stands in a file, so that a program that does not read it breaks no pipe.
  private func start(_ answer: AnsweredPrompt, reading url: URL) throws -> Process {
    try Data(answer.answer.utf8).write(to: url)
    let process = Process()
    process.executableURL = program
    process.arguments = Array(settings.command.dropFirst())
    // An environment's texts end at a zero.
    func plain(_ text: String) -> String { text.replacing("\0", with: "") }
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["ORCHARD_PROMPT": plain(answer.prompt), "ORCHARD_REFERENCE": plain(answer.reference ?? "")],
      uniquingKeysWith: { $1 })
    process.standardInput = try FileHandle(forReadingFrom: url)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw AlignmentError("the reward's program \(program.path) could not be started: \(error.localizedDescription)")
    }
    return process
  }

  private func wait(for processes: [Process]) -> [Double] {
    let deadline = Date().addingTimeInterval(settings.seconds)
    while processes.contains(where: \.isRunning), Date() < deadline { Thread.sleep(forTimeInterval: 0.002) }
    return processes.map { process in
      let isLate = process.isRunning
      if isLate, process.processIdentifier > 0 { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      return !isLate && process.terminationReason == .exit && process.terminationStatus == 0 ? 1 : 0
    }
  }
}
