/// The cleaning of BERT: control characters, white space, room around Chinese characters, accents, case.
///
/// After the tokenization of google-research/bert.
struct BertNormalizer: Normalizer {
  private let cleansText: Bool
  private let separatesChinese: Bool
  private let stripsAccents: Bool
  private let lowercases: Bool

  init(_ settings: StageSettings) throws {
    cleansText = try settings.bool("clean_text", or: true)
    separatesChinese = try settings.bool("handle_chinese_chars", or: true)
    lowercases = try settings.bool("lowercase", or: true)
    stripsAccents = try settings.bool("strip_accents", or: lowercases)
  }

  func apply(to text: inout AlignedText) {
    if cleansText { clean(&text) }
    if separatesChinese { separateChinese(&text) }
    if stripsAccents {
      UnicodeForm.decompose(&text, compatibility: false)
      removeNonspacingMarks(&text)
    }
    if lowercases { Lowercase.apply(to: &text) }
  }

  private func clean(_ text: inout AlignedText) {
    let classes = CharacterClass.table
    text.rewrite(keepingASCII: { $0 >= 0x20 && $0 < 0x7F }) { scalar, output in
      let kinds = CharacterClass(of: scalar, in: classes)
      if kinds.contains(.control) { return }
      output.put(kinds.contains(.whitespace) ? 0x20 : scalar)
    }
  }

  private func separateChinese(_ text: inout AlignedText) {
    text.rewrite(keepingASCII: { _ in true }) { scalar, output in
      guard Self.isChinese(scalar) else {
        output.put(scalar)
        return
      }
      output.put(0x20)
      output.put(scalar)
      output.put(0x20)
    }
  }

  private func removeNonspacingMarks(_ text: inout AlignedText) {
    let classes = CharacterClass.table
    text.rewrite(keepingASCII: { _ in true }) { scalar, output in
      if !CharacterClass(of: scalar, in: classes).contains(.nonspacingMark) { output.put(scalar) }
    }
  }

  @inline(__always)
  private static func isChinese(_ scalar: UInt32) -> Bool {
    guard scalar >= 0x3400 else { return false }
    switch scalar {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      return true
    default: return false
    }
  }
}
