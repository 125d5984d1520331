/// Turns the pieces of a template into statements.
struct JinjaParser {
  private(set) var tokens: [(token: JinjaToken, place: JinjaPlace)]
  var position = 0
  private var loops = 0
  private var macros = 0

  /// Reads a template.
  ///
  /// - Throws: `ChatTemplateError` that names the place of what is wrong or not known.
  static func parse(_ source: String) throws -> [JinjaStatement] {
    var parser = JinjaParser(tokens: try JinjaLexer(source).tokens)
    let statements = try parser.statements(until: [])
    return statements
  }

  private init(tokens: [(token: JinjaToken, place: JinjaPlace)]) { self.tokens = tokens }

  var token: JinjaToken { tokens[position].token }
  var place: JinjaPlace { tokens[position].place }

  mutating func advance() { if position < tokens.count - 1 { position += 1 } }

  mutating func take(_ wanted: JinjaToken) -> Bool {
    guard token == wanted else { return false }
    advance()
    return true
  }

  mutating func take(sign: String) -> Bool { take(.sign(sign)) }

  mutating func expect(_ wanted: JinjaToken) throws {
    guard take(wanted) else { throw place.error("\(wanted.description) is wanted, not \(token.description)") }
  }

  mutating func expectName() throws -> String {
    guard case .name(let name) = token else { throw place.error("a name is wanted, not \(token.description)") }
    advance()
    return name
  }

  /// Statements until a block that begins with one of `ends`, which is left where it stands, behind its “{%”.
  private mutating func statements(until ends: Set<String>) throws -> [JinjaStatement] {
    var statements: [JinjaStatement] = []
    while true {
      let here = place
      switch token {
      case .text(let text):
        advance()
        statements.append(.text(text))
      case .variableBegin:
        advance()
        let value = try expressionOrTuple()
        try expect(.variableEnd)
        statements.append(.output(value))
      case .blockBegin:
        advance()
        guard case .name(let name) = token else {
          throw place.error("a block begins with a name, not with \(token.description)")
        }
        if ends.contains(name) { return statements }
        statements += try block(name, here)
      default:
        if let wanted = ends.sorted().last {
          throw here.error("the template ends, but “\(wanted)” is still to come")
        }
        return statements
      }
    }
  }

  /// A body and its end, which is passed.
  private mutating func body(until end: String) throws -> [JinjaStatement] {
    let body = try statements(until: [end])
    advance()
    // Jinja allows the name of a macro or block behind its end.
    if case .name = token { advance() }
    try expect(.blockEnd)
    return body
  }

  private mutating func block(_ name: String, _ here: JinjaPlace) throws -> [JinjaStatement] {
    advance()
    switch name {
    case "if": return [try condition()]
    case "for": return [try loop()]
    case "set": return [try set(here)]
    case "macro": return [try macro()]
    case "call": return [try call()]
    case "filter": return [try filtered()]
    case "with": return [try scope(here)]
    case "generation":
      // It marks the assistant's words for training; they are rendered as they are.
      try expect(.blockEnd)
      return try body(until: "endgeneration")
    case "break", "continue":
      guard loops > 0 else { throw here.error("“\(name)” stands outside of a loop") }
      try expect(.blockEnd)
      return [name == "break" ? .breakLoop : .continueLoop]
    case "include", "import", "from", "extends", "block", "autoescape", "trans", "do", "debug":
      throw here.error("“{% \(name) %}” is not known here: a chat template stands alone")
    default:
      throw here.error(
        name.hasPrefix("end") || name.hasPrefix("el")
          ? "“{% \(name) %}” closes nothing that is open here" : "the block “{% \(name) %}” is not known")
    }
  }

  private mutating func condition() throws -> JinjaStatement {
    var branches: [(test: JinjaExpression, body: [JinjaStatement])] = []
    var otherwise: [JinjaStatement] = []
    let test = try expressionOrTuple(withCondition: false)
    try expect(.blockEnd)
    branches.append((test, try statements(until: ["elif", "else", "endif"])))
    while true {
      switch token {
      case .name("elif"):
        advance()
        let test = try expressionOrTuple(withCondition: false)
        try expect(.blockEnd)
        branches.append((test, try statements(until: ["elif", "else", "endif"])))
      case .name("else"):
        advance()
        try expect(.blockEnd)
        otherwise = try statements(until: ["endif"])
      default:
        advance()
        try expect(.blockEnd)
        return .condition(branches, otherwise: otherwise)
      }
    }
  }

  private mutating func loop() throws -> JinjaStatement {
    let target = try targets(until: "in")
    guard take(.name("in")) else { throw place.error("“in” is wanted, not \(token.description)") }
    let items = try expressionOrTuple(withCondition: false)
    let filter = take(.name("if")) ? try expression() : nil
    if token == .name("recursive") { throw place.error("recursive loops are not known here") }
    try expect(.blockEnd)
    loops += 1
    defer { loops -= 1 }
    let body = try statements(until: ["endfor", "else"])
    var otherwise: [JinjaStatement] = []
    if take(.name("else")) {
      try expect(.blockEnd)
      otherwise = try statements(until: ["endfor"])
    }
    advance()
    try expect(.blockEnd)
    return .loop(target, over: items, filter: filter, body: body, otherwise: otherwise)
  }

  /// One name, or several with commas between.
  private mutating func targets(until end: String) throws -> JinjaTarget {
    var all = [try target()]
    var isTuple = false
    while take(sign: ",") {
      isTuple = true
      if token == .name(end) || token == .sign(end) || token == .sign(")") { break }
      all.append(try target())
    }
    return isTuple ? .several(all) : all[0]
  }

  private mutating func target() throws -> JinjaTarget {
    if take(sign: "(") {
      let inner = try targets(until: ")")
      try expect(.sign(")"))
      return inner
    }
    let here = place
    let name = try expectName()
    if ["true", "false", "none", "True", "False", "None"].contains(name) {
      throw here.error("“\(name)” cannot be set")
    }
    return take(sign: ".") ? .field(try expectName(), of: name) : .name(name)
  }

  private mutating func set(_ here: JinjaPlace) throws -> JinjaStatement {
    let target = try targets(until: "=")
    if take(sign: "=") {
      let value = try expressionOrTuple()
      try expect(.blockEnd)
      return .set(target, value, here)
    }
    let filters = token == .sign("|") ? try filterChain() : nil
    try expect(.blockEnd)
    return .setBlock(target, filters: filters, body: try body(until: "endset"), here)
  }

  private mutating func parameters() throws -> [JinjaParameter] {
    var parameters: [JinjaParameter] = []
    try expect(.sign("("))
    while token != .sign(")") {
      if !parameters.isEmpty { try expect(.sign(",")) }
      if token == .sign(")") { break }
      let here = place
      let name = try expectName()
      let standard = take(sign: "=") ? try expression() : nil
      if standard == nil, parameters.last?.standard != nil {
        throw here.error("“\(name)” has no default, but stands behind one that has")
      }
      parameters.append(JinjaParameter(name: name, standard: standard))
    }
    advance()
    return parameters
  }

  /// The body of a macro: a loop around it does not reach into it.
  private mutating func macroBody(until end: String) throws -> [JinjaStatement] {
    try expect(.blockEnd)
    let outer = loops
    loops = 0
    defer { loops = outer }
    return try body(until: end)
  }

  private mutating func macro() throws -> JinjaStatement {
    let name = try expectName()
    let parameters = try parameters()
    let start = position
    let body = try macroBody(until: "endmacro")
    let takesCaller = tokens[start..<position].contains { $0.token == .name("caller") }
    return .macro(name, parameters, body, takesCaller: takesCaller)
  }

  private mutating func call() throws -> JinjaStatement {
    let parameters = token == .sign("(") ? try parameters() : []
    let here = place
    let callee = try expression()
    guard case .call = callee.kind else { throw here.error("“call” wants the call of a macro") }
    return .call(callee, parameters, try macroBody(until: "endcall"))
  }

  private mutating func filtered() throws -> JinjaStatement {
    let chain = try filterChain(startsInline: true)
    try expect(.blockEnd)
    return .filtered(chain, try body(until: "endfilter"))
  }

  private mutating func scope(_ here: JinjaPlace) throws -> JinjaStatement {
    var bindings: [(target: JinjaTarget, value: JinjaExpression)] = []
    while token != .blockEnd {
      if !bindings.isEmpty { try expect(.sign(",")) }
      let target = try target()
      try expect(.sign("="))
      bindings.append((target, try expression()))
    }
    advance()
    return .scope(bindings, try body(until: "endwith"), here)
  }
}
