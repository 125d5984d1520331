import OrchardHub
import Testing

@Suite("Names on the hub")
struct HubNameTests {
  @Test("Owner, name and revision are read")
  func reads() throws {
    let name = try HubName("google/flan-t5-base@refs/pr/3")
    #expect(name.repository == "google/flan-t5-base")
    #expect(name.revision == "refs/pr/3")
    #expect(try HubName("gpt2").revision == "main")
    #expect(try "\(HubName("a/b@main"))" == "a/b")
  }

  @Test(
    "What is no name is refused", arguments: ["", "/", "a/b/c", "a//b", "../b", "a/b@", "a/b@../x", "a b/c", "-a/b"])
  func refuses(text: String) {
    #expect(throws: HubError.self) { try HubName(text) }
  }

  @Test("A path is not taken for a name", arguments: ["./runs/model", "/tmp/model", "runs/first/model", "model"])
  func paths(text: String) { #expect(!HubName.isMeant(by: text)) }
}
