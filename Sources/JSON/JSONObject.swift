/// The keys and values of a JSON object in the order they were written, keys compared byte by byte.
public struct JSONObject: Sendable {
  /// Keys and values in order.
  ///
  /// A key that was written twice stands twice; look-up finds the last.
  public private(set) var entries: [(key: String, value: JSONValue)]

  /// An object without keys.
  public init() { entries = [] }

  /// An object of the given keys and values, in order.
  public init(_ entries: [(String, JSONValue)]) {
    self.entries = entries.map { (key: $0.0, value: $0.1) }
  }

  /// The number of entries.
  public var count: Int { entries.count }

  /// The keys in order.
  public var keys: [String] { entries.map(\.key) }

  /// The value under `key`.
  ///
  /// Setting nil removes the key; a new key goes last. Look-up walks the entries:
  /// right for settings and configurations; a vocabulary is read through `entries`.
  public subscript(key: String) -> JSONValue? {
    get { entries.last { $0.key.utf8.elementsEqual(key.utf8) }?.value }
    set {
      let place = entries.lastIndex { $0.key.utf8.elementsEqual(key.utf8) }
      switch (place, newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append((key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  mutating func append(key: String, value: JSONValue) { entries.append((key: key, value: value)) }
}

extension JSONObject: Equatable {
  /// Equal keys and values in the same order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count
      && zip(left.entries, right.entries).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
  }
}
