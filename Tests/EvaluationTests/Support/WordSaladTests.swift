import OrchardJSON
import Testing

@Test("The generator makes the very texts that the expected scores belong to")
func wordSaladIsTheScripts() throws {
  let expected = try golden("texts")
  #expect(WordSalad.segments[1].prediction == expected["first"]?.string)
  var checksum: UInt64 = 0
  for segment in WordSalad.segments {
    for text in [segment.prediction] + segment.references {
      for byte in Array(text.utf8) + [0] { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
  }
  #expect(checksum.description == expected["checksum"]?.string)
}
