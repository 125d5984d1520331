import Foundation
import TestSupport
import Testing

@Suite struct DocumentationTests {
  /// What the articles show is what is compiled.
  @Test func theArticlesCodeIsThatOfTheSnippets() throws {
    let files = FileManager.default
    func contents(_ folder: String, _ ending: String) throws -> [String: String] {
      let place = repository.appending(path: folder)
      let names = try files.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(ending) }
      return try names.reduce(into: [:]) {
        $0[$1] = try String(contentsOf: place.appending(path: $1), encoding: .utf8)
      }
    }
    let snippets = Set(try contents("Snippets", ".swift").values)
    var blocks = 0
    for (name, article) in try contents("Sources/Orchard/Orchard.docc", ".md") {
      for block in article.components(separatedBy: "```swift\n").dropFirst() {
        let code = try #require(block.components(separatedBy: "```").first)
        #expect(snippets.contains(code), "\(name) shows code that no snippet holds")
        blocks += 1
      }
      for link in article.components(separatedBy: "<doc:").dropFirst() {
        let target = try #require(link.split(separator: ">").first)
        #expect(files.fileExists(atPath: repository.appending(path: "Sources/Orchard/Orchard.docc/\(target).md").path))
      }
    }
    #expect(blocks >= 3)
  }
}
