import OrchardSettings

extension AnswerRules {
  /// Letters in brackets go before letters that stand alone, and these before letters within words.
  static let choice = Kind(
    "choice", "A choice's letter, as (B) or B; choice:A-D for other letters than A to E."
  ) { argument throws(SettingsError) in
    let letters = try Letters(argument, rule: "choice")
    return AnswerRule(request: letters.request, comparable: comparableChoice) { text in
      let found = letters.places(in: text)
      for nearest in [Letters.Standing.bracketed, .alone] where found.contains(where: { $0.standing == nearest }) {
        return found.filter { $0.standing == nearest }.map(\.letter)
      }
      return found.map(\.letter)
    }
  }

  @Sendable static func comparableChoice(_ text: String) -> String { text.filter { !"(). ".contains($0) }.uppercased() }

  /// The letters that choices have.
  struct Letters {
    /// How a letter stands in a text.
    enum Standing { case bracketed, alone, within }

    private let first: Unicode.Scalar
    private let last: Unicode.Scalar

    /// Letters from a range such as `A-D`; A to E where none is given.
    init(_ range: String?, rule: String) throws(SettingsError) {
      let scalars = Array((range ?? "A-E").unicodeScalars)
      guard scalars.count == 3, scalars[1] == "-", scalars[0] < scalars[2], ("A"..."Z").contains(scalars[0]),
        ("A"..."Z").contains(scalars[2])
      else {
        throw SettingsError(
          problem:
            "the answer rule “\(rule)” takes a range of capital letters such as \(rule):A-D, not “\(range ?? "")”")
      }
      (first, last) = (scalars[0], scalars[2])
    }

    /// What asks for one of them.
    var request: String { "among \(first) through \(last), the answer is" }

    /// Every such letter of a text.
    func places(in text: String) -> [(letter: String, standing: Standing)] {
      let scalars = Array(text.unicodeScalars)
      return scalars.indices.compactMap { place in
        guard (first...last).contains(scalars[place]) else { return nil }
        let before = place > 0 ? scalars[place - 1] : " "
        let after = place + 1 < scalars.count ? scalars[place + 1] : " "
        let isWithin = [before, after].contains { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "'" }
        let standing: Standing = before == "(" && after == ")" ? .bracketed : isWithin ? .within : .alone
        return (String(scalars[place]), standing)
      }
    }
  }
}
