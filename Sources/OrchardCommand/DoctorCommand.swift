import ArgumentParser
import OrchardTensors

/// `orchard doctor`: what is here, what is wrong, and the cure.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show what Orchard finds on this machine, and the cure for each problem.",
    discussion: """
      Versions, the tensor library and its devices, cores and threads, vector instructions, memory and disk. \
      The exit code is 1 if something keeps Orchard from working; what only slows it down is told and no failure.

      Examples:
        orchard doctor
        orchard doctor --json
        orchard doctor --device cuda --threads 8
      """)

  @OptionGroup var engine: EngineOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let device = try engine.start()
    let report = DoctorReport.here(device: device)
    if output.json {
      try Console.result(report.json)
    } else {
      try Console.result(report.text(for: .standardOutput))
    }
    if report.problems.contains(where: \.isFatal) { throw ExitCode(1) }
  }
}
