import OrchardDatasets
import OrchardLayers
import OrchardTensors

/// What several processes share of one step: the rows of its batches, the sum of gradients, and the optimiser's work.
///
/// Every process draws the same batches and computes with every N-th of their rows; gradients, each already divided by
/// the whole step's units, are added up. So N processes learn what one does. (Data parallel; optimiser states are
/// shared out as in Rajbhandari and others, "ZeRO", 2020, stage 1.)
package final class SharedStep {
  let group: ProcessGroup
  private let reduction: GradientReduction
  /// The weights; one that another process changes has no master here.
  let weights: [OptimizedParameter]
  /// Whose work each weight is.
  private let owners: [Int]
  private let seed: UInt64

  init(_ group: ProcessGroup, _ weights: [OptimizedParameter], seed: Int, isSharded: Bool) throws {
    self.group = group
    self.seed = UInt64(truncatingIfNeeded: seed)
    let owners = isSharded ? Self.owners(weights.map(\.parameter.count), group.size) : []
    self.owners = owners
    self.weights = weights.enumerated().map { index, weight in
      if owners.isEmpty || owners[index] == group.rank { return weight }
      return OptimizedParameter(
        name: weight.name, parameter: weight.parameter, restsAtFirst: weight.restsAtFirst, rate: weight.rate)
    }
    reduction = try GradientReduction(weights.map(\.parameter.tensor), over: group)
    // Whatever each has read, they begin with the same.
    for weight in weights {
      try group.broadcast(weight.parameter.tensor.detached)
      if let master = weight.master { try group.broadcast(master) }
    }
  }

  /// Each weight to whoever has least so far, the largest first.
  package static func owners(_ sizes: [Int], _ count: Int) -> [Int] {
    var loads = Array(repeating: 0, count: count)
    var owners = Array(repeating: 0, count: sizes.count)
    for index in sizes.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
      let least = loads.indices.reduce(0) { loads[$1] < loads[$0] ? $1 : $0 }
      owners[index] = least
      loads[least] += sizes[index]
    }
    return owners
  }

  /// The weights that this process' optimiser changes.
  var own: [OptimizedParameter] {
    owners.isEmpty ? weights : zip(weights, owners).filter { $0.1 == group.rank }.map(\.0)
  }

  /// Random numbers of this process and step: dropout differs between processes, and a resumed run repeats it.
  func seed(step: Int) {
    Engine.seed(seed &* 0x9E37_79B9 &+ UInt64(step) &* UInt64(group.size) &+ UInt64(group.rank) &+ 1)
  }

  /// The rows of a batch that are this process's; those that belong together stay so.
  func rows(of batch: SequenceBatch) -> [Int] {
    let groups = batch.groupRows
    return stride(from: group.rank, to: groups.count, by: group.size).flatMap { Array(groups[$0]) }
  }

  /// The backward pass that comes is the step's last: gradients may set off.
  func arm() { reduction.arm() }

  /// Waits until the gradients are the sums over all processes.
  func finish() throws { try reduction.finish() }

  /// Gives every process the weights that the others have changed.
  func share() throws {
    guard !owners.isEmpty else { return }
    try withoutGradients {
      for owner in 0..<group.size {
        let mine = zip(weights, owners).filter { $0.1 == owner }.map(\.0)
        guard !mine.isEmpty else { continue }
        let tensors = mine.map(\.parameter.tensor.detached)
        let flat = Tensor.concatenated(tensors.map { $0.reshaped([-1]) }, along: 0)
        try group.broadcast(flat, from: owner)
        guard owner != group.rank else { continue }
        var place = 0
        for tensor in tensors {
          tensor.assign(flat.sliced(0, place..<place + tensor.count).reshaped(tensor.shape))
          place += tensor.count
        }
      }
    }
  }

  /// All of the optimiser's state in process 0, for a checkpoint; nothing elsewhere.
  func gathered(_ own: [(name: String, tensor: Tensor)]) throws -> [(name: String, tensor: Tensor)] {
    guard !owners.isEmpty else { return own }
    var all: [(name: String, tensor: Tensor)] = []
    for owner in 0..<group.size {
      let told = own.map { "\($0.name) \($0.tensor.shape.map(String.init).joined(separator: ","))" }
      let list = try group.broadcast(told.joined(separator: "\n"), from: owner)
      for (place, line) in list.split(separator: "\n").enumerated() {
        let parts = line.split(separator: " ")
        let shape = parts.count > 1 ? parts[1].split(separator: ",").compactMap { Int($0) } : []
        let tensor = owner == group.rank ? own[place].tensor : Tensor.zeros(shape)
        try group.broadcast(tensor, from: owner)
        if group.isFirst { all.append((String(parts[0]), tensor)) }
      }
    }
    return all
  }
}
