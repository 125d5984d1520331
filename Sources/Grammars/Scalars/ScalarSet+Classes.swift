/// What `\d`, `\w` and `\s` mean.
package enum ClassMeaning: Sendable {
  /// ASCII, as ECMAScript has `\d` and `\w`, and Python with its flag `(?a)`.
  case ascii
  /// Unicode's, as Python has them without that flag.
  case unicode
  /// What is in the class by every reading: a text that is made with it is valid for every reader.
  case agreed
}

extension ScalarSet {
  /// A class that a backslash and a letter name: `d`, `w`, `s`, or in capitals all but these; nil for another letter.
  ///
  /// `isInverted` tells that the class stands where all but it is meant, as in `[^\d]`.
  static func named(_ letter: Unicode.Scalar, _ meaning: ClassMeaning, isInverted: Bool = false) -> ScalarSet? {
    let pair: (ascii: ScalarSet, unicode: ScalarSet)
    switch letter {
    case "d", "D": pair = (asciiDigits, digits)
    case "w", "W": pair = (asciiWord, word)
    case "s", "S": pair = (asciiSpace, meaning == .agreed ? space.union(ScalarSet(0xFEFF, 0xFEFF)) : space)
    default: return nil
    }
    let isCapital = letter.value < 0x61
    var wide = meaning == .unicode
    // The complement of the wide class is the narrow one.
    if meaning == .agreed { wide = isCapital != isInverted }
    let set = wide ? pair.unicode : pair.ascii
    return isCapital ? set.complement : set
  }

  static let asciiDigits = ScalarSet(0x30, 0x39)
  static let asciiWord = ScalarSet(0x30, 0x39).union(ScalarSet(0x41, 0x5A)).union(ScalarSet(0x61, 0x7A)).union(
    ScalarSet("_"))
  static let asciiSpace = ScalarSet(0x09, 0x0D).union(ScalarSet(" "))
  static let digits = matching { $0.generalCategory == .decimalNumber }
  static let word = matching { $0.numericType != nil || $0.generalCategory.rawLetter == "L" }.union(ScalarSet("_"))
  /// Python's white space; ECMAScript's has U+FEFF as well.
  static let space = matching { $0.isWhitespace }.union(ScalarSet(0x1C, 0x1F))

  /// Any scalar but line ends: `\n` alone, or all that any reader takes for one.
  static func dot(_ meaning: ClassMeaning) -> ScalarSet {
    ScalarSet(of: meaning == .agreed ? "\n\r\u{2028}\u{2029}" : "\n").complement
  }

  /// A general category of Unicode by its short name, such as `Lu` or `L`; nil for an unknown one.
  static func category(_ name: String) -> ScalarSet? {
    guard shortNames.contains(where: { $0 == name || $0.prefix(1) == name }) else { return nil }
    return matching { name.count == 1 ? $0.generalCategory.rawLetter == name : $0.generalCategory.shortName == name }
  }

  private static let shortNames = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
    "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  private static func matching(_ isIn: (Unicode.Scalar.Properties) -> Bool) -> ScalarSet {
    var runs: [Run] = []
    for run in all.runs {
      for value in run.low...run.high {
        guard let scalar = Unicode.Scalar(value), isIn(scalar.properties) else { continue }
        if let last = runs.last, last.high + 1 == value {
          runs[runs.count - 1].high = value
        } else {
          runs.append(Run(low: value, high: value))
        }
      }
    }
    return ScalarSet(runs)
  }
}

extension Unicode.GeneralCategory {
  fileprivate var rawLetter: String { String(shortName.prefix(1)) }

  fileprivate var shortName: String {
    switch self {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }
}
