import Foundation
import OrchardDatasets
import OrchardSettings
import TestSupport
import Testing

/// The groups that the page on data shows.
private struct PageSettings: SettingsGroup {
  var data: DatasetSettings?
  var prompt = PromptSettings()
  var rendering = RenderingSettings()
  var batches = BatchSettings()

  static var fields: [Field<Self>] {
    [
      Field("data", \.data, ""), Field("prompt", \.prompt, ""), Field("rendering", \.rendering, ""),
      Field("batches", \.batches, ""),
    ]
  }
}

@Suite struct DataPageTests {
  let page: String

  init() throws { page = try TextFile.read(repository.appending(path: "Documentation/data.md")) }

  @Test func everyBlockOfSettingsIsRead() throws {
    let blocks = page.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(blocks.count == 9)
    for block in blocks {
      if block.hasPrefix("# headline.yaml") {
        #expect(try PromptTemplate(yaml: block).mainPlaceholder == "body")
      } else {
        let settings = try PageSettings(yaml: block, file: "Documentation/data.md")
        _ = try settings.prompt.composer()
      }
    }
  }

  @Test func everyFormatAndTemplateIsNamed() {
    for name in DataFormats.catalog.names + PromptTemplates.catalog.names { #expect(page.contains("`\(name)`")) }
  }
}
