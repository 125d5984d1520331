import OrchardJSON

/// Between what a JSON number must lie, as automata over its digits.
///
/// Numbers have at most 15 digits before the point and 15 behind it, so that every reader holds them exactly enough;
/// where a bound is given they have no exponent.
struct NumberRange {
  var least: Bound?
  var greatest: Bound?
  var divisors: [Int] = []

  /// A number that others must reach, or exceed.
  struct Bound {
    let value: Double
    let isExcluded: Bool
  }

  static let digits = 15

  var isUnbounded: Bool { least == nil && greatest == nil && divisors.isEmpty }

  mutating func raise(_ bound: Bound) {
    if let least, (least.value, least.isExcluded ? 1 : 0) >= (bound.value, bound.isExcluded ? 1 : 0) { return }
    least = bound
  }

  mutating func lower(_ bound: Bound) {
    if let greatest, (greatest.value, greatest.isExcluded ? 0 : 1) <= (bound.value, bound.isExcluded ? 0 : 1) { return }
    greatest = bound
  }

  func holds(_ value: Double) -> Bool {
    if let least, value < least.value || (least.isExcluded && value == least.value) { return false }
    if let greatest, value > greatest.value || (greatest.isExcluded && value == greatest.value) { return false }
    return divisors.allSatisfy { divisor in
      Int(exactly: value).map { $0 % divisor == 0 } ?? false
    }
  }

  /// Whole numbers in the range, none written with a point.
  func wholes() throws -> ScalarAutomaton {
    let limit = 999_999_999_999_999
    var low = -limit
    var high = limit
    if let least {
      guard let whole = Int(exactly: clamped(least.value.rounded(.up))) else { return try ScalarAutomaton(.choice([])) }
      low = max(low, whole + (least.isExcluded && Double(whole) == least.value ? 1 : 0))
    }
    if let greatest {
      guard let whole = Int(exactly: clamped(greatest.value.rounded(.down))) else {
        return try ScalarAutomaton(.choice([]))
      }
      high = min(high, whole - (greatest.isExcluded && Double(whole) == greatest.value ? 1 : 0))
    }
    guard low <= high else { return try ScalarAutomaton(.choice([])) }
    var ways: [RegexNode] = []
    if high >= 0 { ways.append(DigitRanges.wholes(max(low, 0), high)) }
    if low < 0 { ways.append(.sequence([.text("-"), DigitRanges.wholes(max(1, -high), -low)])) }
    return try divisors.reduce(ScalarAutomaton(.choice(ways))) {
      try $0.intersection(DigitRanges.multiples(of: $1))
    }
  }

  private func clamped(_ value: Double) -> Double { max(-1e16, min(1e16, value)) }

  /// Numbers in the range, with a point or without.
  func numbers() throws -> ScalarAutomaton {
    guard !isUnbounded else { return try ScalarAutomaton(RegexParser.parse(Self.any)) }
    var result = try ScalarAutomaton(.choice([DigitRanges.decimals, .sequence([.text("-"), DigitRanges.decimals])]))
    if let least {
      let size = Decimal(least.value.magnitude)
      let way: RegexNode =
        least.value < 0
        ? .choice([
          DigitRanges.decimals, .sequence([.text("-"), DigitRanges.atMost(size, isExcluded: least.isExcluded)]),
        ])
        : DigitRanges.atLeast(size, isExcluded: least.isExcluded)
      result = try result.intersection(ScalarAutomaton(way))
    }
    if let greatest {
      let size = Decimal(greatest.value.magnitude)
      let way: RegexNode =
        greatest.value < 0
        ? .sequence([.text("-"), DigitRanges.atLeast(size, isExcluded: greatest.isExcluded)])
        : .choice([
          DigitRanges.atMost(size, isExcluded: greatest.isExcluded), .sequence([.text("-"), DigitRanges.decimals]),
        ])
      result = try result.intersection(ScalarAutomaton(way))
    }
    // Minus zero is zero, which the digits alone do not tell.
    return try result.subtracting(ScalarAutomaton(RegexParser.parse("-0(?:\\.0+)?")))
  }

  private static let any = "-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?"
}

/// The digits of a number that is not negative.
struct Decimal {
  /// Without leading zeros; empty for 0.
  var whole: [Int] = []
  /// Behind the point, without trailing zeros.
  var fraction: [Int] = []

  init(_ value: Double) {
    // Swift writes the fewest digits that give the number again: 0.1, 1e-07, 1.5e+16.
    let parts = "\(value)".lowercased().split(separator: "e")
    let mantissa = (parts.first ?? "0").split(separator: ".")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    var digits = mantissa.joined().compactMap(\.wholeNumberValue)
    var point = (mantissa.first?.count ?? 0) + exponent
    if point < 0 {
      digits = Array(repeating: 0, count: -point) + digits
      point = 0
    }
    if point > digits.count { digits += Array(repeating: 0, count: point - digits.count) }
    whole = Array(digits[..<point].drop { $0 == 0 })
    fraction = Array(digits[point...])
    while fraction.last == 0 { fraction.removeLast() }
  }
}
