import OrchardTokenizers
import Testing

/// Every kind of stage against the tokenizers package, on random texts.
@Suite struct PipelineTests {
  static let names = (try? GoldenPipelines().names) ?? []

  @Test func thereAreGoldens() { #expect(Self.names.count > 40) }

  @Test(arguments: names) func equalsThePackage(_ name: String) throws {
    let pipelines = try GoldenPipelines()
    try pipelines.golden(name).check(pipelines.tokenizer(name), pipelines.texts)
  }
}
