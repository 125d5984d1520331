import Foundation
import OrchardTokenizers
import TestSupport
import Testing

/// Each folder of stages against its list of names.
@Suite struct CatalogTests {
  /// The names of the files in a folder of the room are those of the types in its catalog.
  private func check(_ folder: String, _ types: some Sequence<Any.Type>) throws {
    let url = repository.appending(path: "Sources/Tokenizers").appending(path: folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: url.path)
    #expect(Set(files) == Set(types.map { "\($0).swift" }))
  }

  @Test func everyStageIsInItsCatalog() throws {
    try check("Normalizers", Catalog.normalizers.values.map { $0 })
    try check("PreTokenizers", Catalog.preTokenizers.values.map { $0 })
    try check("VocabularyModels", Catalog.models.values.map { $0 })
    try check("PostProcessors", Catalog.postProcessors.values.map { $0 })
    try check("Decoders", Catalog.decoders.values.map { $0 })
  }

  /// Every name in a catalog is on trial in the random comparisons.
  @Test func everyStageIsComparedWithThePackage() throws {
    let text = String(decoding: try Data(contentsOf: Goldens.url("tokenizers/pipelines.json")), as: UTF8.self)
    let names =
      Array(Catalog.normalizers.keys) + Array(Catalog.preTokenizers.keys)
      + Array(Catalog.postProcessors.keys) + Array(Catalog.decoders.keys)
    for name in names where name != "BertNormalizer" { #expect(text.contains("\"type\":\"\(name)\""), "\(name)") }
  }
}
