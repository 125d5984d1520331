import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OrchardJSON

/// The hub's answers, asked for politely: with a token where there is one, again after a failure that may pass.
struct HubClient: Sendable {
  let settings: HubSettings
  private let client: HTTPClient

  init(_ settings: HubSettings) {
    self.settings = settings
    var configuration = HTTPClient.Configuration()
    configuration.timeout = .init(connect: .seconds(20), read: .seconds(60))
    // Another host gets no token: the client drops it on the way.
    configuration.redirectConfiguration = .follow(max: 8, allowCycles: false)
    configuration.proxy = settings.proxy.map { .server(host: $0.host, port: $0.port) }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  func close() async { try? await client.shutdown() }

  /// What the hub says of a revision.
  func listing(of name: HubName) async throws -> HubListing {
    let revision = name.revision.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name.revision
    let url = "\(settings.endpoint)/api/models/\(name.repository)/revision/\(revision)?blobs=true"
    return try await patiently("the list of \(name)'s files") { _ in
      let response = try await answer(to: url, headers: [:], about: "\(name)", name: name)
      let bytes = try await response.body.collect(upTo: 64 << 20)
      do {
        return try HubListing(try JSONValue(parsing: Array(bytes.readableBytesView)), of: name)
      } catch let error as JSONError {
        throw HubError("\(url): the answer is no JSON (\(error)); is HF_ENDPOINT a model hub?")
      }
    }
  }

  /// The bytes of a file from `offset` on; false in front where the hub sends it from the beginning all the same.
  func bytes(
    of file: HubFile, in commit: String, from offset: Int, of name: HubName
  ) async throws -> (isPart: Bool, body: HTTPClientResponse.Body) {
    let path = file.path.split(separator: "/").map {
      $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting([";", "?", "#"])) ?? String($0)
    }
    let url = "\(settings.endpoint)/\(name.repository)/resolve/\(commit)/\(path.joined(separator: "/"))"
    let headers: HTTPHeaders = offset > 0 ? ["Range": "bytes=\(offset)-"] : [:]
    let response = try await answer(to: url, headers: headers, about: "\(name): \(file.path)", name: name)
    let begins = response.headers.first(name: "Content-Range")?.hasPrefix("bytes \(offset)-") ?? false
    return (response.status == .partialContent && begins, response.body)
  }

  private func answer(
    to url: String, headers: HTTPHeaders, about: String, name: HubName
  ) async throws -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url)
    request.headers = headers
    request.headers.add(name: "User-Agent", value: "orchard")
    if let token = settings.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
    let response: HTTPClientResponse
    do {
      response = try await client.execute(request, deadline: .distantFuture)
    } catch let error as HTTPClientError where error == .redirectLimitReached || error == .redirectCycleDetected {
      throw HubError("\(about): the hub sends from one address to the next without end (\(url))")
    }
    if (200..<300).contains(response.status.code) { return response }
    throw HubRefusal(response, about: about, name: name, hasToken: settings.token != nil)
  }

  /// Does something again, later and later, while it fails in a way that may pass.
  ///
  /// The closure is told how often it failed and may call `begun` to say that something has come: patience begins anew.
  func patiently<Result>(
    _ what: String, _ body: (_ begun: () -> Void) async throws -> Result
  ) async throws -> Result {
    var failures = 0
    while true {
      do {
        return try await body { failures = 0 }
      } catch {
        try Task.checkCancellation()
        guard let wait = waiting(after: error, failures: failures) else { throw Self.plain(error, what) }
        failures += 1
        try await Task.sleep(for: .seconds(wait))
      }
    }
  }

  /// Seconds until the next attempt; nil where another makes no sense.
  private func waiting(after error: any Error, failures: Int) -> Double? {
    if failures + 1 >= settings.attempts || error is HubError || error is CancellationError { return nil }
    let wait = settings.patience * pow(2, Double(failures))
    guard let refusal = error as? HubRefusal else { return wait }
    return refusal.mayPass ? max(wait, min(refusal.retryAfter ?? 0, 300)) : nil
  }

  private static func plain(_ error: any Error, _ what: String) -> any Error {
    if error is HubError || error is CancellationError { return error }
    if let refusal = error as? HubRefusal { return HubError(refusal.description) }
    return HubError(
      "\(what) could not be fetched: \(error); what has come is kept, and the same command goes on from there. Without a "
        + "network set HF_HUB_OFFLINE=1 to use what is cached")
  }
}
