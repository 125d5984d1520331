import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import OrchardFeedback
import OrchardJSON
import OrchardServing
import Testing

@Suite("The feedback page")
struct FeedbackServerTests {
  private let store: FeedbackStore
  private let token: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "serving-\(UUID().uuidString)")
    store = try FeedbackStore(folder.appending(path: "feedback.sqlite"), creates: true)
    try store.ask(FeedbackQuestion(criterion: "helpfulness", task: .rank, instruction: nil))
    for number in 0..<3 {
      try store.add(
        prompt: "<script>alert(\(number))</script>", fields: JSONObject(),
        answers: ["</script><img src=x onerror=alert(1)>", "b\u{2028}", "c"].map { .init(text: $0, origin: .null) })
    }
    token = try store.token(for: "Ann")
  }

  private func test(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let server = FeedbackServer(store, overlap: 1, host: "127.0.0.1", port: 0)
    try await Application(router: server.router()).test(.router, body)
  }

  private static func ask(
    _ client: any TestClientProtocol, _ action: String, _ body: JSONValue = [:], token: String?
  ) async throws -> (status: Int, json: JSONValue) {
    var headers = HTTPFields()
    if let token { headers[.authorization] = "Bearer \(token)" }
    let response = try await client.executeRequest(
      uri: "/api/\(action)", method: .post, headers: headers, body: ByteBuffer(string: body.text))
    return (response.status.code, try JSONValue(parsing: Array(response.body.readableBytesView)))
  }

  @Test("The page comes from this server alone, and nothing else may run in it")
  func page() async throws {
    try await test { client in
      for (path, type) in [("/", "text/html"), ("/feedback.js", "text/javascript"), ("/feedback.css", "text/css")] {
        let response = try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
        #expect(response.status == .ok && response.headers[.contentType]?.hasPrefix(type) == true)
        let policy = response.headers[.contentSecurityPolicy] ?? ""
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        let text = String(buffer: response.body)
        #expect(!text.contains("innerHTML") && !text.contains("//cdn") && !text.contains("https://"))
        if path == "/" {
          #expect(!text.contains("onclick") && text.contains("aria-live") && text.contains("lang=\"en\""))
        }
      }
    }
  }

  @Test("A rater judges all there is, leaves one out, takes one back; what is shown is what was written")
  func judging() async throws {
    let token = token
    try await test { client in
      var state = try await Self.ask(client, "state", token: token)
      #expect(state.status == 200 && state.json["rater"]?.string == "Ann")
      let first = try #require(state.json["assignment"])
      #expect(first["prompt"]?.string == "<script>alert(0)</script>")
      let texts = first["answers"]?.array?.compactMap { $0["text"]?.string } ?? []
      #expect(texts.sorted() == ["</script><img src=x onerror=alert(1)>", "b\u{2028}", "c"].sorted())
      let id = first["id"] ?? .null
      let draft: JSONValue = ["assignment": id, "judgement": ["ranks": [2, 1, 3]]]
      #expect(try await Self.ask(client, "draft", draft, token: token).status == 200)
      state = try await Self.ask(client, "state", token: token)
      #expect(state.json["assignment"]?["draft"]?["ranks"]?.array?.count == 3)
      state = try await Self.ask(client, "judge", draft, token: token)
      #expect(state.json["progress"]?["done"]?.int == 1 && state.json["progress"]?["left"]?.int == 2)
      state = try await Self.ask(
        client, "skip", ["assignment": state.json["assignment"]?["id"] ?? .null], token: token)
      #expect(state.json["progress"]?["skipped"]?.int == 1)
      state = try await Self.ask(
        client, "judge",
        ["assignment": state.json["assignment"]?["id"] ?? .null, "judgement": ["none_is_acceptable": true]],
        token: token)
      #expect(state.json["assignment"]?.isNull == true)
      state = try await Self.ask(client, "undo", token: token)
      #expect(state.json["assignment"]?["draft"]?["none_is_acceptable"]?.bool == true)
      state = try await Self.ask(client, "again", token: token)
      #expect(state.json["progress"]?["skipped"]?.int == 0 && state.json["progress"]?["left"]?.int == 2)
    }
    #expect(try store.judgements().map(\.judgement.ranks) == [[2, 1, 3]])
  }

  @Test("Forged tokens, unknown actions and what cannot be read are refused with a sentence")
  func refusals() async throws {
    let token = token
    try await test { client in
      for forged in [nil, "", "x", String(repeating: "a", count: 64), token.uppercased()] {
        let answer = try await Self.ask(client, "state", token: forged)
        #expect(answer.status == 401 && answer.json["error"]?.string?.contains("link") == true)
      }
      #expect(try await Self.ask(client, "drop", token: token).status == 404)
      #expect(try await Self.ask(client, "judge", token: token).status != 200)
      #expect(
        try await Self.ask(client, "judge", ["assignment": 77, "judgement": ["ranks": [1]]], token: token).status == 409
      )
      var headers = HTTPFields()
      headers[.authorization] = "Bearer \(token)"
      for (body, status) in [("{", 400), (String(repeating: "x", count: 2 << 20), 413)] {
        let response = try await client.executeRequest(
          uri: "/api/draft", method: .post, headers: headers, body: ByteBuffer(string: body))
        #expect(response.status.code == status)
      }
    }
    #expect(try store.judgements().isEmpty)
  }
}
