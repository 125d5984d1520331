import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A server on this machine that sends exactly the bytes it is told to, true or not; it lives as long as the process.
public final class ScriptedServer: Sendable {
  /// What it sends for the body of a request: raw bytes of HTTP, then the connection ends.
  public typealias Script = @Sendable (_ body: String, _ number: Int) -> String

  private final class Counter: Sendable {
    let count = Mutex(0)

    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }

  private let counter: Counter
  /// The port that it listens on.
  public let port: Int

  /// A server that answers by a script; requests are numbered from 0.
  public init(_ script: @escaping Script) {
    #if canImport(Darwin)
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    let counter = Counter()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(bind(listener, $0, length) == 0 && listen(listener, 16) == 0, "no port on this machine")
        getsockname(listener, $0, &length)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    self.counter = counter
    Thread.detachNewThread {
      while case let client = accept(listener, nil, nil), client >= 0 {
        let number = counter.next()
        Thread.detachNewThread { Self.serve(client, script, number) }
      }
    }
  }

  /// The address.
  public var url: String { "http://127.0.0.1:\(port)/" }
  /// Requests that have come.
  public var requests: Int { counter.count.withLock { $0 } }

  /// A reply of status 200 that says of its length what is true.
  public static func reply(_ body: String, status: String = "200 OK", length: Int? = nil) -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(length ?? body.utf8.count)\r\n"
      + "Connection: close\r\n\r\n\(body)"
  }

  private static func serve(_ client: Int32, _ script: Script, _ number: Int) {
    defer { close(client) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isWhole(bytes) {
      let count = read(client, &buffer, buffer.count)
      guard count > 0 else { return }
      bytes += buffer[..<count]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let body = text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
    let reply = Array(script(body, number).utf8)
    var sent = 0
    while sent < reply.count {
      let count = reply[sent...].withUnsafeBytes { send(client, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return }
      sent += count
    }
  }

  private static var flags: Int32 {
    #if canImport(Darwin)
      0
    #else
      Int32(MSG_NOSIGNAL)
    #endif
  }

  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return false }
    let head = text[..<end.lowerBound].lowercased()
    let length =
      head.components(separatedBy: "content-length:").dropFirst().first
      .flatMap { Int($0.drop(while: \.isWhitespace).prefix(while: \.isNumber)) } ?? 0
    return text[end.upperBound...].utf8.count >= length
  }
}
