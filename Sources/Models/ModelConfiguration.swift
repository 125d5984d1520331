import Foundation
import OrchardJSON
import OrchardLayers

/// A `config.json`, read key by key with errors that name the file, the key and the value.
public struct ModelConfiguration: Sendable {
  /// The whole file, kept so that saving loses nothing.
  public let json: JSONObject
  /// The file's place, for messages.
  public let source: String

  /// A configuration from its keys and values.
  public init(_ json: JSONObject, source: String = "config.json") {
    self.json = json
    self.source = source
  }

  /// Reads a folder's `config.json`.
  ///
  /// - Throws: `ModelError` where it is missing or no JSON object.
  public init(folder: URL) throws {
    let url = folder.appending(path: "config.json")
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw ModelError("\(folder.path): no such model folder; give one that holds config.json and model.safetensors")
    }
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw ModelError("\(url.path): cannot be read; a model's folder must hold its config.json")
    }
    try self.init(data, of: url)
  }

  /// Reads another JSON object of a model's folder, or nil where there is no such file.
  ///
  /// - Throws: `ModelError` where it is no JSON object.
  init?(file url: URL) throws {
    guard let data = FileManager.default.contents(atPath: url.path) else { return nil }
    try self.init(data, of: url)
  }

  private init(_ data: Data, of url: URL) throws {
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw ModelError("\(url.path): is not a JSON object")
      }
      self.init(object, source: url.path)
    } catch let error as JSONError {
      throw ModelError("\(url.path): \(error)")
    }
  }

  /// The architecture's name.
  ///
  /// - Throws: `ModelError` where it is missing.
  public var architecture: String { get throws { try text("model_type") } }

  func has(_ key: String) -> Bool { json[key].map { !$0.isNull } ?? false }

  private func value<Value>(
    _ key: String, _ wanted: String, _ standard: Value?, _ read: (JSONValue) -> Value?
  ) throws -> Value {
    guard let found = json[key], !found.isNull else {
      if let standard { return standard }
      throw ModelError("\(source): the key “\(key)” is missing")
    }
    guard let value = read(found) else {
      throw ModelError("\(source): “\(key)” must be \(wanted), not \(found.text)")
    }
    return value
  }

  func integer(_ key: String, default standard: Int? = nil, from least: Int = 1) throws -> Int {
    try value(key, "a whole number from \(least)", standard) { json in json.int.flatMap { $0 >= least ? $0 : nil } }
  }

  func number(_ key: String, default standard: Double? = nil) throws -> Double {
    try value(key, "a number", standard, \.double)
  }

  func flag(_ key: String, default standard: Bool) throws -> Bool { try value(key, "true or false", standard, \.bool) }

  func text(_ key: String, default standard: String? = nil) throws -> String {
    try value(key, "a text", standard, \.string)
  }

  /// The activation that `key` names.
  func activation(_ key: String, default standard: String? = nil) throws -> Activation {
    let name = try text(key, default: standard)
    guard let activation = Activation(configured: name) else {
      throw ModelError("\(source): “\(key)” is “\(name)”, which is not known")
    }
    return activation
  }

  /// A share from 0 to below 1: of dropout.
  func share(_ key: String, default standard: Double = 0) throws -> Double {
    try value(key, "a number from 0 to below 1", standard) { json in
      json.double.flatMap { (0..<1).contains($0) ? $0 : nil }
    }
  }

  /// A list of texts, or nil where the key is absent.
  func texts(_ key: String) throws -> [String]? {
    try value(key, "a list of texts", .some(nil)) { json in
      guard let list = json.array else { return nil }
      let texts = list.compactMap(\.string)
      return texts.count == list.count ? texts : nil
    }
  }

  func object(_ key: String) throws -> ModelConfiguration? {
    guard let found = json[key], !found.isNull else { return nil }
    guard let object = found.object else {
      throw ModelError("\(source): “\(key)” must be an object, not \(found.text)")
    }
    return ModelConfiguration(object, source: "\(source): \(key)")
  }

  /// One token id, or several; none where the key is absent.
  func tokens(_ key: String) throws -> [Int] {
    try value(key, "a token id or a list of them", []) { json in
      if let id = json.int { return [id] }
      guard let list = json.array else { return nil }
      let ids = list.compactMap(\.int)
      return ids.count == list.count ? ids : nil
    }
  }
}
