import Foundation
import OrchardCommand
import OrchardJSON
import OrchardTensors
import TestSupport
import Testing

/// What every command keeps to: exit codes, and which stream carries what.
@Suite struct CommandLineTests {
  @Test(arguments: [
    (["doctr"], "Unexpected argument 'doctr'"),
    (["doctor", "--threads", "0"], "--threads is 0; it takes a number from 1 to 1024."),
    (["doctor", "--device", "tpu"], "The value 'tpu' is invalid for '--device <device>'"),
    (["doctor", "--no-such-option"], "Unknown option '--no-such-option'"),
  ])
  func wrongUsageIsSixtyFour(arguments: [String], message: String) throws {
    let run = try CommandRun(arguments)
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(run.complaints.hasPrefix("orchard: error: \(message)"))
  }

  @Test func aDeviceThatIsNotHereIsAFailure() throws {
    let run = try CommandRun(["doctor", "--device", "cuda:99"])
    #expect(run.code == 1)
    #expect(run.complaints.hasPrefix("orchard: error: device cuda:99 is not available"))
    #expect(run.complaints.contains("here: cpu"))
  }

  @Test func theDoctorTellsProgramsInOneLine() throws {
    let cores = Processor.here.usableCores
    let run = try CommandRun(["doctor", "--json"], environment: ["OMP_NUM_THREADS": "\(cores)"])
    #expect(run.complaints.isEmpty)
    #expect(run.output.split(separator: "\n").count == 1)
    let report = try #require(JSONValue(parsing: run.output).object)
    #expect(report["orchard"]?.string == "0.1.0")
    #expect(report["threads"]?.int == cores)
    let libtorch = try #require(report["libtorch"]?.object)
    #expect(libtorch["version"]?.string?.hasPrefix("2.") == true)
    #expect(libtorch["path"]?.string?.contains("libtorch_cpu") == true)
    #expect(libtorch["devices"]?.array?.contains("cpu") == true)
    #expect(try #require(report["memory"]?.object?["total_bytes"]?.int) > 100_000_000)
    let fatal = report["problems"]?.array?.contains { $0.object?["fatal"]?.bool == true }
    #expect(run.code == (fatal == true ? 1 : 0))
  }

  @Test func theDoctorNamesAProblemWithItsCure() throws {
    let run = try CommandRun(["doctor", "--threads", "900"])
    #expect(run.output.contains("900 threads share"))
    #expect(run.output.contains("  Cure: leave --threads out"))
    #expect(run.code == 0)
  }

  @Test func thereIsNoColorInAFile() throws {
    #expect(!(try CommandRun(["doctor"]).output.contains("\u{1B}")))
  }

  @Test func theVersionIsAskedFor() throws {
    let run = try CommandRun(["--version"])
    #expect(run.code == 0)
    #expect(run.output == "0.1.0\n")
  }
}
