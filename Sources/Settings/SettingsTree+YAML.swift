import Yams

extension SettingsTree {
  /// The tree of a YAML text; JSON is read as YAML too.
  ///
  /// - Throws: `SettingsError` with line and column in plain words, also for a key that stands twice.
  public init(yaml text: String, place: SettingsPlace = SettingsPlace()) throws(SettingsError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw YAMLProblem(error, in: text).error(file: place)
    } catch {
      throw SettingsError(place: place, problem: "is not YAML: \(error)")
    }
    guard let root else {
      self = .group([], shorthand: nil, place)
      return
    }
    var reading = YAMLReading(place: place)
    self = try reading.tree(root)
  }
}

/// Turns Yams' nodes into a tree, counting them: aliases may multiply a small file without bound.
private struct YAMLReading {
  let place: SettingsPlace
  var count = 0
  static let most = 200_000

  func place(_ mark: Mark?) -> SettingsPlace {
    var place = place
    if place.override == nil { place.line = mark?.line }
    return place
  }

  mutating func tree(_ node: Node) throws(SettingsError) -> SettingsTree {
    count += 1
    if count > Self.most {
      throw SettingsError(
        place: place(node.mark), problem: "more than \(Self.most) values; a recipe is not a data file")
    }
    switch node {
    case .scalar(let scalar): return .scalar(read(scalar))
    case .sequence(let sequence):
      var elements: [SettingsTree] = []
      for element in sequence { elements.append(try tree(element)) }
      return .list(elements, place(sequence.mark))
    case .mapping(let mapping):
      var entries: [SettingsTree.Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw SettingsError(place: place(key.mark), problem: "a key must be a single word, not a list or a group")
        }
        entries.append(SettingsTree.Entry(key: name.string, place: place(name.mark), value: try tree(value)))
      }
      return .group(entries, shorthand: nil, place(mapping.mark))
    case .alias:
      throw SettingsError(place: place(node.mark), problem: "an alias that refers to nothing")
    }
  }

  func read(_ scalar: Node.Scalar) -> SettingsTree.Scalar {
    let isPlain = scalar.style == .plain || scalar.style == .any
    return SettingsTree.Scalar(text: scalar.string, isPlain: isPlain, place: place(scalar.mark))
  }
}
