import Foundation
import OrchardJSON
import OrchardTensors

/// The weights of a Hugging Face folder: one safetensors file, or several with an index.
public struct CheckpointFolder {
  /// The folder.
  public let url: URL
  private let files: [SafetensorsFile]
  private let places: [String: Int]

  /// Maps the files of a folder.
  ///
  /// - Throws: `ModelError` or `EngineError` where one is missing, cut short, or there is none.
  public init(_ url: URL) throws {
    self.url = url
    let single = url.appending(path: "model.safetensors")
    let index = url.appending(path: "model.safetensors.index.json")
    if FileManager.default.fileExists(atPath: single.path) {
      files = [try SafetensorsFile(single)]
    } else if let data = FileManager.default.contents(atPath: index.path) {
      files = try Self.names(in: data, of: index).map { try SafetensorsFile(url.appending(path: $0)) }
    } else {
      let older = url.appending(path: "pytorch_model.bin")
      if FileManager.default.fileExists(atPath: older.path) {
        throw ModelError(
          "\(older.path): weights in Python's pickle format are not read, because such a file can run any program; "
            + "convert them with transformers: model.save_pretrained(folder, safe_serialization=True)")
      }
      throw ModelError("\(url.path): holds no model.safetensors and no model.safetensors.index.json")
    }
    var places: [String: Int] = [:]
    for (number, file) in files.enumerated() { for name in file.entries.keys { places[name] = number } }
    self.places = places
  }

  private static func names(in data: Data, of index: URL) throws -> [String] {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: data)
    } catch {
      throw ModelError("\(index.path): \(error)")
    }
    guard let map = json["weight_map"]?.object else { throw ModelError("\(index.path): has no “weight_map”") }
    let names = try map.entries.map { entry in
      guard let name = entry.value.string, !name.contains("/") else {
        throw ModelError("\(index.path): “weight_map” gives “\(entry.key)” no file name")
      }
      return name
    }
    return Set(names).sorted()
  }

  /// The names of all tensors.
  public var names: Set<String> { Set(places.keys) }

  /// The tensor called `name`, over the mapped file, or nil.
  public func tensor(_ name: String) -> Tensor? { places[name].flatMap { files[$0].tensor(name) } }

  /// Maps the files' pages in, all of which will be read.
  func bringIn() { for file in files { file.bringIn() } }

  /// The element type of the tensor called `name`, or nil.
  public func dtype(of name: String) -> DType? { places[name].flatMap { files[$0].entries[name]?.dtype } }

  /// The number of files that the weights are in.
  public var fileCount: Int { files.count }

  /// The shape of the tensor called `name`, or nil.
  public func shape(of name: String) -> [Int]? { places[name].flatMap { files[$0].entries[name]?.shape } }
}
