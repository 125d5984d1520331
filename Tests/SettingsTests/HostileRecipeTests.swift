import OrchardSettings
import Testing

@Suite struct HostileRecipeTests {
  /// Whatever stands in a recipe, reading it ends with settings or with an error that says something.
  @Test func nothingTraps() {
    let sample = Array(Recipe.exampleText.utf8)
    let pieces = [
      "\"", "'", ":", "- ", "\n", "\t", "{", "}", "[", "]", "&a ", "*a", "!", "|", "#", "%", "---", "? ", "\u{0}", "é",
    ]
    var state: UInt64 = 88_172_645_463_325_252
    func below(_ count: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(count))
    }
    var (read, refused) = (0, 0)
    for _ in 0..<300 {
      var bytes = sample
      for _ in 0...below(3) {
        let place = below(bytes.count)
        switch below(3) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(contentsOf: pieces[below(pieces.count)].utf8, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + below(40)))
        }
      }
      do {
        _ = try Recipe(yaml: String(decoding: bytes, as: UTF8.self), file: "r.yaml")
        read += 1
      } catch {
        refused += 1
        #expect(!error.problems.isEmpty && error.description.hasPrefix("r.yaml"))
      }
    }
    #expect(read > 20 && refused > 20)
  }
}
