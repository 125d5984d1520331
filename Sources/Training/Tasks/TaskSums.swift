import OrchardDatasets

/// The losses of a step task by task, and the units that they are of.
struct TaskSums {
  private var losses: [Double]
  private var units: [Double]

  /// Sums of so many tasks; of one alone nothing is summed.
  init(tasks count: Int) {
    losses = Array(repeating: 0, count: count > 1 ? count : 0)
    units = losses
  }

  /// Takes a batch's rows into account.
  mutating func add(_ loss: BatchLoss, of batch: SequenceBatch) {
    guard !losses.isEmpty else { return }
    for (task, row) in zip(batch.tasks, zip(loss.rows, loss.rowUnits ?? batch.supervisedCounts)) {
      losses[task] += row.0
      units[task] += Double(row.1)
    }
  }

  /// All numbers in a row, to be added to those of other processes.
  var numbers: [Double] {
    get { losses + units }
    set { (losses, units) = (Array(newValue.prefix(losses.count)), Array(newValue.suffix(units.count))) }
  }

  /// The mean loss of each task that has units in the step.
  func means(_ names: [String]) -> [TaskLoss] {
    zip(names, zip(losses, units)).compactMap { name, sums in
      sums.1 > 0 ? TaskLoss(task: name, loss: sums.0 / sums.1) : nil
    }
  }
}
