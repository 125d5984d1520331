import OrchardLayers
import OrchardTensors

extension DecodingState {
  /// A state that has read nothing yet of answers to `sources`, with each layer's keys and values of these.
  ///
  /// Sources of about the same length behind the same soft prompt are encoded together, so that padding costs little:
  /// `encode` gives each layer's keys and values `[B, H, S, D]` of the batch that it is given the numbers of the rows
  /// of, S with the places of the soft prompt. `prompts` are the rows' soft prompts.
  package convenience init(
    encoding sources: [[Int]], behind prompts: [SoftPrompt?], layers: Int, keeping kept: DType?, on device: Device,
    _ encode: (TokenRows, [Int]) -> [StepProgram.Cache]
  ) {
    let lengths = zip(prompts, sources).map { ($0?.count ?? 0) + $1.count }
    let caches = (0..<layers).map { _ in KeyValueCache(keeping: kept) }
    let groups = Self.groups(of: lengths).flatMap { Self.alike($0, prompts).map(\.rows) }
    if groups.count == 1 {
      for (cache, made) in zip(caches, encode(TokenRows(sources, on: device), Array(sources.indices))) {
        cache.fix(keys: made.keys, values: made.values)
      }
    } else {
      let parts = groups.map { rows in encode(TokenRows(rows.map { sources[$0] }, on: device), rows) }
      for (layer, cache) in caches.enumerated() {
        cache.fix(
          keys: Self.joined(parts.map { $0[layer].keys }, groups, lengths),
          values: Self.joined(parts.map { $0[layer].values }, groups, lengths))
      }
    }
    self.init(rows: sources.count, layers: layers, keeping: kept, sourceCaches: caches, sourceLengths: lengths)
  }

  /// The rows of a group in groups of one soft prompt each.
  static func alike(_ rows: [Int], _ prompts: [SoftPrompt?]) -> [(prompt: SoftPrompt?, rows: [Int])] {
    var groups: [(prompt: SoftPrompt?, rows: [Int])] = []
    for row in rows {
      if let place = groups.firstIndex(where: { $0.prompt === prompts[row] }) {
        groups[place].rows.append(row)
      } else {
        groups.append((prompts[row], [row]))
      }
    }
    return groups
  }

  /// The rows in groups of about one length, the longest first.
  ///
  /// A group holds no text of less than four fifths of its longest, unless the padding that this saves is less than
  /// `worth` tokens: what it costs to read the weights once more.
  static func groups(of lengths: [Int], worth: Int = 0) -> [[Int]] {
    var groups: [[Int]] = []
    var longest = 0
    for row in lengths.indices.sorted(by: { (lengths[$0], $1) > (lengths[$1], $0) }) {
      if groups.isEmpty || lengths[row] * 5 < longest * 4 {
        groups.append([])
        longest = lengths[row]
      }
      groups[groups.count - 1].append(row)
    }
    var merged: [[Int]] = []
    for group in groups {
      if let last = merged.last, (lengths[last[0]] - lengths[group[0]]) * group.count < worth {
        merged[merged.count - 1] += group
      } else {
        merged.append(group)
      }
    }
    return merged
  }

  /// The groups' rows `[B, H, S, D]` in their own order, zeros behind the shorter ones.
  private static func joined(_ parts: [Tensor], _ groups: [[Int]], _ lengths: [Int]) -> Tensor {
    let first = parts[0]
    let whole = Tensor.zeros(
      [lengths.count, first.size(1), lengths.max() ?? 0, first.size(3)], dtype: first.dtype, on: first.device)
    for (part, rows) in zip(parts, groups) {
      for (place, row) in rows.enumerated() where lengths[row] > 0 {
        whole.selected(0, row).sliced(1, 0..<lengths[row]).assign(
          part.selected(0, place).sliced(1, 0..<lengths[row]))
      }
    }
    return whole
  }
}
