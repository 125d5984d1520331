/// Columns of text that line up.
package enum TextTable {
  /// The lines of a table whose first row is its head.
  ///
  /// - Parameters:
  ///   - rows: The cells, row by row.
  ///   - rightAligned: The columns of numbers.
  /// - Returns: The lines, a rule under the head.
  package static func lines(_ rows: [[String]], rightAligned: Set<Int>) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].unicodeScalars.count : 0 }.max() ?? 0
    }
    let lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return rightAligned.contains(column) ? space + cell : cell + space
      }
      return trimmed(cells.joined(separator: "  "))
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return lines.prefix(1) + [rule] + lines.dropFirst()
  }

  private static func trimmed(_ line: String) -> String {
    String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
  }
}
