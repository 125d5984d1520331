import OrchardEvaluation

/// Texts for comparisons with the reference packages: the generator of `Goldens/evaluation_goldens.py`, word for word.
///
/// They are no sentences; they hold what tokenizers and stemmers trip over.
enum WordSalad {
  /// A prediction and its references.
  struct Segment {
    let prediction: String
    let references: [String]
  }

  /// The 2,000 segments that the expected scores belong to.
  static let segments: [Segment] = {
    var random = SplitMix64(seed: 20_260_101)
    return (0..<2000).map { _ in segment(&random) }
  }()

  /// The 4,000 words that the expected stems belong to.
  static let words: [String] = {
    var random = SplitMix64(seed: 7)
    return (0..<4000).map { _ in word(&random) }
  }()

  private static func segment(_ random: inout SplitMix64) -> Segment {
    var length = 0
    if random.below(40) != 0 { length = random.below(20) == 0 ? random.below(200) : random.below(40) }
    let pieces = (0..<length).map { _ in piece(&random) }
    var references = [join(pieces, &random)]
    for _ in 0..<2 { references.append(join(vary(pieces, &random), &random)) }
    return Segment(prediction: join(vary(pieces, &random), &random), references: references)
  }

  private static func word(_ random: inout SplitMix64) -> String {
    let stem = stems[random.below(stems.count)]
    return stem + suffixes[random.below(suffixes.count)]
  }

  private static func piece(_ random: inout SplitMix64) -> String {
    let kind = random.below(10)
    if kind < 4 { return stems[random.below(stems.count)] }
    if kind < 7 { return word(&random) }
    return pieces[random.below(pieces.count)]
  }

  private static func join(_ pieces: [String], _ random: inout SplitMix64) -> String {
    pieces.reduce(into: "") { $0 += $1 + separators[random.below(separators.count)] }
  }

  private static func vary(_ pieces: [String], _ random: inout SplitMix64) -> [String] {
    var result: [String] = []
    for part in pieces {
      switch random.below(10) {
      case 0..<6: result.append(part)
      case 6: result += [piece(&random), part]
      case 7: result.append(piece(&random))
      default: break
      }
    }
    return result
  }
}

extension WordSalad {
  private static let stems = """
    a the an of in walk relat hop hopp run runn fall hiss fizz file fail conflat troubl siz agre fe plaster bl \
    motor sing happ sk enjo sa cr fl condition ration valenc hesitanc digit conform radic different vile analog \
    vietnam predic oper feud decis hope call formal sensit sensib triplic form electr good reviv allow infer \
    airlin gyroscop adjust defens irrit replac depend adopt homolog commun activ angular effect bowdler prob \
    rat ceas contr rol geo theo archaeo dy ly ty new inn out cann how proc exc succ y yy tray bay say spy die \
    dies spies x1 2b 42 1984 zz
    """.split(separator: " ").map(String.init)

  private static let suffixes = """
    | s es ed ing ies ied y ly ally ational tional enci anci izer bli abli alli entli eli ousli ization ation \
    ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al \
    ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize e ll eed ings sses ss
    """.split(separator: " ").map { $0 == "|" ? "" : String($0) }

  private static let pieces = [
    ".", ",", "...", ",,", "!", "?", "-", "--", "'", "\"", "(", ")", "(hi)", "'s", "don't", "U.S.A.", "3.14",
    "1,234.56", "2-3", "-5", "a.b", "a,b", "5.", ".5", "5,", ",5", "x-\ny", "-\n", "\n", "\n\n", "\t", "\r",
    "\u{1C}", "\u{85}", "\u{A0}", "\u{2003}", "\u{2028}", "\u{3000}", "\u{200B}", "&amp;", "&quot;", "&lt;b&gt;",
    "&amp;lt;", "&apos;", "<skipped>", "<skip", "_", "a_b", "`", "~", "$5", "50%", "#tag", "@me", "a/b", "\\", "{}",
    "[]", "^", "=", "+", "*", "K", "\u{212A}", "\u{130}stanbul", "I\u{130}",
    "\u{3A3}\u{3AF}\u{3C3}\u{3C5}\u{3C6}\u{39F}\u{3A3}", "\u{391}\u{3A3}\u{387}", "\u{DF}", "\u{1E9E}", "na\u{EF}ve",
    "e\u{301}", "\u{C9}COLE", "\u{65E5}\u{672C}\u{8A9E}", "\u{4E2D}\u{6587}\u{3002}", "\u{FF0C}", "\u{2014}",
    "\u{2026}", "\u{201C}q\u{201D}", "\u{2019}", "\u{BD}", "\u{B2}", "\u{20AC}", "\u{A3}5", "\u{2160}",
    "\u{661}\u{66B}\u{662}", "\u{1F600}", "\u{1D400}", "\u{E44}\u{E17}\u{E22}", "\u{939}\u{93F}",
    "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "\u{628}", "\u{B7}", "a\u{B7}b", "THE", "An", "A", "Mixed", "CAPS", "\u{FB01}",
    "\u{1C5}",
  ]

  private static let separators = [" ", " ", " ", " ", " ", " ", "", "\n", "  ", " , "]
}
