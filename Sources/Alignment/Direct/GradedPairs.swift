import OrchardDatasets
import OrchardTensors
import OrchardTraining

/// The pairs of a better and a worse answer among the rows of a batch, group by group.
///
/// All pairs of a group count together as one: no answer counts more because it stands in more pairs (Ouyang and others
/// 2022, section 3.5).
struct GradedPairs {
  /// The rows of the better answers.
  let better: [Int]
  /// The rows of the worse ones.
  let worse: [Int]
  /// What each pair counts: 1 by the number of pairs of its group.
  let shares: [Float]
  /// By how much each pair's better answer is better.
  let margins: [Float]
  /// The first row of each pair's group.
  let firstRows: [Int]

  init(_ batch: SequenceBatch) {
    var (better, worse, firsts): ([Int], [Int], [Int]) = ([], [], [])
    var (shares, margins): ([Float], [Float]) = ([], [])
    for group in batch.groupRows {
      let pairs = group.flatMap { one in
        group.compactMap { other in batch.grades[one] > batch.grades[other] ? (one, other) : nil }
      }
      for (one, other) in pairs {
        better.append(one)
        worse.append(other)
        firsts.append(group.lowerBound)
        shares.append(1 / Float(pairs.count))
        margins.append(Float(batch.grades[one] - batch.grades[other]))
      }
    }
    (self.better, self.worse, self.shares, self.margins, firstRows) = (better, worse, shares, margins, firsts)
  }

  /// The figures `[B]` of a batch's rows as those of its pairs.
  func callAsFunction(_ rows: Tensor) -> AnswerPairs {
    func taken(_ places: [Int]) -> Tensor { rows.indexed(0, by: Tensor(places, on: rows.device)) }
    return AnswerPairs(chosen: taken(better), rejected: taken(worse))
  }

  /// The expected losses of pairs whose grades are probabilities: `losses` are those of the pairs as they are, or of the
  /// opposite (Bai and others, "Constitutional AI", 2022, section 4.1).
  func expected(on device: Device, _ losses: (_ isSwapped: Bool) -> Tensor) -> Tensor {
    // A probability and what it lacks to 1 differ by twice what it has above one half.
    let probabilities = Tensor(margins.map { (1 + $0) / 2 }, on: device)
    return losses(false) * probabilities + losses(true) * (probabilities * -1 + 1)
  }

  /// The losses `[N]` of pairs as those of the rows of a batch: a group's stands at its first row.
  func rows(_ losses: Tensor, count: Int) -> [Double] {
    let values = losses.detached.floats
    var rows = [Double](repeating: 0, count: count)
    for place in values.indices { rows[firstRows[place]] += Double(values[place] * shares[place]) }
    return rows
  }

  /// 1 at the first row of each group, else 0: what the losses of rows are divided by.
  static func units(_ batch: SequenceBatch) -> [Int] {
    var units = [Int](repeating: 0, count: batch.count)
    for group in batch.groupRows { units[group.lowerBound] = 1 }
    return units
  }

  /// A figure of each pair, each counting by its share: sums over groups.
  func sum(_ values: Tensor) -> FigureSum {
    let groups = shares.reduce(0) { $0 + Double($1) }
    return FigureSum(zip(values.detached.floats, shares).reduce(0) { $0 + Double($1.0 * $1.1) }, of: groups)
  }
}
