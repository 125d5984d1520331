import Foundation
import OrchardJSON

/// Finds what is broken in a snapshot without the network, quickly enough to be done at each loading.
///
/// A link that leads nowhere, a small file whose bytes do not give its name, a safetensors file that is shorter or
/// longer than its own header says. A flipped bit inside large weights is not seen: `Hub.pull` with `verify` reads all.
enum SnapshotCheck {
  /// Files up to this size are read whole and hashed.
  static let smallSize = 1 << 21

  /// The broken files of a snapshot: path, and the blob that it leads to.
  static func broken(_ snapshot: URL) -> [(path: String, blob: URL)] {
    let files = FileManager.default
    guard let paths = files.enumerator(atPath: snapshot.path) else { return [] }
    return paths.compactMap { entry in
      guard let path = entry as? String else { return nil }
      let place = snapshot.appending(path: path)
      guard let target = try? files.destinationOfSymbolicLink(atPath: place.path) else { return nil }
      let blob = URL(filePath: target, relativeTo: place.deletingLastPathComponent()).standardizedFileURL
      return isWhole(blob, path: path) ? nil : (path, blob)
    }
  }

  private static func isWhole(_ blob: URL, path: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: blob.path)
    guard let size = (attributes?[.size] as? NSNumber)?.intValue else { return false }
    if path.hasSuffix(".safetensors") { return size == safetensorsSize(blob) }
    guard size <= smallSize, let hash = ContentHash(blob: blob.lastPathComponent) else { return true }
    guard let data = FileManager.default.contents(atPath: blob.path) else { return false }
    var digest = hash.digest(size: size)
    digest.update(Array(data))
    return digest.hex() == hash.hex
  }

  /// The length that a safetensors file must have by its own header; nil where the header is broken.
  private static func safetensorsSize(_ file: URL) -> Int? {
    guard let handle = FileHandle(forReadingAtPath: file.path) else { return nil }
    defer { try? handle.close() }
    guard let start = try? handle.read(upToCount: 8), start.count == 8 else { return nil }
    let length = start.enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    guard length < 1 << 28, let bytes = try? handle.read(upToCount: Int(length)), bytes.count == length,
      let header = try? JSONValue(parsing: bytes).object
    else { return nil }
    let ends = header.entries.compactMap { $0.value["data_offsets"]?.array?.last?.int }
    return 8 + Int(length) + (ends.max() ?? 0)
  }
}
