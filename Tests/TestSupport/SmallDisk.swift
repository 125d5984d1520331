import Foundation

/// A small file system of its own, which a test can fill; it takes a machine that lets one be mounted.
public final class SmallDisk {
  /// Where it is.
  public let url: URL

  /// Whether this machine lets one be made.
  public static let canBeMade: Bool = {
    guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
    return (try? SmallDisk(at: folder.url.appending(path: "probe"), kilobytes: 64)) != nil
  }()

  /// Makes and mounts one.
  ///
  /// - Throws: Foundation's error where that is not allowed.
  public init(at url: URL, kilobytes: Int) throws {
    self.url = url
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let mount = Process()
    mount.executableURL = URL(filePath: "/bin/mount")
    mount.arguments = ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", url.path]
    mount.standardError = FileHandle.nullDevice
    try mount.run()
    mount.waitUntilExit()
    if mount.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
  }

  deinit {
    let unmount = Process()
    unmount.executableURL = URL(filePath: "/bin/umount")
    unmount.arguments = [url.path]
    try? unmount.run()
    unmount.waitUntilExit()
  }
}
