import Foundation

/// Any regular expression in Oniguruma's syntax, matched by Foundation; the common ones have a scanner of their own.
package struct RegularExpression: Sendable {
  private let expression: NSRegularExpression

  /// Reads an expression.
  ///
  /// - Throws: `TokenizerError` for one that cannot be read, or that ICU would take otherwise.
  package init(_ pattern: String, _ settings: StageSettings) throws {
    do {
      // As in Ruby's syntax, which tokenizer files are written in: anchors match at line breaks, of which there is one.
      expression = try NSRegularExpression(
        pattern: try OnigurumaPattern.translated(pattern), options: [.anchorsMatchLines, .useUnixLineSeparators])
    } catch let refusal as OnigurumaPattern.Refusal {
      throw settings.problem(
        "the regular expression “\(pattern)” cannot be taken over: \(refusal.construct) (\(refusal.reason)).")
    } catch {
      throw settings.problem("the regular expression “\(pattern)” cannot be read.")
    }
  }

  /// Reports the matches and what stands between them, as places of bytes, in order and without gaps.
  package func spans(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ report: (Int, Int, Bool) -> Void) {
    let part = UnsafeBufferPointer(rebasing: bytes[range])
    let text = String(decoding: part, as: UTF8.self)
    // Foundation counts in UTF-16 units: walk both counts side by side.
    var unit = 0
    var place = 0
    func byte(ofUnit target: Int) -> Int {
      while unit < target, place < part.count {
        let width = UTF8Scalars.width(part[place])
        unit += width == 4 ? 2 : 1
        place += width
      }
      return range.lowerBound + place
    }
    var before = range.lowerBound
    let whole = NSRange(location: 0, length: text.utf16.count)
    for match in expression.matches(in: text, range: whole) {
      let start = byte(ofUnit: match.range.location)
      let end = byte(ofUnit: match.range.location + match.range.length)
      if before < start { report(before, start, false) }
      report(start, end, true)
      before = end
    }
    if before < range.upperBound { report(before, range.upperBound, false) }
  }
}
