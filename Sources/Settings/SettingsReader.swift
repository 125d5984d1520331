/// Collects what is wrong while a tree is read, so that a recipe's mistakes are told all at once.
public struct SettingsReader: Sendable {
  /// What was found wrong so far.
  public private(set) var problems: [SettingsProblem] = []
  /// The keys from the root to the value being read.
  private(set) var path: [String] = []
  /// Every dotted key of the whole recipe, to find a key that stands in the wrong group.
  let allKeys: [String]

  init(allKeys: [String] = []) { self.allKeys = allKeys }

  /// The dotted key of the value being read.
  public var key: String { path.joined(separator: ".") }

  /// Reads something that stands under `name`.
  public mutating func under<Result>(_ name: String, _ body: (inout SettingsReader) -> Result) -> Result {
    path.append(name)
    defer { path.removeLast() }
    return body(&self)
  }

  /// Notes a problem with the value being read.
  public mutating func note(_ problem: String, at place: SettingsPlace) {
    problems.append(SettingsProblem(place: place, key: key, problem: problem))
  }

  /// Notes that `tree` is not what this setting takes.
  public mutating func refuse(_ tree: SettingsTree, expected: String, hint: String = "") {
    note("is \(tree.said), where \(expected) is expected\(hint)", at: tree.place)
  }

  mutating func refuseKey(_ entry: SettingsTree.Entry, known: [String]) {
    let hint: String
    if let near = NearestName.of(entry.key, in: known) {
      hint = "did you mean “\(near)”?"
    } else if let elsewhere = allKeys.first(where: { isElsewhere($0, entry.key) }) {
      hint = "did you mean “\(elsewhere)”?"
    } else {
      hint = known.isEmpty ? "there are no keys here" : "known here: \(known.joined(separator: ", "))"
    }
    under(entry.key) { $0.note("is an unknown key; \(hint)", at: entry.place) }
  }

  private func isElsewhere(_ dotted: String, _ name: String) -> Bool {
    (dotted == name || dotted.hasSuffix(".\(name)")) && dotted != (path + [name]).joined(separator: ".")
  }
}
