/// How rows of a cache come to stand in another order without a second cache: rows that stay are not touched.
package struct RowMoves {
  /// One row copied to another place, or two exchanged.
  package struct Move: Equatable {
    package init(from: Int, to: Int, isExchange: Bool) {
      self.from = from
      self.to = to
      self.isExchange = isExchange
    }

    package let from: Int
    package let to: Int
    package let isExchange: Bool
  }

  /// The moves in their order.
  package let moves: [Move]

  /// Moves after which row i holds what stood in row `rows[i]`.
  ///
  /// A row is copied as soon as nobody needs what it overwrites; where only circles are left, rows are exchanged.
  package init(_ rows: [Int]) {
    var moves: [Move] = []
    var isPending = rows.indices.map { rows[$0] != $0 }
    var uses = [Int](repeating: 0, count: max(rows.count, (rows.max() ?? -1) + 1))
    for row in rows.indices where isPending[row] { uses[rows[row]] += 1 }
    var free = rows.indices.filter { isPending[$0] && uses[$0] == 0 }
    while let row = free.popLast() {
      let from = rows[row]
      moves.append(Move(from: from, to: row, isExchange: false))
      isPending[row] = false
      uses[from] -= 1
      if rows.indices.contains(from), isPending[from], uses[from] == 0 { free.append(from) }
    }
    for start in rows.indices where isPending[start] {
      var row = start
      while rows[row] != start {
        moves.append(Move(from: rows[row], to: row, isExchange: true))
        isPending[row] = false
        row = rows[row]
      }
      isPending[row] = false
    }
    self.moves = moves
  }
}
