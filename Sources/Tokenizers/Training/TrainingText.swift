/// The text that a vocabulary is learned from: distinct segments and how often each stands in it.
///
/// A segment is a word, or that part of one that a piece may lie in.
package struct TrainingText {
  /// The scalars of all segments, one segment after the other, each followed by `end`.
  package private(set) var scalars: [UInt32] = []
  /// Where each segment begins, and behind the last the length of `scalars`.
  private(set) var starts: [Int32] = [0]
  /// How often each segment stands in the text.
  private(set) var counts: [Int] = []

  /// Stands behind every segment; no scalar has this value.
  static let end: UInt32 = .max

  /// The segments with their counts, longer ones cut so that sums over their paths stay finite.
  package init(_ segments: [(scalars: [UInt32], count: Int)]) {
    let longest = 512
    for (segment, count) in segments {
      for start in stride(from: 0, to: segment.count, by: longest) {
        scalars.append(contentsOf: segment[start..<min(start + longest, segment.count)])
        scalars.append(Self.end)
        starts.append(Int32(scalars.count))
        counts.append(count)
      }
    }
  }

  /// The places of one segment's scalars.
  func range(_ segment: Int) -> Range<Int> { Int(starts[segment])..<Int(starts[segment + 1]) - 1 }

  /// A part of the text as a string.
  package func string(at start: Int, count: Int) -> String {
    var view = String.UnicodeScalarView()
    for value in scalars[start..<start + count] { view.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
    return String(view)
  }
}
