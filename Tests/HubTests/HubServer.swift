import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import OrchardJSON
import OrchardSettings
import Synchronization

/// A server on this machine that answers as the hub does, and misbehaves as it is told to.
final class HubServer: Sendable {
  /// One request that came.
  struct Request: Sendable {
    let path: String
    let headers: [String: String]
  }

  /// What the server does instead of sending a file.
  enum Mischief: Sendable {
    /// Sends this many bytes of the body and hangs up.
    case dropAfter(Int)
    /// Sends other bytes.
    case corrupt
    /// Answers with a status and headers.
    case refuse(Int, [String: String])
    /// Passes over the range that was asked for.
    case ignoreRange
    /// Sends the caller to another address of the same server.
    case redirect(String)
  }

  struct State {
    var files: [String: [UInt8]] = [:]
    var large: Set<String> = []
    var mischief: [String: [Mischief]] = [:]
    var requests: [Request] = []
    var commit = String(repeating: "a", count: 40)
  }

  let state = Mutex(State())
  private let channel: any Channel

  init() async throws {
    let box = ServerBox()
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(HubHandler(box))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    box.set(self)
  }

  deinit { channel.close(promise: nil) }

  var endpoint: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

  /// Adds a file; a large one is told of with its SHA-256, another with git's SHA-1.
  func add(_ path: String, _ bytes: [UInt8], large: Bool = false) {
    state.withLock {
      $0.files[path] = bytes
      if large { $0.large.insert(path) }
    }
  }

  /// Misbehaves at the next requests for a path, one after the other.
  func misbehave(_ path: String, _ mischief: Mischief...) { state.withLock { $0.mischief[path] = mischief } }

  /// The requests whose path contains a text.
  func requests(_ text: String) -> [Request] {
    state.withLock { $0.requests.filter { $0.path.contains(text) } }
  }

  static func gitHash(_ bytes: [UInt8]) -> String {
    var digest = SHA1()
    digest.update(Array("blob \(bytes.count)\0".utf8) + bytes)
    return digest.hex()
  }

  /// What is sent for a request: status, headers, body, and after how many bytes of it the connection breaks.
  func answer(_ request: Request) -> (status: Int, headers: [(String, String)], body: [UInt8], cut: Int?) {
    state.withLock { state in
      state.requests.append(request)
      if request.path.hasPrefix("/api/models/") {
        if case .refuse(let status, let headers)? = Self.next(&state, "api") {
          return (status, headers.map { ($0.key, $0.value) }, [], nil)
        }
        return (200, [("Content-Type", "application/json")], Array(Self.listing(state).utf8), nil)
      }
      let start = request.path.hasPrefix("/elsewhere/") ? "/elsewhere/" : "/resolve/\(state.commit)/"
      let path = request.path.components(separatedBy: start).last ?? ""
      guard var body = state.files[path] else { return (404, [("X-Error-Code", "EntryNotFound")], [], nil) }
      var cut: Int?
      var range = request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
      switch Self.next(&state, path) {
      case .dropAfter(let count): cut = count
      case .corrupt: body[body.count / 2] ^= 1
      case .refuse(let status, let headers): return (status, headers.map { ($0.key, $0.value) }, [], nil)
      case .ignoreRange: range = nil
      case .redirect(let address): return (302, [("Location", address)], [], nil)
      case nil: break
      }
      guard let range else { return (200, [], body, cut) }
      guard range < body.count else { return (416, [], [], nil) }
      return (206, [("Content-Range", "bytes \(range)-\(body.count - 1)/\(body.count)")], Array(body[range...]), cut)
    }
  }

  private static func next(_ state: inout State, _ path: String) -> Mischief? {
    guard var list = state.mischief[path], !list.isEmpty else { return nil }
    let first = list.removeFirst()
    state.mischief[path] = list
    return first
  }

  private static func listing(_ state: State) -> String {
    let siblings = state.files.sorted { $0.key < $1.key }.map { path, bytes -> JSONValue in
      var entry = JSONObject([
        ("rfilename", .string(path)), ("size", .integer(bytes.count)), ("blobId", .string(gitHash(bytes))),
      ])
      if state.large.contains(path) {
        entry["lfs"] = ["sha256": .string(SHA256.hex(of: bytes)), "size": .integer(bytes.count)]
      }
      return .object(entry)
    }
    return JSONValue.object(JSONObject([("sha", .string(state.commit)), ("siblings", .array(siblings))])).text
  }
}

/// Lets handlers that are made before the server find it.
private final class ServerBox: Sendable {
  private let server = Mutex<WeakServer>(WeakServer())

  func set(_ server: HubServer) { self.server.withLock { $0.value = server } }

  var value: HubServer? { server.withLock { $0.value } }

  private struct WeakServer { weak var value: HubServer? }
}

/// One connection.
private final class HubHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let box: ServerBox

  init(_ box: ServerBox) { self.box = box }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data), let server = box.value else { return }
    let pairs = head.headers.map { ($0.name.lowercased(), $0.value) }
    let request = HubServer.Request(path: head.uri, headers: Dictionary(pairs) { $1 })
    let (status, headers, body, cut) = server.answer(request)
    var fields = HTTPHeaders(headers)
    fields.add(name: "Content-Length", value: "\(body.count)")
    let response = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    let sent = body.prefix(cut ?? body.count)
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: sent)))), promise: nil)
    if cut != nil { return context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
