import Foundation
import OrchardHub
import TestSupport
import Testing

@Suite("The hub's settings in the environment")
struct HubSettingsTests {
  @Test("The usual variables are heeded")
  func variables() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("hf_from_file\n", to: "token")
    var settings = try HubSettings(environment: ["HF_HOME": folder.url.path])
    #expect(settings.cache.path == folder.url.appending(path: "hub").path)
    #expect(settings.token == "hf_from_file")
    #expect(settings.endpoint == "https://huggingface.co")
    #expect(!settings.isOffline)
    settings = try HubSettings(environment: [
      "HF_HUB_CACHE": "/cache", "HF_TOKEN": "hf_x", "HF_ENDPOINT": "http://mirror.example:8080/",
      "HF_HUB_OFFLINE": "1", "HF_HOME": folder.url.path,
    ])
    #expect(settings.cache.path == "/cache")
    #expect(settings.token == "hf_x")
    #expect(settings.endpoint == "http://mirror.example:8080")
    #expect(settings.isOffline)
  }

  @Test("An address that is none is refused")
  func address() {
    let error = #expect(throws: HubError.self) { try HubSettings(environment: ["HF_ENDPOINT": "mirror"]) }
    #expect(error?.description.contains("HF_ENDPOINT") == true)
  }
}
