/// A rendered data set in batches, with a position that can be saved and restored.
public struct BatchStream: Sendable {
  /// The data.
  public let dataset: RenderedDataset
  /// The sampler, whose state a checkpoint keeps.
  public var sampler: BatchSampler
  /// The rows from which the sampler draws: one example each, or a pack of several.
  public let packs: [[Int]]
  private let paddingID: Int
  private let multiple: Int

  /// Batches of a data set.
  ///
  /// With packing, a row holds at most `capacity` tokens, all of one task. Widths are rounded up to a multiple of
  /// `multiple`. Where the data set has several tasks, `mix` says how rows of so many parts are mixed.
  /// - Throws: `DataError` where there is nothing to sample, or sources were to be packed.
  public init(
    _ dataset: RenderedDataset, settings: BatchSettings, paddingID: Int, capacity: Int, multiple: Int = 1,
    mix: ((_ parts: [Range<Int>]) -> Mixture)? = nil
  ) throws(DataError) {
    self.dataset = dataset
    self.paddingID = paddingID
    self.multiple = multiple
    let lengths = dataset.lengths
    guard dataset.groups.isEmpty else {
      guard !settings.packing else {
        throw DataError(problem: "answers that are compared have a row each; turn packing off")
      }
      packs = lengths.indices.map { [$0] }
      sampler = try BatchSampler(
        Self.sums(of: dataset.groups, lengths), settings: settings, mixture: mix?(Self.parts(of: dataset)))
      return
    }
    guard settings.packing else {
      packs = lengths.indices.map { [$0] }
      sampler = try BatchSampler(lengths, settings: settings, mixture: mix?(dataset.parts.map(\.examples)))
      return
    }
    guard dataset.shape == .decoderOnly else {
      throw DataError(problem: "packing is for decoder-only models; turn packing off, or group batches by length")
    }
    var packs: [[Int]] = []
    var parts: [Range<Int>] = []
    for part in dataset.parts {
      let first = part.examples.lowerBound
      let own = Packing.packs(lengths[part.examples].map(\.target), capacity: capacity)
      packs += own.map { pack in pack.map { $0 + first } }
      parts.append(packs.count - own.count..<packs.count)
    }
    self.packs = packs
    let sums = packs.map { pack in SequenceLength(target: pack.reduce(0) { $0 + lengths[$1].target }) }
    sampler = try BatchSampler(sums, settings: settings, mixture: mix?(parts))
  }

  /// The next batch.
  public mutating func next() -> SequenceBatch {
    let drawn = sampler.next()
    let rows = rows(drawn)
    var batch = Self.batch(rows, of: dataset, epoch: sampler.state.epoch, paddingID: paddingID, multiple: multiple)
    if dataset.parts.count > 1 { batch.tasks = rows.map { dataset.task(of: $0[0]) } }
    if !dataset.groups.isEmpty { batch.groups = Self.numbers(drawn, of: dataset.groups) }
    return batch
  }

  /// The rows that a sampler has drawn: those of groups one after the other.
  func rows(_ drawn: [Int]) -> [[Int]] {
    dataset.groups.isEmpty ? drawn.map { packs[$0] } : drawn.flatMap { dataset.groups[$0].map { [$0] } }
  }

  /// The number of each row's group.
  private static func numbers(_ drawn: [Int], of groups: [Range<Int>]) -> [Int] {
    drawn.flatMap { number in groups[number].map { _ in number } }
  }

  /// The tokens of each group.
  private static func sums(of groups: [Range<Int>], _ lengths: [SequenceLength]) -> [SequenceLength] {
    groups.map { group in
      SequenceLength(
        source: group.reduce(0) { $0 + lengths[$1].source }, target: group.reduce(0) { $0 + lengths[$1].target })
    }
  }

  /// The groups of each task.
  private static func parts(of dataset: RenderedDataset) -> [Range<Int>] {
    var first = 0
    return dataset.parts.map { part in
      let count = dataset.groups[first...].prefix { $0.lowerBound < part.examples.upperBound }.count
      defer { first += count }
      return first..<first + count
    }
  }

  /// All examples once, the longest first, for evaluation: little padding, and a lack of memory shows at once.
  public static func once(
    _ dataset: RenderedDataset, size: Int, paddingID: Int, multiple: Int = 1
  ) -> [SequenceBatch] {
    let groups = dataset.groups
    let lengths = groups.isEmpty ? dataset.lengths : sums(of: groups, dataset.lengths)
    let order = lengths.indices.sorted {
      (lengths[$1].source, lengths[$1].target, $0) < (lengths[$0].source, lengths[$0].target, $1)
    }
    return stride(from: 0, to: order.count, by: max(1, size)).map { start in
      let drawn = Array(order[start..<min(start + max(1, size), order.count)])
      let rows = groups.isEmpty ? drawn.map { [$0] } : drawn.flatMap { groups[$0].map { [$0] } }
      var made = batch(rows, of: dataset, epoch: 0, paddingID: paddingID, multiple: multiple)
      if !groups.isEmpty { made.groups = numbers(drawn, of: groups) }
      return made
    }
  }

  /// Rows of examples, as a model reads these in an epoch.
  private static func batch(
    _ rows: [[Int]], of dataset: RenderedDataset, epoch: Int, paddingID: Int, multiple: Int
  ) -> SequenceBatch {
    guard dataset.corruption != nil else {
      return SequenceBatch(packs: rows, of: dataset.examples, paddingID: paddingID, multiple: multiple)
    }
    // Texts with hidden tokens are never packed.
    let examples = rows.map { dataset.example($0[0], epoch: epoch) }
    return SequenceBatch(Array(examples.indices), of: examples, paddingID: paddingID, multiple: multiple)
  }
}
