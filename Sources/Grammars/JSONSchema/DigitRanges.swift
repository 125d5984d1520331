/// Ranges of numbers as expressions over their digits.
enum DigitRanges {
  private static func digit(_ low: Int, _ high: Int) -> RegexNode {
    .set(low <= high ? ScalarSet(UInt32(0x30 + low), UInt32(0x30 + high)) : ScalarSet())
  }

  private static func digits(_ least: Int, _ most: Int?) -> RegexNode {
    .repeated(digit(0, 9), least: least, most: most)
  }

  private static let point = RegexNode.text(".")

  /// Any number that is not negative, without an exponent.
  static let decimals: RegexNode = .sequence([whole, optionalFraction])

  private static let whole: RegexNode = .choice([
    .text("0"), .sequence([digit(1, 9), digits(0, NumberRange.digits - 1)]),
  ])
  private static let optionalFraction: RegexNode = .repeated(
    .sequence([point, digits(1, NumberRange.digits)]), least: 0, most: 1)

  /// Whole numbers from `low`, at least 0, to `high`.
  static func wholes(_ low: Int, _ high: Int) -> RegexNode {
    guard low <= high else { return .choice([]) }
    var ways: [RegexNode] = []
    // Numbers of one length at a time: 7...123 is 7...9, 10...99, 100...123.
    var first = low
    var end = 10
    while end <= first { end *= 10 }
    while first <= high {
      let last = min(high, end - 1)
      ways.append(between(text(first)[...], text(last)[...]))
      first = end
      end *= 10
    }
    return .choice(ways)
  }

  private static func text(_ number: Int) -> [Int] { String(number).compactMap(\.wholeNumberValue) }

  /// Digits from `low` to `high`, both of one length.
  private static func between(_ low: ArraySlice<Int>, _ high: ArraySlice<Int>) -> RegexNode {
    guard let a = low.first, let b = high.first else { return .sequence([]) }
    if low.allSatisfy({ $0 == 0 }), high.allSatisfy({ $0 == 9 }) { return digits(low.count, low.count) }
    let (lower, upper) = (low.dropFirst(), high.dropFirst())
    if a == b { return .sequence([digit(a, a), between(lower, upper)]) }
    let nines = ArraySlice(repeatElement(9, count: lower.count))
    let zeros = ArraySlice(repeatElement(0, count: lower.count))
    var ways: [RegexNode] = [
      .sequence([digit(a, a), between(lower, nines)]), .sequence([digit(b, b), between(zeros, upper)]),
    ]
    if a + 1 < b { ways.append(.sequence([digit(a + 1, b - 1), digits(lower.count, lower.count)])) }
    return .choice(ways)
  }

  /// Numbers of at least `bound`, or above it.
  static func atLeast(_ bound: Decimal, isExcluded: Bool) -> RegexNode {
    let fraction = fractionAtLeast(bound.fraction[...], isExcluded: isExcluded)
    return .choice([wholeBeyond(bound.whole, isGreater: true), .sequence([exact(bound.whole), fraction])])
  }

  /// Numbers of at most `bound`, or below it.
  static func atMost(_ bound: Decimal, isExcluded: Bool) -> RegexNode {
    let fraction = fractionAtMost(bound.fraction[...], isExcluded: isExcluded)
    return .choice([wholeBeyond(bound.whole, isGreater: false), .sequence([exact(bound.whole), fraction])])
  }

  private static func exact(_ whole: [Int]) -> RegexNode {
    whole.isEmpty ? .text("0") : .sequence(whole.map { digit($0, $0) })
  }

  /// Numbers whose part before the point is greater, or less, than `bound`.
  private static func wholeBeyond(_ bound: [Int], isGreater: Bool) -> RegexNode {
    let limit = NumberRange.digits
    if bound.count > limit { return isGreater ? .choice([]) : decimals }
    let value = bound.reduce(0) { $0 * 10 + $1 }
    let most = Array(repeating: 9, count: limit).reduce(0) { $0 * 10 + $1 }
    let range = isGreater ? wholes(value + 1, most) : wholes(0, value - 1)
    return .sequence([range, optionalFraction])
  }

  /// What stands behind an equal whole part: nothing, or a point and digits, of at least `bound`.
  private static func fractionAtLeast(_ bound: ArraySlice<Int>, isExcluded: Bool) -> RegexNode {
    func rest(_ bound: ArraySlice<Int>) -> RegexNode {
      guard let first = bound.first else {
        // What follows only adds to it; to exceed it, some digit must not be 0.
        return isExcluded
          ? .sequence([.repeated(digit(0, 0), least: 0, most: nil), digit(1, 9), digits(0, nil)]) : digits(0, nil)
      }
      return .choice([
        .sequence([digit(first + 1, 9), digits(0, nil)]), .sequence([digit(first, first), rest(bound.dropFirst())]),
      ])
    }
    let behind = RegexNode.sequence([point, rest(bound)])
    return bound.isEmpty && !isExcluded ? .repeated(behind, least: 0, most: 1) : behind
  }

  /// What stands behind an equal whole part: nothing, or a point and digits, of at most `bound`.
  private static func fractionAtMost(_ bound: ArraySlice<Int>, isExcluded: Bool) -> RegexNode {
    func rest(_ bound: ArraySlice<Int>) -> RegexNode {
      guard let first = bound.first else {
        return isExcluded ? .choice([]) : .repeated(digit(0, 0), least: 0, most: nil)
      }
      // A text that ends here is less: the bound's last digit is not 0.
      return .choice([
        .sequence([]), .sequence([digit(0, first - 1), digits(0, nil)]),
        .sequence([digit(first, first), rest(bound.dropFirst())]),
      ])
    }
    let behind = RegexNode.sequence([point, rest(bound)])
    return bound.isEmpty && isExcluded ? .choice([]) : .repeated(behind, least: 0, most: 1)
  }

  /// Whole numbers, with a minus sign or without, that a number divides.
  static func multiples(of divisor: Int) throws -> ScalarAutomaton {
    guard divisor < ScalarAutomaton.mostStates else {
      throw GrammarError("multipleOf is \(divisor), where at most \(ScalarAutomaton.mostStates - 1) can be followed")
    }
    // State 0 is the start, 1 stands behind the sign, 2 + r behind digits with the remainder r.
    let classes = [ScalarSet("-")] + (0...9).map { ScalarSet(UInt32(0x30 + $0), UInt32(0x30 + $0)) }
    let other = classes.reduce(ScalarSet()) { $0.union($1) }.complement
    var moves: [Int32] = []
    for state in 0..<divisor + 2 {
      moves.append(state == 0 ? 1 : -1)
      for digit in 0...9 { moves.append(Int32(2 + (max(0, state - 2) * 10 + digit) % divisor)) }
      moves.append(-1)
    }
    let isAccepting = (0..<divisor + 2).map { $0 == 2 }
    return ScalarAutomaton(classes: classes + [other], moves: moves, isAccepting: isAccepting).minimal()
  }
}
