/// The names of an architecture's weights in a checkpoint, as a table that a person can read.
///
/// Each row turns the beginning of a path through our modules into the beginning of a checkpoint's key; `*` stands for
/// a number and is carried over. The first row that fits is taken.
public struct CheckpointKeys: Sendable {
  /// The rows: our path, the checkpoint's key.
  public let rows: [(path: String, key: String)]
  /// Further keys under which checkpoints keep a tied weight, by the key that it is read from.
  public let aliases: [String: [String]]
  /// Keys that checkpoints carry and no one needs: buffers that are computed anew.
  public let surplus: [String]
  /// Endings of keys, and those that older checkpoints have instead: `LayerNorm.weight`, once `LayerNorm.gamma`.
  public let olderEndings: [String: String]
  /// Keys, `*` standing for a number, whose matrices lie the other way round in a checkpoint, `[I, O]`: GPT-2's.
  public let transposed: [String]
  /// What a checkpoint of a model without its head lacks at the beginning of its keys.
  public let prefix: String
  /// Keys that may be missing: their weights then begin as in a new model.
  public let optional: Set<String>
  /// The rows in their parts: a model has hundreds of paths, and each is held against all rows.
  private let parts: [(path: [Substring], key: [Substring])]

  /// A table of rows.
  public init(
    _ rows: [(path: String, key: String)], aliases: [String: [String]] = [:], surplus: [String] = [],
    olderEndings: [String: String] = [:], transposed: [String] = [], prefix: String = "model.",
    optional: Set<String> = []
  ) {
    self.rows = rows
    parts = rows.map { (Self.parts(of: $0.path), Self.parts(of: $0.key)) }
    self.aliases = aliases
    self.surplus = surplus
    self.olderEndings = olderEndings
    self.optional = optional
    self.transposed = transposed
    self.prefix = prefix
  }

  /// The two rows of a linear layer: its matrix, in the layer's slot, and its bias.
  static func linear(_ path: String, _ key: String) -> [(path: String, key: String)] {
    [("\(path).slot", key), (path, key)]
  }

  /// The table of a model that has this table's under `path`, and calls it `key` in a checkpoint, beside its own rows.
  func joined(
    under path: String, as key: String?, _ others: [(path: String, key: String)],
    aliases more: [String: [String]] = [:],
    surplus moreSurplus: [String] = [], optional moreOptional: [String] = []
  ) -> CheckpointKeys {
    func full(_ name: String) -> String { key.map { "\($0).\(name)" } ?? name }
    let aliases = Dictionary(uniqueKeysWithValues: aliases.map { (full($0), $1.map(full)) })
    return CheckpointKeys(
      rows.map { ("\(path).\($0.path)", full($0.key)) } + others, aliases: aliases.merging(more) { $0 + $1 },
      surplus: surplus.map(full) + moreSurplus, olderEndings: olderEndings, transposed: transposed.map(full),
      prefix: full(prefix), optional: Set(optional.map(full) + moreOptional))
  }

  /// Every key under which a checkpoint may keep a weight, the usual one first.
  ///
  /// A `bare` checkpoint is that of a model without its head: its keys lack the `prefix` at the beginning.
  func names(of key: String, bare: Bool) -> [String] {
    let older = olderEndings.compactMap { ending, older -> String? in
      key.hasSuffix("." + ending) ? key.dropLast(ending.count) + older : nil
    }
    let names = [key] + (aliases[key] ?? []) + older
    return bare ? names + names.compactMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil } : names
  }

  /// The checkpoint's key for one of our paths.
  public func key(for path: String) -> String {
    let name = Self.parts(of: path)
    for row in parts { if let key = Self.replace(name, row.path, by: row.key) { return key } }
    return path
  }

  /// Our path for one of the checkpoint's keys, or for the beginning of one.
  public func path(for key: String) -> String {
    let name = Self.parts(of: key)
    for row in parts { if let path = Self.replace(name, row.key, by: row.path) { return path } }
    return key
  }

  /// Whether a checkpoint keeps this weight the other way round.
  public func isTransposed(_ key: String) -> Bool {
    !transposed.isEmpty
      && transposed.contains { Self.replace(Self.parts(of: key), Self.parts(of: $0), by: []) == "" }
  }

  func isSurplus(_ key: String) -> Bool {
    surplus.contains { Self.replace(Self.parts(of: key), Self.parts(of: $0), by: []) != nil }
  }

  private static func parts(of name: String) -> [Substring] { name.split(separator: ".") }

  private static func replace(_ parts: [Substring], _ wanted: [Substring], by replacement: [Substring]) -> String? {
    guard parts.count >= wanted.count else { return nil }
    var numbers: [Substring] = []
    for (part, want) in zip(parts, wanted) {
      if want == "*", part.allSatisfy(\.isNumber) { numbers.append(part) } else if want != part { return nil }
    }
    var next = numbers.makeIterator()
    let start = replacement.map { $0 == "*" ? next.next() ?? $0 : $0 }
    return (start + parts.dropFirst(wanted.count)).joined(separator: ".")
  }
}
