import Foundation
import OrchardJSON

/// Writing of safetensors files: to a temporary name, flushed to the disk, then renamed, so that a file under its own
/// name is always whole.
public enum SafetensorsWriter {
  /// Writes named tensors into one file.
  ///
  /// - Throws: `EngineError` where the folder cannot be written to or the disk is full; the file that stood there
  ///   before is untouched then.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = ["format": "pt"], to url: URL
  ) throws {
    var header = JSONObject()
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key < $1.key }
      header["__metadata__"] = .object(JSONObject(sorted.map { ($0.key, .string($0.value)) }))
    }
    var offset = 0
    var entries: [(String, JSONValue)] = header.entries.map { ($0.key, $0.value) }
    for (name, tensor) in tensors {
      let end = offset + tensor.byteCount
      entries.append(
        (
          name,
          [
            "dtype": .string(tensor.dtype.safetensorsName), "shape": .array(tensor.shape.map(JSONValue.integer)),
            "data_offsets": [.integer(offset), .integer(end)],
          ]
        ))
      offset = end
    }
    var text = Array(JSONValue.object(JSONObject(entries)).text.utf8)
    text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
    let file = try AtomicFile(url)
    try withUnsafeBytes(of: UInt64(text.count).littleEndian) { try file.write($0) }
    try text.withUnsafeBytes { try file.write($0) }
    for (_, tensor) in tensors { try tensor.withBytes { try file.write($0) } }
    try file.commit()
  }
}
