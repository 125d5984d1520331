import Foundation

extension AnswerRules {
  /// Behind “####”, with which GSM8K's solutions announce their answers, only the first number there counts.
  static let number = Kind(
    "number", "A number: commas are left out; signs, decimals and GSM8K's “####” are understood.", numbers(.announced))

  /// The numbers of a text, commas left out.
  static func numbers(_ choice: AnswerRule.Choice) -> AnswerRule {
    AnswerRule(choice: choice, request: "the answer (arabic numerals) is", comparable: comparableNumber) { text in
      var part = Substring(text)
      let announced = text.range(of: "####", options: .backwards)
      if let announced { part = text[announced.upperBound...] }
      let scalars = Array(part.unicodeScalars.filter { $0 != "," })
      var found: [String] = []
      var place = 0
      while place < scalars.count {
        let sign = scalars[place] == "-" ? 1 : 0
        var end = place + sign
        while end < scalars.count, isDigit(scalars[end]) { end += 1 }
        guard end > place + sign else {
          place += 1
          continue
        }
        if end < scalars.count, scalars[end] == "." {
          end += 1
          while end < scalars.count, isDigit(scalars[end]) { end += 1 }
        }
        found.append(String(String.UnicodeScalarView(scalars[place..<end])))
        place = end
      }
      return announced == nil ? found : Array(found.prefix(1))
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// A number without commas, currency, needless zeros and needless signs: `$1,050.50` is `1050.5`.
  @Sendable static func comparableNumber(_ text: String) -> String {
    var digits = text.filter { !$0.isWhitespace && !",$%+".contains($0) }
    let isNegative = digits.hasPrefix("-")
    if isNegative { digits.removeFirst() }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      digits.count(where: { $0 == "." }) <= 1, digits != "."
    else { return text.trimmingCharacters(in: .whitespacesAndNewlines) }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts[0].drop { $0 == "0" }
    let fraction = String((parts.count > 1 ? parts[1] : "").reversed().drop { $0 == "0" }.reversed())
    let number = (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + fraction)
    return isNegative && number != "0" ? "-" + number : number
  }
}
