import Foundation
import OrchardSettings
import TestSupport
import Testing

@Suite struct RecipesPageTests {
  /// The page shows code that stands in these tests, so it compiles.
  @Test func theCodeOnThePageCompiles() throws {
    let page = try TextFile.read(repository.appending(path: "Documentation/recipes.md"))
    let samples = try TextFile.read(repository.appending(path: "Tests/SettingsTests/Samples.swift"))
    let blocks = page.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(blocks.count == 2)
    for block in blocks { #expect(samples.contains(block)) }
  }

  /// The messages on the page are those of `MistakeTests`.
  @Test func theMessagesOnThePageAreReal() throws {
    let page = try TextFile.read(repository.appending(path: "Documentation/recipes.md"))
    let yaml = "training:\n  steps: many\n  learning-rat: 1e-4\n\n  schedule: cosin\n"
    let told = problems(yaml) + problems("", overrides: ["training.step=4"])
    #expect(told.count == 4)
    for message in told { #expect(page.contains("    \(message)\n")) }
  }
}
