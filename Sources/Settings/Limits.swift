/// Between what a number must lie.
public struct Limits: Sendable {
  var lower: Double?
  var upper: Double?
  var excludesLower = false
  var excludesUpper = false

  /// Any number.
  public static let none = Limits()

  /// From the range's first to its last number.
  public static func range(_ range: ClosedRange<Double>) -> Limits {
    Limits(lower: range.lowerBound, upper: range.upperBound)
  }

  /// From the range's first number to below its last.
  public static func range(_ range: Range<Double>) -> Limits {
    Limits(lower: range.lowerBound, upper: range.upperBound, excludesUpper: true)
  }

  /// At least the range's first number.
  public static func range(_ range: PartialRangeFrom<Double>) -> Limits { Limits(lower: range.lowerBound) }

  /// At most the range's last number.
  public static func range(_ range: PartialRangeThrough<Double>) -> Limits { Limits(upper: range.upperBound) }

  /// Above `lower`, and at most `upper` where one is given.
  public static func above(_ lower: Double, upTo upper: Double? = nil) -> Limits {
    Limits(lower: lower, upper: upper, excludesLower: true)
  }

  /// Above `lower` and below `upper`.
  public static func between(_ lower: Double, and upper: Double) -> Limits {
    Limits(lower: lower, upper: upper, excludesLower: true, excludesUpper: true)
  }

  func holds(_ value: Double) -> Bool {
    if let lower, excludesLower ? value <= lower : value < lower { return false }
    if let upper, excludesUpper ? value >= upper : value > upper { return false }
    return true
  }

  /// ` of at least 0`, ` above 0 and at most 1`: what follows "a number"; empty without limits.
  var said: String {
    func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
    switch (lower, upper) {
    case (nil, nil): return ""
    case (let lower?, nil): return excludesLower ? " above \(text(lower))" : " of at least \(text(lower))"
    case (nil, let upper?): return excludesUpper ? " below \(text(upper))" : " of at most \(text(upper))"
    case (let lower?, let upper?):
      if !excludesLower && !excludesUpper { return " from \(text(lower)) to \(text(upper))" }
      return (excludesLower ? " above " : " of at least ") + text(lower)
        + (excludesUpper ? " and below " : " and at most ") + text(upper)
    }
  }
}
