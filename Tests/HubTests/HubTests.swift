import Foundation
import OrchardHub
import OrchardSettings
import Synchronization
import TestSupport
import Testing

@Suite("The hub")
struct HubTests {
  /// A server with one model, and a cache of its own.
  struct Fixture {
    let server: HubServer
    let folder: TemporaryFolder
    var settings: HubSettings
    let name: HubName
    let weights: [UInt8]

    init(token: String? = nil) async throws {
      server = try await HubServer()
      folder = try TemporaryFolder()
      settings = HubSettings(cache: folder.url.appending(path: "hub"))
      settings.endpoint = server.endpoint
      settings.patience = 0.01
      settings.token = token
      name = try HubName("someone/model")
      weights = Fixture.safetensors(count: 300_000)
      server.add("config.json", Array(#"{"model_type": "t5"}"#.utf8))
      server.add("model.safetensors", weights, large: true)
      server.add("1_Pooling/config.json", Array("{}".utf8))
      server.add("pytorch_model.bin", [1, 2, 3], large: true)
    }

    func pull(_ selection: HubSelection = HubSelection(), verify: Bool = false) async throws -> Hub.Pulled {
      try await Hub(settings).pull(name, selection: selection, verify: verify)
    }

    func bytes(_ path: String, in folder: URL) -> [UInt8]? {
      FileManager.default.contents(atPath: folder.appending(path: path).path).map(Array.init)
    }

    func message(_ body: () async throws -> Void) async -> String {
      do {
        try await body()
        return "no error"
      } catch { return "\(error)" }
    }

    /// A safetensors file of one tensor with `count` bytes.
    static func safetensors(count: Int) -> [UInt8] {
      let header = #"{"x": {"dtype": "U8", "shape": [\#(count)], "data_offsets": [0, \#(count)]}}"#
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
      return length + Array(header.utf8) + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    }
  }

  @Test("A model comes into the standard layout, weights in other formats left out")
  func pulls() async throws {
    let hub = try await Fixture()
    let pulled = try await hub.pull()
    #expect(Set(pulled.files) == ["config.json", "model.safetensors", "1_Pooling/config.json"])
    #expect(pulled.skipped == ["pytorch_model.bin"])
    #expect(pulled.fetchedBytes == pulled.bytes)
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
    #expect(hub.bytes("1_Pooling/config.json", in: pulled.folder) == Array("{}".utf8))
    let root = hub.settings.cache.appending(path: "models--someone--model")
    #expect(try String(contentsOf: root.appending(path: "refs/main"), encoding: .utf8) == pulled.commit)
    let link = try FileManager.default.destinationOfSymbolicLink(
      atPath: root.appending(path: "snapshots/\(pulled.commit)/1_Pooling/config.json").path)
    #expect(link == "../../../blobs/\(HubServer.gitHash(Array("{}".utf8)))")
    #expect(try Hub(hub.settings).folder(of: hub.name) == pulled.folder)
  }

  @Test("What is there is not fetched again")
  func fetchesOnce() async throws {
    let hub = try await Fixture()
    _ = try await hub.pull()
    let again = try await hub.pull()
    #expect(again.fetchedBytes == 0)
    #expect(hub.server.requests("resolve").count == 3)
  }

  @Test("Dropped connections are taken up where they broke, by range")
  func drops() async throws {
    let hub = try await Fixture()
    hub.server.misbehave("model.safetensors", .dropAfter(100_000), .dropAfter(50_000), .dropAfter(0))
    let pulled = try await hub.pull()
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
    let ranges = hub.server.requests("model.safetensors").map { $0.headers["range"] }
    #expect(ranges.count == 4)
    #expect(ranges[0] == nil)
    #expect(ranges.dropFirst().allSatisfy { $0?.hasPrefix("bytes=") == true })
  }

  @Test("An interrupted pull goes on in the next")
  func resumes() async throws {
    var hub = try await Fixture()
    hub.settings.attempts = 1
    hub.server.misbehave("model.safetensors", .dropAfter(200_000))
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("model.safetensors"), "\(message)")
    #expect(message.contains("goes on from there"))
    #expect(try Hub(hub.settings).folder(of: hub.name) == nil)
    let pulled = try await hub.pull()
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
    #expect(pulled.fetchedBytes < pulled.bytes)
  }

  @Test("A hub that passes over the range is read from the beginning")
  func ignoresRange() async throws {
    let hub = try await Fixture()
    hub.server.misbehave("model.safetensors", .dropAfter(100_000), .ignoreRange)
    let pulled = try await hub.pull()
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
  }

  @Test("A wrong checksum is fetched anew, and told of where it stays wrong")
  func checksums() async throws {
    let hub = try await Fixture()
    hub.server.misbehave("model.safetensors", .corrupt)
    let pulled = try await hub.pull()
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
    let other = try await Fixture()
    other.server.misbehave("model.safetensors", .corrupt, .corrupt, .corrupt)
    let message = await other.message { _ = try await other.pull() }
    #expect(message.contains("another checksum"), "\(message)")
    #expect(message.contains(SHA256.hex(of: other.weights)))
  }

  @Test("Redirects are followed; a rate limit and a passing fault are waited for")
  func patience() async throws {
    let hub = try await Fixture()
    hub.server.misbehave("model.safetensors", .redirect("\(hub.server.endpoint)/elsewhere/model.safetensors"))
    hub.server.misbehave("config.json", .refuse(429, ["Retry-After": "0"]), .refuse(503, [:]))
    hub.server.misbehave("api", .refuse(502, [:]))
    let pulled = try await hub.pull()
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
    #expect(hub.server.requests("/elsewhere/").count == 1)
    #expect(hub.server.requests("/config.json").count >= 3)
  }

  @Test("The token is sent to the hub and to no other host")
  func tokens() async throws {
    let hub = try await Fixture(token: "hf_secret")
    let other = try await HubServer()
    other.add("model.safetensors", hub.weights)
    // The same machine under another name is another host.
    let address = other.endpoint.replacing("127.0.0.1", with: "localhost") + "/elsewhere/model.safetensors"
    hub.server.misbehave("model.safetensors", .redirect(address))
    _ = try await hub.pull()
    #expect(hub.server.requests("resolve").allSatisfy { $0.headers["authorization"] == "Bearer hf_secret" })
    #expect(other.requests("model").map { $0.headers["authorization"] } == [nil])
  }

  @Test(
    "Refusals say what they mean",
    arguments: [
      (403, ["X-Error-Code": "GatedRepo"], ["gated", "terms", "HF_TOKEN"]),
      (401, [:], ["no such model, or it is private", "HF_TOKEN"]),
      (404, ["X-Error-Code": "RevisionNotFound"], ["no revision “main”"]),
      (404, [:], ["does not know it", "spelling"]),
    ])
  func refusals(status: Int, headers: [String: String], words: [String]) async throws {
    let hub = try await Fixture()
    hub.server.misbehave("api", .refuse(status, headers))
    let message = await hub.message { _ = try await hub.pull() }
    for word in words + ["someone/model"] { #expect(message.contains(word), "\(message)") }
  }

  @Test("A rate limit without end is given up with words")
  func rateLimit() async throws {
    var hub = try await Fixture()
    hub.settings.attempts = 3
    let limits = Array(repeating: HubServer.Mischief.refuse(429, [:]), count: 3)
    hub.server.state.withLock { $0.mischief["api"] = limits }
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("more slowly"), "\(message)")
    #expect(hub.server.requests("/api/").count == 3)
  }

  @Test("Patterns choose the files; none that fits is an error with what is there")
  func patterns() async throws {
    let hub = try await Fixture()
    let pulled = try await hub.pull(HubSelection(include: ["*.json", "*.bin"], exclude: ["1_*"]))
    #expect(Set(pulled.files) == ["config.json", "pytorch_model.bin"])
    let message = await hub.message { _ = try await hub.pull(HubSelection(include: ["*.gguf"])) }
    #expect(message.contains("no file fits"), "\(message)")
    #expect(message.contains("config.json"))
  }

  @Test("A model without safetensors is refused with the way out")
  func otherFormats() async throws {
    let hub = try await Fixture()
    hub.server.state.withLock { _ = $0.files.removeValue(forKey: "model.safetensors") }
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("pytorch_model.bin"), "\(message)")
    #expect(message.contains("safetensors"))
  }

  @Test("A corrupt cache entry is found and fetched anew", arguments: ["config.json", "model.safetensors", "gone"])
  func corruption(kind: String) async throws {
    let hub = try await Fixture()
    let pulled = try await hub.pull()
    let path = kind == "gone" ? "model.safetensors" : kind
    let blob = pulled.folder.appending(path: path).resolvingSymlinksInPath()
    switch kind {
    case "gone": try FileManager.default.removeItem(at: blob)
    case "config.json": try Data(#"{"model_type": "t6"}"#.utf8).write(to: blob)
    default: try Data(hub.weights.dropLast(1000)).write(to: blob)
    }
    #expect(try Hub(hub.settings).folder(of: hub.name) == nil)
    let again = try await hub.pull()
    #expect(again.fetchedBytes > 0 && again.fetchedBytes < again.bytes + 1)
    #expect(hub.bytes("model.safetensors", in: again.folder) == hub.weights)
    #expect(try Hub(hub.settings).folder(of: hub.name) == again.folder)
  }

  @Test("A flipped bit inside large weights is found by verify")
  func verify() async throws {
    let hub = try await Fixture()
    hub.server.add("model.safetensors", Fixture.safetensors(count: 3_000_000), large: true)
    let pulled = try await hub.pull()
    let blob = pulled.folder.appending(path: "model.safetensors").resolvingSymlinksInPath()
    var bytes = try Data(contentsOf: blob)
    bytes[2_000_000] ^= 4
    try bytes.write(to: blob)
    #expect(try await hub.pull().fetchedBytes == 0)
    #expect(try await hub.pull(verify: true).fetchedBytes == bytes.count)
  }

  @Test("Offline, what is cached is used, and what is not is an error")
  func offline() async throws {
    var hub = try await Fixture()
    hub.settings.isOffline = true
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("HF_HUB_OFFLINE"), "\(message)")
    hub.settings.isOffline = false
    let pulled = try await hub.pull()
    let requests = hub.server.requests("").count
    hub.settings.isOffline = true
    #expect(try await hub.pull().folder == pulled.folder)
    #expect(hub.server.requests("").count == requests)
  }

  @Test("A listing that leads out of the folder is refused")
  func traversal() async throws {
    let hub = try await Fixture()
    hub.server.add("../../evil.json", [1])
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("outside the model's folder"), "\(message)")
  }

  @Test("Two pulls at the same time fetch each file once")
  func together() async throws {
    let hub = try await Fixture()
    async let first = hub.pull()
    async let second = hub.pull()
    let folders = try await [first.folder, second.folder]
    #expect(folders[0] == folders[1])
    #expect(hub.server.requests("model.safetensors").count == 1)
  }

  @Test("What cannot fit is refused before it is begun", .enabled(if: SmallDisk.canBeMade))
  func space() async throws {
    var hub = try await Fixture()
    let disk = try SmallDisk(at: hub.folder.url.appending(path: "disk"), kilobytes: 200)
    hub.settings.cache = disk.url.appending(path: "hub")
    let message = await hub.message { _ = try await hub.pull() }
    #expect(message.contains("MB are free"), "\(message)")
    #expect(message.contains("HF_HOME"))
    #expect(hub.server.requests("resolve").isEmpty)
  }

  @Test("A disk that fills on the way: what came is kept, and the next pull goes on", .enabled(if: SmallDisk.canBeMade))
  func fullDisk() async throws {
    var hub = try await Fixture()
    let disk = try SmallDisk(at: hub.folder.url.appending(path: "disk"), kilobytes: 600)
    hub.settings.cache = disk.url.appending(path: "hub")
    hub.settings.reserve = 0
    let junk = disk.url.appending(path: "junk")
    let settings = hub.settings
    let name = hub.name
    let message = await hub.message {
      _ = try await Hub(settings).pull(name) { _ in
        if !FileManager.default.fileExists(atPath: junk.path) {
          try Data(repeating: 1, count: 400_000).write(to: junk)
        }
      }
    }
    #expect(message.contains("No space left"), "\(message)")
    #expect(message.contains("HF_HOME"))
    try FileManager.default.removeItem(at: junk)
    let pulled = try await hub.pull()
    #expect(pulled.fetchedBytes < pulled.bytes)
    #expect(hub.bytes("model.safetensors", in: pulled.folder) == hub.weights)
  }
}
