import OrchardDatasets
import OrchardLayers
import OrchardModels
import OrchardTensors

/// What the forward and backward pass of a batch take, foretold for any number of rows.
///
/// The passes are done for a few rows, and every block that comes or goes is written down. Whatever the architecture,
/// the same blocks come in the same order for more rows, and each grows evenly with them: so the level at each moment is
/// a straight line over the rows, and the greatest of the lines is the peak.
struct StepMemory {
  private let few: (rows: Int, levels: [Int])
  private let more: (rows: Int, levels: [Int])
  /// Where the forward pass ends, as a number of blocks.
  private let forward: Int

  /// What libtorch's matrix products keep for each further shape of batch: they are compiled for every size that comes.
  let bytesOfShape: Int

  /// The most that the passes take at one time for a batch of `rows` rows, gradients included, in bytes.
  func peak(rows: Int) -> Int { max(0, line(rows, in: 0..<few.levels.count)) }

  /// What is kept between the two passes for a batch of `rows` rows, in bytes.
  func activations(rows: Int) -> Int { max(0, level(rows, at: max(0, forward - 1))) }

  private func line(_ rows: Int, in range: Range<Int>) -> Int { range.map { level(rows, at: $0) }.max() ?? 0 }

  private func level(_ rows: Int, at place: Int) -> Int {
    guard few.levels.indices.contains(place) else { return 0 }
    let slope = Double(more.levels[place] - few.levels[place]) / Double(more.rows - few.rows)
    return few.levels[place] + Int(slope * Double(rows - few.rows))
  }

  /// Measures a model on batches of the widths of `shape`.
  ///
  /// Weights and random numbers are left as they were, and those that are `trained`, the model's own unless others are
  /// given, without gradients.
  init(
    _ model: any TrainableModel, _ objective: any Objective, _ shape: BatchShape, like data: RenderedDataset,
    trained: [Parameter]? = nil
  ) {
    let trained = trained ?? model.parameters
    // Two rows and three: a row that is shorter than the others brings the masks that real batches have.
    func measured(_ shape: BatchShape, _ rows: Int) -> (levels: [Int], forward: Int) {
      let batch = Self.batch(shape, rows: rows, like: data)
      let random = Engine.randomState
      var forward = 0
      let levels = MemoryMeter.levels {
        let loss = objective.loss(batch, weight: 1 / Double(objective.units(batch)), training: true).sum
        forward = MemoryMeter.count
        loss.backward()
      }
      for parameter in trained { parameter.tensor.setGradient(nil) }
      Engine.randomState = random
      return (levels, forward)
    }
    // What a first pass sets up for good is no part of a step.
    _ = measured(shape, 2)
    let (two, three) = (measured(shape, 2), measured(shape, 3))
    // Where the order of blocks differs, which happens where work is shared out between threads, the shorter one
    // counts: its end, where all gradients are held, lies in both.
    // Where freed memory is given back, as it is while work is done again, its first passes bring other growth with them.
    let settled = model.recomputesActivations ? Self.growth(shape, less: 28) { _ = measured($0, 2) } : .max
    bytesOfShape = min(settled, Self.growth(shape) { _ = measured($0, 2) })
    let count = min(two.levels.count, three.levels.count)
    few = (2, Array(two.levels.prefix(count)))
    more = (3, Array(three.levels.prefix(count)))
    forward = min(two.forward, count)
  }

  /// How much this process grows by a pass over a shape of batch that has not come before, in bytes.
  ///
  /// The shapes are that of the widest batch, `least` tokens shorter and further down.
  private static func growth(_ shape: BatchShape, less least: Int = 4, pass: (BatchShape) -> Void) -> Int {
    let widths = (0..<6).map { least + 4 * $0 }
    let before = Memory.residentBytes
    for less in widths {
      var smaller = shape
      if shape.source > 0 { smaller.source = max(4, shape.source - less) }
      smaller.target = max(4, shape.target - less / 2)
      pass(smaller)
    }
    guard let before, let after = Memory.residentBytes else { return 0 }
    return max(0, after - before) / widths.count
  }

  private static func batch(_ shape: BatchShape, rows: Int, like data: RenderedDataset) -> SequenceBatch {
    let longest = data.examples.max { $0.count < $1.count }
    func tokens(_ list: [Int32]?, _ count: Int) -> [Int32] {
      guard let list, !list.isEmpty, count > 0 else { return [] }
      return (0..<count).map { list[$0 % list.count] }
    }
    let made = (0..<rows).map { row in
      let shorter = row == rows - 1 ? 1 : 0
      let source = tokens(longest?.source, shape.source > 1 ? shape.source - shorter : shape.source)
      let target = tokens(longest?.target, max(2, shape.target - shorter))
      // The share of the tokens that are learned is that of the data.
      let learned = Double(longest?.supervised.count ?? 1) / Double(max(1, longest?.target.count ?? 1))
      let first = max(source.isEmpty ? 1 : 0, target.count - max(1, Int(learned * Double(target.count))))
      return RenderedExample(
        row: row, source: source, target: target, supervised: first..<target.count, endIsSupervised: false,
        grade: data.groups.isEmpty ? longest?.grade ?? 0 : -Double(row))
    }
    var batch = SequenceBatch(Array(made.indices), of: made, paddingID: Int(longest?.target.first ?? 0))
    // Where answers are compared, these are: they are of one prompt.
    if !data.groups.isEmpty { batch.groups = made.map { _ in 0 } }
    return batch
  }
}
