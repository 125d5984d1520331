// Expressions, from those that bind least to those that bind most.
extension JinjaParser {
  /// An expression, or a tuple of several with commas between.
  mutating func expressionOrTuple(withCondition: Bool = true) throws -> JinjaExpression {
    let here = place
    let first = withCondition ? try expression() : try or()
    guard token == .sign(",") else { return first }
    var items = [first]
    while take(sign: ",") {
      if [.variableEnd, .blockEnd, .sign(")")].contains(token) { break }
      items.append(withCondition ? try expression() : try or())
    }
    return JinjaExpression(.tuple(items), here)
  }

  mutating func expression() throws -> JinjaExpression {
    let here = place
    var value = try or()
    while take(.name("if")) {
      let test = try or()
      let otherwise = take(.name("else")) ? try expression() : nil
      value = JinjaExpression(.choice(if: test, then: value, else: otherwise), here)
    }
    return value
  }

  mutating func or() throws -> JinjaExpression {
    let here = place
    var value = try and()
    while take(.name("or")) { value = JinjaExpression(.or(value, try and()), here) }
    return value
  }

  private mutating func and() throws -> JinjaExpression {
    let here = place
    var value = try not()
    while take(.name("and")) { value = JinjaExpression(.and(value, try not()), here) }
    return value
  }

  private mutating func not() throws -> JinjaExpression {
    let here = place
    if take(.name("not")) { return JinjaExpression(.not(try not()), here) }
    return try comparison()
  }

  private mutating func comparison() throws -> JinjaExpression {
    let here = place
    let value = try sum()
    var relations: [(relation: String, other: JinjaExpression)] = []
    while true {
      if case .sign(let sign) = token, ["==", "!=", "<", "<=", ">", ">="].contains(sign) {
        advance()
        relations.append((sign, try sum()))
      } else if take(.name("in")) {
        relations.append(("in", try sum()))
      } else if token == .name("not"), tokens[min(position + 1, tokens.count - 1)].token == .name("in") {
        advance()
        advance()
        relations.append(("not in", try sum()))
      } else {
        return relations.isEmpty ? value : JinjaExpression(.compared(value, relations), here)
      }
    }
  }

  private mutating func arithmetic(
    _ signs: Set<String>, _ operand: (inout JinjaParser) throws -> JinjaExpression
  ) throws -> JinjaExpression {
    var value = try operand(&self)
    while case .sign(let sign) = token, signs.contains(sign) {
      let here = place
      advance()
      value = JinjaExpression(.arithmetic(sign, value, try operand(&self)), here)
    }
    return value
  }

  private mutating func sum() throws -> JinjaExpression { try arithmetic(["+", "-"]) { try $0.joined() } }

  private mutating func joined() throws -> JinjaExpression {
    let here = place
    var parts = [try product()]
    while take(sign: "~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : JinjaExpression(.joined(parts), here)
  }

  private mutating func product() throws -> JinjaExpression {
    try arithmetic(["*", "/", "//", "%"]) { parser in
      try parser.arithmetic(["**"]) { try $0.unary(withFilters: true) }
    }
  }

  private mutating func unary(withFilters: Bool) throws -> JinjaExpression {
    let here = place
    var value: JinjaExpression
    if take(sign: "-") {
      value = JinjaExpression(.negated(try unary(withFilters: false)), here)
    } else if take(sign: "+") {
      value = JinjaExpression(.plus(try unary(withFilters: false)), here)
    } else {
      value = try primary()
    }
    value = try postfix(value)
    return withFilters ? try filters(value) : value
  }

  private mutating func primary() throws -> JinjaExpression {
    let here = place
    switch token {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return JinjaExpression(.constant(.bool(true)), here)
      case "false", "False": return JinjaExpression(.constant(.bool(false)), here)
      case "none", "None": return JinjaExpression(.constant(.none), here)
      default: return JinjaExpression(.name(name), here)
      }
    case .string(var text):
      advance()
      // Texts that stand side by side are one.
      while case .string(let more) = token {
        text += more
        advance()
      }
      return JinjaExpression(.constant(.string(text)), here)
    case .integer(let number):
      advance()
      return JinjaExpression(.constant(.integer(number)), here)
    case .number(let number):
      advance()
      return JinjaExpression(.constant(.number(number)), here)
    case .sign("("):
      advance()
      if take(sign: ")") { return JinjaExpression(.tuple([]), here) }
      let value = try expressionOrTuple()
      try expect(.sign(")"))
      return value
    case .sign("["):
      advance()
      return JinjaExpression(.list(try items(until: "]")), here)
    case .sign("{"):
      advance()
      return JinjaExpression(.dictionary(try dictionary()), here)
    default:
      throw here.error("an expression is wanted, not \(token.description)")
    }
  }

  private mutating func items(until end: String) throws -> [JinjaExpression] {
    var items: [JinjaExpression] = []
    while token != .sign(end) {
      if !items.isEmpty { try expect(.sign(",")) }
      if token == .sign(end) { break }
      items.append(try expression())
    }
    advance()
    return items
  }

  private mutating func dictionary() throws -> [(key: JinjaExpression, value: JinjaExpression)] {
    var entries: [(key: JinjaExpression, value: JinjaExpression)] = []
    while token != .sign("}") {
      if !entries.isEmpty { try expect(.sign(",")) }
      if token == .sign("}") { break }
      let key = try expression()
      try expect(.sign(":"))
      entries.append((key, try expression()))
    }
    advance()
    return entries
  }

  private mutating func postfix(_ value: JinjaExpression) throws -> JinjaExpression {
    var value = value
    while true {
      let here = place
      if take(sign: ".") {
        if case .integer(let number) = token {
          advance()
          value = JinjaExpression(.item(value, JinjaExpression(.constant(.integer(number)), here)), here)
        } else {
          value = JinjaExpression(.attribute(value, try expectName()), here)
        }
      } else if take(sign: "[") {
        value = try subscripted(value, here)
      } else if token == .sign("(") {
        value = JinjaExpression(.call(value, try arguments()), here)
      } else {
        return value
      }
    }
  }

  private mutating func subscripted(_ value: JinjaExpression, _ here: JinjaPlace) throws -> JinjaExpression {
    var parts: [JinjaExpression?] = [nil]
    while token != .sign("]") {
      if take(sign: ":") {
        parts.append(nil)
      } else if token == .sign(",") {
        throw place.error("several indices in one pair of brackets are not known here")
      } else {
        parts[parts.count - 1] = try expression()
        guard token == .sign(":") || token == .sign("]") else {
          throw place.error("“]” is wanted, not \(token.description)")
        }
      }
    }
    advance()
    guard parts.count > 1 else {
      guard let index = parts[0] else { throw here.error("the brackets hold no index") }
      return JinjaExpression(.item(value, index), here)
    }
    guard parts.count <= 3 else { throw here.error("a slice has at most three parts") }
    return JinjaExpression(
      .slice(value, from: parts[0], to: parts[1], step: parts.count > 2 ? parts[2] : nil), here)
  }

  private mutating func arguments() throws -> JinjaArguments {
    var arguments = JinjaArguments()
    try expect(.sign("("))
    while token != .sign(")") {
      if !arguments.plain.isEmpty || !arguments.named.isEmpty { try expect(.sign(",")) }
      if token == .sign(")") { break }
      if token == .sign("*") || token == .sign("**") {
        throw place.error("arguments from a list or a dictionary, “*” and “**”, are not known here")
      }
      if case .name(let name) = token, tokens[min(position + 1, tokens.count - 1)].token == .sign("=") {
        advance()
        advance()
        arguments.named.append((name, try expression()))
      } else {
        guard arguments.named.isEmpty else { throw place.error("an argument without a name stands behind a named one") }
        arguments.plain.append(try expression())
      }
    }
    advance()
    return arguments
  }

  /// Filters, tests and calls behind a value.
  private mutating func filters(_ value: JinjaExpression) throws -> JinjaExpression {
    var value = value
    while true {
      let here = place
      if token == .sign("|") {
        value = try filter(value)
      } else if take(.name("is")) {
        value = try test(value, here)
      } else if token == .sign("(") {
        value = JinjaExpression(.call(value, try arguments()), here)
      } else {
        return value
      }
    }
  }

  private mutating func filter(_ value: JinjaExpression?) throws -> JinjaExpression {
    try expect(.sign("|"))
    return try filterCall(value)
  }

  private mutating func filterCall(_ value: JinjaExpression?) throws -> JinjaExpression {
    let here = place
    var name = try expectName()
    while take(sign: ".") { name += "." + (try expectName()) }
    guard JinjaFilters.names.contains(name) else { throw here.error("the filter “\(name)” is not known") }
    let arguments = token == .sign("(") ? try arguments() : JinjaArguments()
    return JinjaExpression(.filter(value, name, arguments), here)
  }

  /// Filters for the body of a block: the innermost has no value of its own.
  mutating func filterChain(startsInline: Bool = false) throws -> JinjaExpression {
    var chain = startsInline ? try filterCall(nil) : try filter(nil)
    while token == .sign("|") { chain = try filter(chain) }
    return chain
  }

  private mutating func test(_ value: JinjaExpression, _ here: JinjaPlace) throws -> JinjaExpression {
    let isNegated = take(.name("not"))
    let at = place
    let name = try expectName()
    guard JinjaTests.names.contains(name) else { throw at.error("the test “\(name)” is not known") }
    var arguments = JinjaArguments()
    if token == .sign("(") {
      arguments = try self.arguments()
    } else if startsTestArgument {
      if token == .name("is") { throw place.error("tests cannot be chained with “is”") }
      arguments.plain = [try postfix(try primary())]
    }
    return JinjaExpression(.test(value, name, arguments, isNegated: isNegated), here)
  }

  private var startsTestArgument: Bool {
    switch token {
    case .name(let name): return !["else", "or", "and"].contains(name)
    case .string, .integer, .number, .sign("["), .sign("{"): return true
    default: return false
    }
  }
}
