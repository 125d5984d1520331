import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OrchardFeedback
import OrchardJSON

/// Serves the page on which people judge answers.
///
/// The page is three files without anything from elsewhere; what it shows is set as text, so nothing in a prompt or an
/// answer is ever run. Raters are known by a token that stands behind the `#` of their link and so in no log.
public struct FeedbackServer: Sendable {
  /// Most bytes of what a page sends.
  private static let longestBody = 1 << 20

  private let desk: FeedbackDesk
  private let address: (host: String, port: Int)

  /// A server over a store; every question about every item is to have `overlap` raters.
  public init(_ store: FeedbackStore, overlap: Int, host: String, port: Int) {
    desk = FeedbackDesk(store: store, overlap: overlap)
    address = (host, port)
  }

  /// Serves until the task is cancelled or the process is asked to end; `started` is told the port.
  ///
  /// - Throws: The error of the network, such as a port that is taken.
  public func run(started: @escaping @Sendable (_ port: Int) -> Void) async throws {
    var logger = Logger(label: "orchard.feedback")
    logger.logLevel = .error
    let application = Application(
      router: router(), configuration: .init(address: .hostname(address.host, port: address.port)),
      onServerRunning: { started($0.localAddress?.port ?? 0) }, logger: logger)
    try await application.runService()
  }

  /// What the server answers.
  package func router() -> Router<BasicRequestContext> {
    let router = Router()
    for (path, type, text) in FeedbackPage.files {
      router.get(RouterPath(path)) { _, _ in Self.response(.ok, type, text) }
    }
    let desk = desk
    router.post("/api/:action") { request, context in
      do {
        guard let action = context.parameters.get("action").flatMap(FeedbackDesk.Action.init) else {
          throw FeedbackDesk.Refusal(status: 404, text: "There is no such action.")
        }
        let rater = try desk.rater(authorization: request.headers[.authorization])
        return Self.json(.ok, try desk.answer(action, try await Self.body(of: request), by: rater))
      } catch let refusal as FeedbackDesk.Refusal {
        return Self.json(.init(code: refusal.status), ["error": .string(refusal.text)])
      }
    }
    return router
  }

  private static func body(of request: Request) async throws -> JSONValue {
    var request = request
    let buffer: ByteBuffer
    do {
      buffer = try await request.collectBody(upTo: longestBody)
    } catch let error as HTTPError where error.status == .contentTooLarge {
      throw FeedbackDesk.Refusal(status: 413, text: "What was sent is too long: at most \(longestBody) bytes.")
    }
    guard buffer.readableBytes > 0 else { return .null }
    do {
      return try JSONValue(parsing: Array(buffer.readableBytesView))
    } catch {
      throw FeedbackDesk.Refusal(status: 400, text: "What was sent is no JSON: \(error)")
    }
  }

  private static func json(_ status: HTTPResponse.Status, _ value: JSONValue) -> Response {
    response(status, "application/json; charset=utf-8", value.text)
  }

  private static func response(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    headers[.cacheControl] = "no-store"
    headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
      + "frame-ancestors 'none'"
    headers[.xContentTypeOptions] = "nosniff"
    if let policy = HTTPField.Name("Referrer-Policy") { headers[policy] = "no-referrer" }
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
