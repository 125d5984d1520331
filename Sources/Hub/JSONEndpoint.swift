import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OrchardJSON

/// What went wrong with a server that is asked, and what to do.
public struct EndpointError: Error, CustomStringConvertible {
  /// One or two sentences for people.
  public let description: String
}

/// A server that is sent JSON and replies with JSON.
public struct JSONEndpoint: Sendable {
  /// Most bytes of a reply.
  private static let longestReply = 64 << 20

  /// The address.
  public let url: String
  private let token: String?
  private let seconds: Double
  private let attempts: Int
  /// Seconds before it is asked again, each time twice as long.
  private let patience: Double

  /// A server.
  ///
  /// - Throws: `EndpointError` for an address that is none, or a variable that is not set.
  public init(
    _ url: String, tokenVariable: String? = nil, seconds: Double = 60, attempts: Int = 3, patience: Double = 0.5
  ) throws {
    guard let parts = URL(string: url), ["http", "https"].contains(parts.scheme), parts.host != nil else {
      throw EndpointError(description: "“\(url)” is no address of a server; it begins with http:// or https://")
    }
    token = try tokenVariable.map { name in
      guard let token = ProcessInfo.processInfo.environment[name], !token.isEmpty else {
        throw EndpointError(description: "the environment variable \(name) is not set, and \(url) wants its token")
      }
      return token
    }
    (self.url, self.seconds, self.attempts, self.patience) = (url, seconds, attempts, patience)
  }

  /// The reply to `body`; asked again, later and later, where the server is not there or fails.
  ///
  /// The calling thread waits, and the work is done by others than those of Swift's tasks: so it may wait within one.
  /// - Throws: `EndpointError` that says what came instead.
  public func post(_ body: JSONValue) throws -> JSONValue {
    for attempt in 1... {
      do {
        return try postOnce(body)
      } catch let failure as Failure {
        guard failure.mayPass, attempt < attempts else {
          let times = attempt > 1 ? " (asked \(attempt) times)" : ""
          throw EndpointError(description: "\(url): \(failure.text)\(times)")
        }
        Thread.sleep(forTimeInterval: patience * pow(2, Double(attempt - 1)))
      }
    }
    preconditionFailure("the loop has no end")
  }

  private struct Failure: Error {
    let text: String
    let mayPass: Bool
  }

  private func postOnce(_ body: JSONValue) throws -> JSONValue {
    let response: HTTPClient.Response
    do {
      var request = try HTTPClient.Request(url: url, method: .POST, body: .string(body.text))
      request.headers.add(name: "Content-Type", value: "application/json")
      request.headers.add(name: "User-Agent", value: "orchard")
      if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
      response = try HTTPClient.shared.execute(
        request: request, delegate: ResponseAccumulator(request: request, maxBodySize: Self.longestReply),
        deadline: .now() + .milliseconds(Int64(seconds * 1000))
      ).wait()
    } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
      throw Failure(text: "no reply within \(seconds) seconds", mayPass: true)
    } catch is ResponseAccumulator.ResponseTooBigError {
      throw Failure(text: "the reply has more than \(Self.longestReply >> 20) MiB", mayPass: false)
    } catch {
      throw Failure(text: "the server cannot be asked, or ends before its reply does: \(error)", mayPass: true)
    }
    let bytes = response.body ?? ByteBuffer()
    guard (200..<300).contains(response.status.code) else {
      throw Failure(
        text: "the server refuses (\(response.status.code)): \(String(buffer: bytes).prefix(200))",
        mayPass: response.status.code >= 500 || response.status == .tooManyRequests)
    }
    do {
      return try JSONValue(parsing: Array(bytes.readableBytesView))
    } catch {
      throw Failure(text: "the reply is no JSON (\(error)): \(String(buffer: bytes).prefix(120))", mayPass: false)
    }
  }
}
