import Foundation
import OrchardJSON

/// A safetensors file, mapped into memory and checked as a whole before anything is read.
///
/// Tensors that it gives look at the mapped file where they can: nothing is copied until it is written to.
/// The format is that of <https://github.com/huggingface/safetensors>.
public final class SafetensorsFile {
  /// What the header says of one tensor.
  public struct Entry: Sendable {
    /// The type of its elements.
    public let dtype: DType
    /// The size of every dimension.
    public let shape: [Int]
    let bytes: Range<Int>
  }

  /// The file's place.
  public let url: URL
  /// The entries by name.
  public let entries: [String: Entry]
  /// The free text that the header carries, by key.
  public let metadata: [String: String]
  private let map: MappedFile

  /// Maps a file and checks its header.
  ///
  /// - Throws: `EngineError` where the file is missing, cut short or not a safetensors file.
  public init(_ url: URL) throws {
    self.url = url
    map = try MappedFile(url)
    func refuse(_ problem: String) -> EngineError {
      EngineError("\(url.path): \(problem); fetch or write the file again")
    }
    guard map.count >= 8 else { throw refuse("is too short to be a safetensors file (\(map.count) bytes)") }
    let length = map.bytes.loadUnaligned(as: UInt64.self).littleEndian
    guard length <= UInt64(map.count - 8) else {
      throw refuse("is cut short or not a safetensors file (header of \(length) bytes, file of \(map.count))")
    }
    let start = 8 + Int(length)
    let header: JSONValue
    do {
      header = try JSONValue(parsing: map.bytes[8..<start])
    } catch {
      throw refuse("has a broken header (\(error))")
    }
    guard let object = header.object else { throw refuse("has a header that is \(header.kind)") }
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    for (name, value) in object.entries {
      if name == "__metadata__" {
        for (key, text) in value.object?.entries ?? [] { metadata[key] = text.string }
        continue
      }
      guard let type = value["dtype"]?.string, let shape = value["shape"]?.array?.compactMap(\.int),
        let offsets = value["data_offsets"]?.array?.compactMap(\.int), offsets.count == 2,
        shape.count == value["shape"]?.array?.count, shape.allSatisfy({ $0 >= 0 })
      else { throw refuse("has a broken entry for “\(name)”") }
      guard let dtype = DType(safetensorsName: type) else {
        throw EngineError(
          "\(url.path): tensor “\(name)” has the element type \(type), which is not supported; "
            + "convert it to one of \(DType.allCases.map(\.safetensorsName).joined(separator: ", "))")
      }
      let end = map.count - start
      guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= end else {
        throw refuse("is cut short: tensor “\(name)” ends at byte \(offsets[1]) of \(end)")
      }
      guard offsets[1] - offsets[0] == Self.byteCount(shape, dtype) else {
        throw refuse("gives tensor “\(name)” \(offsets[1] - offsets[0]) bytes, not those of its shape \(shape)")
      }
      entries[name] = Entry(dtype: dtype, shape: shape, bytes: start + offsets[0]..<start + offsets[1])
    }
    self.entries = entries
    self.metadata = metadata
  }

  /// The bytes of a shape, or nil where they are more than can be counted.
  private static func byteCount(_ shape: [Int], _ dtype: DType) -> Int? {
    var product = dtype.byteCount
    for size in shape.contains(0) ? [0] : shape {
      let (next, overflows) = product.multipliedReportingOverflow(by: size)
      if overflows { return nil }
      product = next
    }
    return product
  }

  /// The names of all tensors, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Maps the whole file's pages in, for a file of which all will be read.
  package func bringIn() { map.bringIn() }

  /// The tensor called `name`, over the mapped file, or nil.
  public func tensor(_ name: String) -> Tensor? {
    guard let entry = entries[name] else { return nil }
    let data = map.bytes.baseAddress?.advanced(by: entry.bytes.lowerBound)
    guard let data, !entry.bytes.isEmpty else { return .zeros(entry.shape, dtype: entry.dtype) }
    if UInt(bitPattern: data) % UInt(entry.dtype.byteCount) == 0 {
      return Tensor(
        borrowing: UnsafeMutableRawPointer(mutating: data), shape: entry.shape, dtype: entry.dtype, owner: map)
    }
    let made = Tensor.empty(entry.shape, dtype: entry.dtype)
    made.overwrite(with: UnsafeRawBufferPointer(start: data, count: entry.bytes.count))
    return made
  }
}
