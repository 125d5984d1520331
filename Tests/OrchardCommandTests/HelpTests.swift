import Foundation
import OrchardJSON
import TestSupport
import Testing

/// Help texts are part of the product: each stands in `Tests/Goldens/help`, written anew by `make help-goldens`.
@Suite struct HelpTests {
  @Test func everyCommandSaysWhatItsGoldenSays() throws {
    let names = try commands()
    #expect(names.count > 1)
    for name in names {
      let words = Array(name.split(separator: "-").map(String.init).dropFirst())
      let run = try CommandRun(words + ["--help"])
      #expect(run.code == 0)
      #expect(run.complaints.isEmpty)
      let golden = try? String(contentsOf: Goldens.url("help/\(name).txt"), encoding: .utf8)
      #expect(run.output == golden, "\(name) --help changed; if it is meant so: make help-goldens")
    }
  }

  @Test func noGoldenIsLeftOver() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Goldens.url("help").path)
    #expect(try Set(files) == Set(commands().map { $0 + ".txt" }))
  }

  @Test func everyCommandThatDoesSomethingShowsAnExample() throws {
    for name in try commands() where name != "orchard" {
      let words = Array(name.split(separator: "-").map(String.init).dropFirst())
      let example = words.joined(separator: " ")
      let output = try CommandRun(words + ["--help"]).output
      #expect(output.contains("\n    orchard \(example)") || output.contains("\n  orchard \(example)"), "\(name)")
    }
  }

  /// The names of all commands with hyphens between their words, `orchard` itself included.
  private func commands() throws -> [String] {
    let dump = try JSONValue(parsing: CommandRun(["--experimental-dump-help"]).output)
    func names(_ command: JSONValue, under path: String?) throws -> [String] {
      let object = try #require(command.object)
      let own = try #require(object["commandName"]?.string)
      if own == "help" { return [] }
      let name = path.map { "\($0)-\(own)" } ?? own
      let children = object["subcommands"]?.array ?? []
      return try [name] + children.flatMap { try names($0, under: name) }
    }
    return try names(#require(dump.object?["command"]), under: nil)
  }
}
