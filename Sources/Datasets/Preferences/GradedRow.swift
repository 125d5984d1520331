/// One answer of a row that has several, as a row of its own, and how good it was found.
struct GradedRow {
  /// The row with this answer where the template looks for it.
  var row: DataRow
  /// How good it is: the more the better.
  var grade: Double
}
