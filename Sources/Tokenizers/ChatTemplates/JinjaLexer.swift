/// Splits a template into pieces as Jinja does with `trim_blocks` and `lstrip_blocks`: the line break behind a block is
/// dropped, and so are spaces before a block that begins its line.
struct JinjaLexer {
  private let scalars: [Unicode.Scalar]
  private let places: [JinjaPlace]
  private var position = 0
  private(set) var tokens: [(token: JinjaToken, place: JinjaPlace)] = []

  /// Reads a template.
  ///
  /// - Throws: `ChatTemplateError` that names the place of what is no template.
  init(_ source: String) throws {
    var scalars: [Unicode.Scalar] = []
    var wasReturn = false
    for scalar in source.unicodeScalars {
      // All kinds of line breaks become one.
      if scalar == "\n", wasReturn {
        wasReturn = false
        continue
      }
      wasReturn = scalar == "\r"
      scalars.append(wasReturn ? "\n" : scalar)
    }
    // One line break at the very end is no part of a template.
    if scalars.last == "\n" { scalars.removeLast() }
    self.scalars = scalars
    var place = JinjaPlace(line: 1, column: 1)
    var places: [JinjaPlace] = []
    places.reserveCapacity(scalars.count + 1)
    for scalar in scalars {
      places.append(place)
      if scalar == "\n" { place = JinjaPlace(line: place.line + 1, column: 1) } else { place.column += 1 }
    }
    places.append(place)
    self.places = places
    try read()
  }

  private var place: JinjaPlace { places[min(position, scalars.count)] }

  private func starts(with text: String, at start: Int) -> Bool {
    var index = start
    for scalar in text.unicodeScalars {
      guard index < scalars.count, scalars[index] == scalar else { return false }
      index += 1
    }
    return true
  }

  private mutating func add(_ token: JinjaToken, _ place: JinjaPlace) { tokens.append((token, place)) }

  private mutating func read() throws {
    var lineStarting = true
    while position < scalars.count {
      let start = position
      var open = start
      while open < scalars.count, !opens(at: open) { open += 1 }
      guard open < scalars.count else {
        add(.text(text(start..<scalars.count)), places[start])
        position = scalars.count
        break
      }
      let kind = scalars[open + 1]
      let sign = open + 2 < scalars.count ? scalars[open + 2] : " "
      var end = open
      if sign == "-" {
        while end > start, JinjaText.isSpace(scalars[end - 1]) { end -= 1 }
      } else if sign != "+", kind != "{" {
        var line = open
        while line > start, scalars[line - 1] != "\n" { line -= 1 }
        let reachesStart = line > start || lineStarting
        if reachesStart, scalars[line..<open].allSatisfy(JinjaText.isSpace) { end = line }
      }
      if end > start { add(.text(text(start..<end)), places[start]) }
      position = open + 2
      if sign == "-" || (sign == "+" && kind != "#") { position += 1 }
      switch kind {
      case "#": try skipComment(from: open)
      case "{": try readTags(open, .variableBegin)
      default: if try !readRaw(open) { try readTags(open, .blockBegin) }
      }
      lineStarting = position > 0 && scalars[position - 1] == "\n"
    }
    add(.end, places[scalars.count])
  }

  private func opens(at index: Int) -> Bool {
    guard scalars[index] == "{", index + 1 < scalars.count else { return false }
    return scalars[index + 1] == "{" || scalars[index + 1] == "%" || scalars[index + 1] == "#"
  }

  private func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  /// Passes the end of a block: spaces behind a minus, else one line break unless there is a plus.
  private mutating func passEnd(_ closing: String) -> Bool {
    if starts(with: "-" + closing, at: position) {
      position += 1 + closing.count
      while position < scalars.count, JinjaText.isSpace(scalars[position]) { position += 1 }
      return true
    }
    let isPlus = closing != "}}" && starts(with: "+" + closing, at: position)
    guard isPlus || starts(with: closing, at: position) else { return false }
    position += closing.count + (isPlus ? 1 : 0)
    if !isPlus, closing != "}}", position < scalars.count, scalars[position] == "\n" { position += 1 }
    return true
  }

  private mutating func skipComment(from open: Int) throws {
    while position < scalars.count {
      if passEnd("#}") { return }
      position += 1
    }
    throw places[open].error("a comment “{#” has no end; write “#}” behind it")
  }

  /// Reads `{% raw %} … {% endraw %}`, if that is what stands here.
  private mutating func readRaw(_ open: Int) throws -> Bool {
    var index = position
    func skipSpaces() { while index < scalars.count, JinjaText.isSpace(scalars[index]) { index += 1 } }
    skipSpaces()
    guard starts(with: "raw", at: index) else { return false }
    index += 3
    skipSpaces()
    if starts(with: "-%}", at: index) {
      index += 3
      skipSpaces()
    } else if starts(with: "%}", at: index) {
      index += 2
    } else {
      return false
    }
    let start = index
    while index < scalars.count {
      guard starts(with: "{%", at: index) else {
        index += 1
        continue
      }
      var end = index
      var next = index + 2
      let sign = next < scalars.count ? scalars[next] : " "
      if sign == "-" || sign == "+" { next += 1 }
      while next < scalars.count, JinjaText.isSpace(scalars[next]) { next += 1 }
      guard starts(with: "endraw", at: next) else {
        index += 1
        continue
      }
      position = next + 6
      while position < scalars.count, JinjaText.isSpace(scalars[position]) { position += 1 }
      guard passEnd("%}") else { throw places[index].error("“endraw” takes nothing") }
      if sign == "-" {
        while end > start, JinjaText.isSpace(scalars[end - 1]) { end -= 1 }
      } else if sign != "+" {
        var line = end
        while line > start, scalars[line - 1] != "\n" { line -= 1 }
        if line > start, scalars[line..<end].allSatisfy(JinjaText.isSpace) { end = line }
      }
      if end > start { add(.text(text(start..<end)), places[start]) }
      return true
    }
    throw places[open].error("“raw” has no end; write {% endraw %} behind it")
  }

  /// Reads the names and signs between the marks of a block or a variable.
  private mutating func readTags(_ open: Int, _ begin: JinjaToken) throws {
    add(begin, places[open])
    let isVariable = begin == .variableBegin
    var brackets: [Unicode.Scalar] = []
    while true {
      while position < scalars.count, JinjaText.isSpace(scalars[position]) { position += 1 }
      guard position < scalars.count else {
        throw places[open].error(isVariable ? "“{{” has no end; write “}}”" : "“{%” has no end; write “%}”")
      }
      let here = place
      if brackets.isEmpty, passEnd(isVariable ? "}}" : "%}") {
        add(isVariable ? .variableEnd : .blockEnd, here)
        return
      }
      let scalar = scalars[position]
      if scalar == "\"" || scalar == "'" {
        add(.string(try readString()), here)
      } else if scalar.properties.numericType == .decimal, scalar.isASCII {
        add(try readNumber(), here)
      } else if scalar == "_" || scalar.properties.isXIDStart {
        let start = position
        while position < scalars.count, scalars[position].properties.isXIDContinue { position += 1 }
        add(.name(text(start..<position)), here)
      } else {
        add(.sign(try readSign(&brackets)), here)
      }
    }
  }

  private mutating func readSign(_ brackets: inout [Unicode.Scalar]) throws -> String {
    for sign in ["//", "**", "==", "!=", ">=", "<="] where starts(with: sign, at: position) {
      position += 2
      return sign
    }
    let scalar = scalars[position]
    guard "+-/*%~[](){}<>=.:|,;".unicodeScalars.contains(scalar) else {
      throw place.error("“\(scalar)” means nothing here")
    }
    switch scalar {
    case "(": brackets.append(")")
    case "[": brackets.append("]")
    case "{": brackets.append("}")
    case ")", "]", "}":
      guard let wanted = brackets.popLast() else { throw place.error("“\(scalar)” closes nothing") }
      guard wanted == scalar else { throw place.error("“\(wanted)” is wanted, not “\(scalar)”") }
    default: break
    }
    position += 1
    return String(scalar)
  }

  private mutating func readNumber() throws -> JinjaToken {
    let start = position
    func isDigit(_ index: Int, _ base: Int = 10) -> Bool {
      guard index < scalars.count, scalars[index].isASCII else { return false }
      return Character(scalars[index]).hexDigitValue.map { $0 < base } ?? false
    }
    func digits(_ base: Int) {
      while isDigit(position, base)
        || (position < scalars.count && scalars[position] == "_" && isDigit(position + 1, base))
      {
        position += 1
      }
    }
    let marks: [Unicode.Scalar: Int] = ["x": 16, "X": 16, "o": 8, "O": 8, "b": 2, "B": 2]
    if scalars[start] == "0", start + 1 < scalars.count, let base = marks[scalars[start + 1]] {
      position += 2
      digits(base)
      guard let value = Int(text(start + 2..<position).filter { $0 != "_" }, radix: base) else {
        throw places[start].error("“\(text(start..<position))” is no number")
      }
      return .integer(value)
    }
    digits(10)
    var isWhole = true
    if position < scalars.count, scalars[position] == ".", isDigit(position + 1) {
      isWhole = false
      position += 1
      digits(10)
    }
    if position < scalars.count, scalars[position] == "e" || scalars[position] == "E" {
      let signed = position + 1 < scalars.count && (scalars[position + 1] == "-" || scalars[position + 1] == "+")
      if isDigit(position + (signed ? 2 : 1)) {
        isWhole = false
        position += signed ? 2 : 1
        digits(10)
      }
    }
    let written = text(start..<position).filter { $0 != "_" }
    if isWhole {
      guard let value = Int(written) else { throw places[start].error("“\(written)” is too large a number") }
      return .integer(value)
    }
    guard let value = Double(written) else { throw places[start].error("“\(written)” is no number") }
    return .number(value)
  }

  private mutating func readString() throws -> String {
    let (start, quote) = (position, scalars[position])
    var result = String.UnicodeScalarView()
    position += 1
    while position < scalars.count {
      let scalar = scalars[position]
      position += 1
      if scalar == quote { return String(result) }
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      guard position < scalars.count else { break }
      try readEscape(into: &result)
    }
    throw places[start].error("a text that begins with “\(quote)” has no end")
  }

  /// Python's escapes; an unknown one stands for itself, backslash and all.
  private mutating func readEscape(into result: inout String.UnicodeScalarView) throws {
    let (at, scalar) = (position - 1, scalars[position])
    position += 1
    let simple: [Unicode.Scalar: Unicode.Scalar] = [
      "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{07}", "b": "\u{08}",
      "f": "\u{0C}", "v": "\u{0B}",
    ]
    if let meant = simple[scalar] { return result.append(meant) }
    if scalar == "\n" { return }
    if let count = ["x": 2, "u": 4, "U": 8][scalar] {
      let end = min(position + count, scalars.count)
      let digits = text(position..<end)
      guard digits.unicodeScalars.count == count, let code = UInt32(digits, radix: 16),
        let meant = Unicode.Scalar(code)
      else { throw places[at].error("“\\\(scalar)\(digits)” is no character") }
      position = end
      return result.append(meant)
    }
    if ("0"..."7").contains(scalar) {
      var code = scalar.value - 48
      for _ in 0..<2 {
        guard position < scalars.count, ("0"..."7").contains(scalars[position]) else { break }
        code = code * 8 + scalars[position].value - 48
        position += 1
      }
      return Unicode.Scalar(code).map { result.append($0) } ?? ()
    }
    if scalar == "N" { throw places[at].error("characters by their name, “\\N{…}”, are not known here") }
    result.append("\\")
    result.append(scalar)
  }
}
