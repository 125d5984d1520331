import AsyncHTTPClient
import NIOHTTP1

/// An answer of the hub that is none: its status, and what that means for a person.
struct HubRefusal: Error, CustomStringConvertible {
  let status: HTTPResponseStatus
  /// Seconds that the hub asks to wait.
  let retryAfter: Double?
  let description: String

  init(_ response: HTTPClientResponse, about: String, name: HubName, hasToken: Bool) {
    status = response.status
    retryAfter = response.headers.first(name: "Retry-After").flatMap(Double.init)
    let code = response.headers.first(name: "X-Error-Code")
    let message = response.headers.first(name: "X-Error-Message")
    let page = "its page on the hub (\(name.repository))"
    let login = hasToken ? "the token that was sent does not allow it" : "no token was sent; set HF_TOKEN to yours"
    switch (status.code, code) {
    case (_, "GatedRepo"):
      description =
        "\(about): this model is gated: its owners want their terms accepted first. Accept them on \(page), then "
        + (hasToken ? "try again; the token that was sent is not on their list yet" : "set HF_TOKEN to your token")
    case (_, "RevisionNotFound"):
      description = "\(about): there is no revision “\(name.revision)”; look for branches and tags on \(page)"
    case (_, "EntryNotFound"): description = "\(about): the hub has no such file in this revision"
    case (401, _):
      description = "\(about): there is no such model, or it is private (\(login)); check the spelling"
    case (403, _): description = "\(about): the hub refuses access (\(login))\(message.map { ": \($0)" } ?? "")"
    case (404, _): description = "\(about): the hub does not know it; check the spelling of owner, name and revision"
    case (429, _):
      description = "\(about): the hub asks to come more slowly, and did so again and again; try later, or set HF_TOKEN"
    default:
      description = "\(about): the hub answered \(status.code) \(message ?? status.reasonPhrase)"
    }
  }

  /// Whether the same request may succeed a little later.
  var mayPass: Bool { status.code == 408 || status.code == 429 || status.code >= 500 }
}
