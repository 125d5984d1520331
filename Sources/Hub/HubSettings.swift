import Foundation

/// Where the hub is, where its files are kept, and who asks: what the environment says.
///
/// The variables are those of the huggingface_hub package: `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE`, `HF_TOKEN`,
/// `HF_TOKEN_PATH`, `HF_HUB_OFFLINE`.
public struct HubSettings: Sendable {
  /// The hub's address without a last slash.
  public var endpoint = "https://huggingface.co"
  /// The cache's folder.
  public var cache: URL
  /// Who asks; nil for anyone.
  public var token: String?
  /// Whether the network is not to be used.
  public var isOffline = false
  /// The proxy as `host` and `port`, where there is one.
  public var proxy: (host: String, port: Int)?
  /// Files that are fetched at the same time.
  public var parallel = 4
  /// How often in a row a request may fail before it is given up.
  public var attempts = 6
  /// Bytes that are kept free on the disk beside a model.
  public var reserve = 64 << 20
  /// Seconds before the second attempt; each further one waits twice as long.
  public var patience = 0.5

  /// Settings with this cache.
  public init(cache: URL) { self.cache = cache }

  /// What the environment says.
  ///
  /// - Throws: `HubError` for an address that is none.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func place(_ path: String) -> URL { URL(filePath: NSString(string: path).expandingTildeInPath) }
    let home =
      value("HF_HOME").map(place)
      ?? (value("XDG_CACHE_HOME").map(place) ?? place("~/.cache")).appending(path: "huggingface")
    cache = value("HF_HUB_CACHE").map(place) ?? home.appending(path: "hub")
    if let endpoint = value("HF_ENDPOINT") {
      guard let url = URL(string: endpoint), let scheme = url.scheme, ["http", "https"].contains(scheme),
        url.host() != nil
      else { throw HubError("HF_ENDPOINT is “\(endpoint)”, which is no address; one looks like https://example.org") }
      self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }
    let file = value("HF_TOKEN_PATH").map(place) ?? home.appending(path: "token")
    let token = value("HF_TOKEN") ?? (try? String(contentsOf: file, encoding: .utf8))
    self.token = token.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.flatMap { $0.isEmpty ? nil : $0 }
    isOffline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].contains {
      ["1", "ON", "YES", "TRUE"].contains(value($0)?.uppercased() ?? "")
    }
    let variables = endpoint.hasPrefix("https") ? ["HTTPS_PROXY", "https_proxy"] : ["http_proxy"]
    if let url = variables.compactMap(value).first.flatMap(URL.init(string:)), let host = url.host() {
      proxy = (host, url.port ?? 8080)
    }
  }
}
