import OrchardSettings
import Testing

@Suite struct SHA1Tests {
  /// The examples of FIPS 180-4, and git's name of an empty file.
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ("blob 0\0", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
  ])
  func knownDigests(text: String, digest: String) {
    var sha = SHA1()
    for byte in text.utf8 { sha.update([byte]) }
    #expect(sha.hex() == digest)
  }
}
