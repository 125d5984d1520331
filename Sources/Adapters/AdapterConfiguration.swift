import Foundation
import OrchardJSON

/// peft's `adapter_config.json`.
public struct AdapterConfiguration {
  /// The file's path, for messages.
  public let source: String
  /// All keys.
  public let json: JSONObject

  /// A configuration of these keys.
  public init(source: String, json: JSONObject) {
    self.source = source
    self.json = json
  }

  /// Reads a folder's file.
  ///
  /// - Throws: `AdapterError` where there is none, or it cannot be read.
  public init(folder: URL) throws {
    let url = folder.appending(path: AdapterFolder.configurationName)
    source = url.path
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw AdapterError("\(folder.path): is no adapter's folder: it holds no \(AdapterFolder.configurationName)")
    }
    do {
      guard let object = try JSONValue(parsing: data).object else {
        throw AdapterError("\(url.path): is no JSON object")
      }
      json = object
    } catch let error as JSONError {
      throw AdapterError("\(url.path): \(error)")
    }
  }

  /// The same without those of the parts that were trained as a whole that name a head, or what it is in or made of.
  func without(heads parts: [String]) throws -> AdapterConfiguration {
    let key = "modules_to_save"
    // peft names both of the usual ones, whichever the model has.
    let usual: Set<String> = parts.isEmpty ? [] : ["classifier", "score"]
    let names = try names(key)
    let others = names.filter { name in !usual.contains(name) && !parts.contains { ".\($0).".contains(".\(name).") } }
    guard others.count < names.count else { return self }
    var json = json
    json[key] = .array(others.map(JSONValue.string))
    return AdapterConfiguration(source: source, json: json)
  }

  func integer(_ key: String) throws -> Int {
    guard let value = json[key]?.int, value > 0 else { throw wrong(key, "a number from 1") }
    return value
  }

  func number(_ key: String, default usual: Double) throws -> Double {
    guard let value = json[key], !value.isNull else { return usual }
    guard let number = value.double else { throw wrong(key, "a number") }
    return number
  }

  func flag(_ key: String) throws -> Bool {
    guard let value = json[key], !value.isNull else { return false }
    guard let flag = value.bool else { throw wrong(key, "true or false") }
    return flag
  }

  /// A list of names, or one.
  func names(_ key: String) throws -> [String] {
    guard let value = json[key], !value.isNull else { return [] }
    if let one = value.string { return [one] }
    guard let names = value.array?.compactMap(\.string), names.count == value.array?.count else {
      throw wrong(key, "a list of names")
    }
    return names
  }

  /// Numbers by name.
  func numbers(_ key: String) throws -> [String: Double] {
    guard let value = json[key], !value.isNull else { return [:] }
    guard let object = value.object else { throw wrong(key, "numbers by name") }
    var numbers: [String: Double] = [:]
    for entry in object.entries {
      guard let number = entry.value.double else { throw wrong(key, "numbers by name") }
      numbers[entry.key] = number
    }
    return numbers
  }

  /// Refuses what would change the adapter's work and is not done here.
  func refuse(_ usual: [(key: String, value: JSONValue)]) throws {
    for (key, value) in usual {
      guard let given = json[key], !given.isNull, given != value, given != [], given != .object(JSONObject()) else {
        continue
      }
      throw AdapterError(
        "\(source): “\(key)” is \(given.text), which is not done here; it would have to be \(value.text)")
    }
  }

  /// How many times `num_virtual_tokens` vectors the weights have that no model reads.
  ///
  /// Beside an encoder-decoder peft learns vectors for both halves unless it is told otherwise, and reads the encoder's
  /// alone (peft 0.21, `PeftModelForSeq2SeqLM.forward`).
  var unreadHalves: Int {
    get throws {
      switch json["num_transformer_submodules"] ?? .null {
      case .null: return json["task_type"]?.string == "SEQ_2_SEQ_LM" ? 1 : 0
      case 1: return 0
      case 2: return 1
      default: throw wrong("num_transformer_submodules", "1 or 2")
      }
    }
  }

  private func wrong(_ key: String, _ wanted: String) -> AdapterError {
    AdapterError("\(source): “\(key)” is \(json[key]?.text ?? "missing"); it takes \(wanted)")
  }
}
