extension SettingsTree {
  /// Lays `key.path=value` of the command line over the tree.
  ///
  /// The value is read as YAML, so that lists and groups may be given; a part of the path may be
  /// the number of a list's element, counted from 0.
  ///
  /// - Throws: `SettingsError` for an override without `=`, or a path through a list's element that is not there.
  public mutating func override(_ text: String) throws(SettingsError) {
    let place = SettingsPlace(override: text)
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !path.contains("") else {
      throw SettingsError(place: place, problem: "is not an override; write key=value, such as training.steps=100")
    }
    var value = try SettingsTree(yaml: String(parts[1]), place: place)
    if parts[1].allSatisfy(\.isWhitespace) { value = .scalar(Scalar(text: "", isPlain: true, place: place)) }
    try set(path[...], to: value, place: place)
  }

  private mutating func set(_ path: ArraySlice<String>, to value: SettingsTree, place: SettingsPlace)
    throws(SettingsError)
  {
    guard let key = path.first else {
      self = value
      return
    }
    let rest = path.dropFirst()
    switch self {
    case .list(var elements, let own):
      guard let index = Int(key), elements.indices.contains(index) else {
        throw SettingsError(place: place, problem: "there is no element “\(key)” in a list of \(elements.count)")
      }
      try elements[index].set(rest, to: value, place: place)
      self = .list(elements, own)
    case .group(var entries, let shorthand, let own):
      let index = entries.lastIndex { $0.key == key } ?? entries.count
      if index == entries.count {
        entries.append(Entry(key: key, place: place, value: .group([], shorthand: nil, place)))
      }
      entries[index].place = place
      try entries[index].value.set(rest, to: value, place: place)
      self = .group(entries, shorthand: shorthand, own)
    case .scalar(let scalar):
      self = .group([], shorthand: scalar.isNull ? nil : scalar, scalar.place)
      try set(path, to: value, place: place)
    }
  }
}
