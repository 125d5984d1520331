/// The longest common subsequence of two sequences of small numbers, 64 columns of the table at a time.
///
/// Row i of the classic table of lengths grows by 0 or 1 from column to column. One bit a column says so
/// (0: grows), and a whole row follows from the one above by an addition (H. Hyyrö, "Bit-parallel LCS-length
/// computation revisited", 2004). The rows are kept, so that one longest subsequence can be read back.
package struct LongestCommonSubsequence {
  private var columns = 0
  private var words = 0
  private var candidate: [UInt32] = []
  /// For each symbol, the columns that hold it.
  private var masks: [UInt64] = []
  /// Row after row, the first row standing for no symbol read.
  private var rows: [UInt64] = []
  /// For each word of `rows`, how many columns before it in its row grow.
  private var before: [Int32] = []

  /// Nothing to compare yet.
  package init() {}

  /// Sets the sequence along the columns; all symbols of both sequences are below `symbols`.
  package mutating func setCandidate(_ sequence: [UInt32], symbols: Int) {
    candidate = sequence
    columns = sequence.count
    words = (columns + 63) / 64
    let size = symbols * words
    if masks.count < size { masks = Array(repeating: 0, count: size) }
    for place in 0..<size { masks[place] = 0 }
    for (place, symbol) in sequence.enumerated() {
      masks[Int(symbol) * words + place / 64] |= 1 << UInt64(place % 64)
    }
  }

  /// The length of the longest subsequence that `reference` shares with the candidate; keeps one row only.
  package mutating func length(_ reference: [UInt32]) -> Int {
    reserveRows(1)
    for symbol in reference { addRow(of: symbol, above: 0, below: 0) }
    return columns == 0 ? 0 : grown(row: 0, columns: columns)
  }

  /// Marks the places of `reference` that make up one longest common subsequence.
  ///
  /// Of several, it is the one found by walking the table from its end, towards the row above on a tie, as
  /// rouge_score does: the union over sentences depends on that choice.
  package mutating func mark(_ reference: [UInt32], in marked: inout [Bool]) {
    fillRows(reference)
    var row = reference.count
    var column = columns
    while row > 0, column > 0 {
      if reference[row - 1] == candidate[column - 1] {
        marked[row - 1] = true
        row -= 1
        column -= 1
      } else if grown(row: row, columns: column - 1) > grown(row: row - 1, columns: column) {
        column -= 1
      } else {
        row -= 1
      }
    }
  }

  private mutating func fillRows(_ reference: [UInt32]) {
    reserveRows(reference.count + 1)
    for (row, symbol) in reference.enumerated() {
      addRow(of: symbol, above: row * words, below: (row + 1) * words)
    }
  }

  /// Makes room for so many rows and sets the first, where nothing grows yet.
  private mutating func reserveRows(_ count: Int) {
    if rows.count < count * words {
      rows = Array(repeating: 0, count: count * words)
      before = Array(repeating: 0, count: count * words)
    }
    for word in 0..<words {
      rows[word] = ~0
      before[word] = 0
    }
  }

  /// Computes the row at `below` from the one at `above`, which may be the same place.
  private mutating func addRow(of symbol: UInt32, above: Int, below: Int) {
    var carry: UInt64 = 0
    var count: Int32 = 0
    for word in 0..<words {
      let row = rows[above + word]
      let mask = masks[Int(symbol) * words + word]
      let (partial, first) = row.addingReportingOverflow(row & mask)
      let (sum, second) = partial.addingReportingOverflow(carry)
      carry = first || second ? 1 : 0
      let next = sum | (row & ~mask)
      rows[below + word] = next
      before[below + word] = count
      count += Int32((~next).nonzeroBitCount)
    }
  }

  /// The table's entry: how many of the first `columns` columns of a row grow.
  @inline(__always)
  private func grown(row: Int, columns: Int) -> Int {
    guard columns > 0 else { return 0 }
    let word = (columns - 1) / 64
    let used = UInt64.max >> UInt64(63 - (columns - 1) % 64)
    return Int(before[row * words + word]) + (~rows[row * words + word] & used).nonzeroBitCount
  }
}
