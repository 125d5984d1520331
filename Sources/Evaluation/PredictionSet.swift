/// Predictions with the references that each is compared with: what every metric scores.
public struct PredictionSet: Sendable {
  /// The predictions in order.
  public let predictions: [String]
  /// For each prediction its references, one or more.
  public let references: [[String]]

  /// Predictions and, for each, its references.
  ///
  /// - Throws: `EvaluationError` where the numbers differ, there is no prediction, or one has no reference.
  public init(predictions: [String], references: [[String]]) throws {
    if predictions.count != references.count {
      throw EvaluationError.lengthMismatch(predictions.count, references.count)
    }
    if predictions.isEmpty { throw EvaluationError.noSegments }
    if let place = references.firstIndex(where: \.isEmpty) { throw EvaluationError.noReference(segment: place + 1) }
    self.predictions = predictions
    self.references = references
  }

  /// Predictions with one reference each.
  ///
  /// - Throws: `EvaluationError` where the numbers differ or there is no prediction.
  public init(predictions: [String], references: [String]) throws {
    try self.init(predictions: predictions, references: references.map { [$0] })
  }

  /// The number of predictions.
  public var count: Int { predictions.count }

  /// How many references there are for a prediction.
  public var referenceCount: ReferenceCount {
    let counts = Set(references.map(\.count))
    return counts.count == 1 ? .same(references[0].count) : .varying
  }

  /// The rows of numbers that a metric makes of the segments, computed on all cores where there are many segments.
  public func statistics(for metric: any Metric) -> SegmentStatistics {
    let numbers = Parallel.flatMap(count, atLeast: 500) { range in
      var scorer = metric.makeSegmentScorer()
      var numbers: [Double] = []
      for place in range {
        numbers += scorer.row(prediction: predictions[place], references: references[place])
      }
      return numbers
    }
    return SegmentStatistics(numbers: numbers, count: count)
  }
}

/// For each segment the row of numbers that a metric made of it.
public struct SegmentStatistics: Sendable {
  /// The rows one after another.
  public let numbers: [Double]
  /// The number of rows.
  public let count: Int

  /// The numbers in a row.
  public var columns: Int { count > 0 ? numbers.count / count : 0 }

  init(numbers: [Double], count: Int) {
    self.numbers = numbers
    self.count = count
  }

  /// The row of one segment.
  public subscript(segment: Int) -> [Double] { Array(numbers[(segment * columns)..<((segment + 1) * columns)]) }

  /// The sum of all rows.
  public var sum: [Double] {
    var sum = Array(repeating: 0.0, count: columns)
    for segment in 0..<count { add(segment, to: &sum) }
    return sum
  }

  /// The sum of as many rows as there are, drawn at random with replacement.
  func resampledSum(_ random: inout SplitMix64) -> [Double] {
    var sum = Array(repeating: 0.0, count: columns)
    for _ in 0..<count { add(random.below(count), to: &sum) }
    return sum
  }

  @inline(__always)
  private func add(_ segment: Int, to sum: inout [Double]) {
    let start = segment * sum.count
    for column in 0..<sum.count { sum[column] += numbers[start + column] }
  }
}
