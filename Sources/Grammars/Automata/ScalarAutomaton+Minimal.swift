extension ScalarAutomaton {
  /// The automaton with the fewest states, and the fewest classes, that accepts the same texts.
  ///
  /// After J. Hopcroft, "An n log n algorithm for minimizing states in a finite automaton" (1971).
  package func minimal() -> ScalarAutomaton {
    let trimmed = trimmed()
    return trimmed.joined(trimmed.blocks()).withFewestClasses()
  }

  /// Without states that are not reached, or from which no text can be finished.
  private func trimmed() -> ScalarAutomaton {
    let width = classes.count
    var sources: [[Int32]] = Array(repeating: [], count: stateCount)
    for state in 0..<stateCount {
      for number in 0..<width where move(state, number) >= 0 { sources[move(state, number)].append(Int32(state)) }
    }
    var isLive = isAccepting
    var waiting = isLive.indices.filter { isLive[$0] }
    while let state = waiting.popLast() {
      for source in sources[state] where !isLive[Int(source)] {
        isLive[Int(source)] = true
        waiting.append(Int(source))
      }
    }
    var numbers = Array(repeating: Int32(-1), count: stateCount)
    numbers[0] = 0
    var order = [0]
    var place = 0
    while place < order.count {
      for number in 0..<width {
        let target = move(order[place], number)
        if target >= 0, isLive[target], numbers[target] < 0 {
          numbers[target] = Int32(order.count)
          order.append(target)
        }
      }
      place += 1
    }
    return renumbered(order, numbers) { target in isLive[target] }
  }

  private func renumbered(_ order: [Int], _ numbers: [Int32], _ isKept: (Int) -> Bool) -> ScalarAutomaton {
    var moves: [Int32] = []
    moves.reserveCapacity(order.count * classes.count)
    for state in order {
      for number in 0..<classes.count {
        let target = move(state, number)
        moves.append(target >= 0 && isKept(target) ? numbers[target] : -1)
      }
    }
    return ScalarAutomaton(classes: classes, moves: moves, isAccepting: order.map { isAccepting[$0] })
  }

  /// The block of each state, where states of one block accept the same texts.
  ///
  /// The last state is the one of no way out.
  private func blocks() -> [Int32] {
    let count = stateCount + 1
    let sink = stateCount
    let width = classes.count
    func target(_ state: Int, _ number: Int) -> Int {
      guard state < sink else { return sink }
      let target = move(state, number)
      return target < 0 ? sink : target
    }
    // For each class the sources of each state, behind each other.
    var starts = Array(repeating: Int32(0), count: width * (count + 1))
    var sources = Array(repeating: Int32(0), count: width * count)
    for number in 0..<width {
      let base = number * (count + 1)
      for state in 0..<count { starts[base + target(state, number) + 1] += 1 }
      for state in 0..<count { starts[base + state + 1] += starts[base + state] }
      var fill = Array(starts[base..<base + count])
      for state in 0..<count {
        let to = target(state, number)
        sources[number * count + Int(fill[to])] = Int32(state)
        fill[to] += 1
      }
    }
    var partition = Partition(count: count) { $0 < sink && isAccepting[$0] }
    var waiting: [(block: Int, number: Int)] = []
    var isWaiting: Set<Int> = []
    func wait(_ block: Int) {
      for number in 0..<width where isWaiting.insert(block * width + number).inserted {
        waiting.append((block, number))
      }
    }
    for block in 0..<partition.blockCount { wait(block) }
    while let (block, number) = waiting.popLast() {
      isWaiting.remove(block * width + number)
      let base = number * (count + 1)
      var touched: [Int] = []
      for state in partition.members(block) {
        for place in starts[base + Int(state)]..<starts[base + Int(state) + 1] {
          if let first = partition.mark(Int(sources[number * count + Int(place)])) { touched.append(first) }
        }
      }
      for old in touched {
        guard let new = partition.split(old) else { continue }
        for number in 0..<width {
          let smaller = partition.size(new) <= partition.size(old) ? new : old
          let chosen = isWaiting.contains(old * width + number) ? new : smaller
          if isWaiting.insert(chosen * width + number).inserted { waiting.append((chosen, number)) }
        }
      }
    }
    return (0..<count).map { Int32(partition.block(of: $0)) }
  }

  /// One state for each block.
  private func joined(_ blocks: [Int32]) -> ScalarAutomaton {
    let sink = blocks[stateCount]
    var numbers: [Int32: Int32] = [blocks[0]: 0]
    var order = [0]
    for state in 1..<max(1, stateCount) where blocks[state] != sink && numbers[blocks[state]] == nil {
      numbers[blocks[state]] = Int32(order.count)
      order.append(state)
    }
    let all = (0..<stateCount).map { numbers[blocks[$0]] ?? -1 }
    return renumbered(order, all) { all[$0] >= 0 }
  }

  /// Joins classes that no state tells apart.
  private func withFewestClasses() -> ScalarAutomaton {
    let width = classes.count
    var groups: [[Int32]: Int] = [:]
    var joined: [[ScalarSet.Run]] = []
    var columns: [[Int32]] = []
    for number in 0..<width {
      let column = (0..<stateCount).map { moves[$0 * width + number] }
      if let group = groups[column] {
        joined[group] += classes[number].runs
      } else {
        groups[column] = joined.count
        joined.append(classes[number].runs)
        columns.append(column)
      }
    }
    let fewer = (0..<stateCount).flatMap { state in columns.map { $0[state] } }
    return ScalarAutomaton(classes: joined.map { ScalarSet($0) }, moves: fewer, isAccepting: isAccepting)
  }
}

/// States in blocks, each block a run of one array; the marked states of a block stand first.
private struct Partition {
  private var order: [Int32]
  private var places: [Int32]
  private var blocks: [Int32]
  private var bounds: [(first: Int, end: Int, marked: Int)] = []

  init(count: Int, _ isFirst: (Int) -> Bool) {
    let first = (0..<count).filter(isFirst)
    let other = (0..<count).filter { !isFirst($0) }
    order = (first + other).map { Int32($0) }
    places = Array(repeating: 0, count: count)
    blocks = Array(repeating: 0, count: count)
    if !first.isEmpty { bounds.append((0, first.count, 0)) }
    if !other.isEmpty { bounds.append((first.count, count, 0)) }
    for (block, bound) in bounds.enumerated() {
      for place in bound.first..<bound.end {
        places[Int(order[place])] = Int32(place)
        blocks[Int(order[place])] = Int32(block)
      }
    }
  }

  var blockCount: Int { bounds.count }
  func block(of state: Int) -> Int { Int(blocks[state]) }
  func size(_ block: Int) -> Int { bounds[block].end - bounds[block].first }
  func members(_ block: Int) -> [Int32] { Array(order[bounds[block].first..<bounds[block].end]) }

  /// Marks a state; returns its block if it is the first marked there.
  mutating func mark(_ state: Int) -> Int? {
    let block = Int(blocks[state])
    let place = Int(places[state])
    let target = bounds[block].first + bounds[block].marked
    guard place >= target else { return nil }
    let other = order[target]
    order[target] = Int32(state)
    order[place] = other
    places[state] = Int32(target)
    places[Int(other)] = Int32(place)
    bounds[block].marked += 1
    return bounds[block].marked == 1 ? block : nil
  }

  /// Makes a block of its own of the marked states; nil where all or none were.
  mutating func split(_ block: Int) -> Int? {
    let bound = bounds[block]
    bounds[block].marked = 0
    guard bound.marked > 0, bound.first + bound.marked < bound.end else { return nil }
    bounds[block].first = bound.first + bound.marked
    bounds.append((bound.first, bound.first + bound.marked, 0))
    for place in bound.first..<bound.first + bound.marked { blocks[Int(order[place])] = Int32(bounds.count - 1) }
    return bounds.count - 1
  }
}
