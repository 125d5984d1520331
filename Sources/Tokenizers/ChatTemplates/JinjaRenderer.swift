/// The names of one region of a template, and the region around it.
final class JinjaScope {
  private var values: [String: JinjaValue] = [:]
  private let outer: JinjaScope?

  init(in outer: JinjaScope? = nil) { self.outer = outer }

  func value(of name: String) -> JinjaValue? { values[name] ?? outer?.value(of: name) }

  func set(_ name: String, _ value: JinjaValue) { values[name] = value }
}

/// Renders statements, within bounds: a template from elsewhere must not run for ever.
final class JinjaRenderer {
  /// How the rest of a loop's body is to be passed over.
  enum Flow {
    case onward, breaking, continuing
  }

  /// The most statements and expressions of one rendering.
  static let mostSteps = 5_000_000
  /// The most characters of a rendered text, and of any text on the way.
  static let mostCharacters = 64_000_000
  /// The most calls within calls.
  static let mostDepth = 100

  private var steps = 0
  private var depth = 0

  /// Renders a whole template.
  ///
  /// - Throws: `ChatTemplateError` for what the template raises, and for what cannot be computed.
  static func render(_ statements: [JinjaStatement], _ variables: [(String, JinjaValue)]) throws -> String {
    let globals = JinjaScope()
    for (name, value) in JinjaGlobals.all { globals.set(name, value) }
    for (name, value) in variables { globals.set(name, value) }
    var text = ""
    _ = try JinjaRenderer().run(statements, JinjaScope(in: globals), &text)
    return text
  }

  func count(_ place: JinjaPlace) throws {
    steps += 1
    guard steps <= Self.mostSteps else { throw place.error("the template does not come to an end") }
  }

  func checkLength(_ count: Int, _ place: JinjaPlace) throws {
    guard count <= Self.mostCharacters else { throw place.error("the template makes a text without bounds") }
  }

  func run(_ statements: [JinjaStatement], _ scope: JinjaScope, _ text: inout String) throws -> Flow {
    for statement in statements {
      let flow = try run(statement, scope, &text)
      if flow != .onward { return flow }
    }
    return .onward
  }

  private func captured(_ statements: [JinjaStatement], _ scope: JinjaScope) throws -> String {
    var text = ""
    _ = try run(statements, scope, &text)
    return text
  }

  private func run(_ statement: JinjaStatement, _ scope: JinjaScope, _ text: inout String) throws -> Flow {
    switch statement {
    case .text(let plain): text += plain
    case .output(let value):
      text += try evaluate(value, scope).text
      try checkLength(text.utf8.count, value.place)
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, scope).isTrue {
        return try run(branch.body, scope, &text)
      }
      return try run(otherwise, scope, &text)
    case .loop(let target, let items, let filter, let body, let otherwise):
      try loop(target, items, filter, body, otherwise, scope, &text)
    case .set(let target, let value, let place):
      try bind(target, try evaluate(value, scope), scope, place)
    case .setBlock(let target, let filters, let body, let place):
      var value = JinjaValue.string(try captured(body, JinjaScope(in: scope)))
      if let filters { value = try apply(filters, to: value, scope) }
      try bind(target, value, scope, place)
    case .macro(let name, let parameters, let body, let takesCaller):
      scope.set(name, macro(name, parameters, body, scope, takesCaller: takesCaller))
    case .call(let call, let parameters, let body):
      text += try callBlock(call, parameters, body, scope).text
    case .filtered(let filters, let body):
      text += try apply(filters, to: .string(try captured(body, JinjaScope(in: scope))), scope).text
    case .scope(let bindings, let body, let place):
      let inner = JinjaScope(in: scope)
      for binding in bindings { try bind(binding.target, try evaluate(binding.value, scope), inner, place) }
      return try run(body, inner, &text)
    case .breakLoop: return .breaking
    case .continueLoop: return .continuing
    }
    return .onward
  }

  func bind(_ target: JinjaTarget, _ value: JinjaValue, _ scope: JinjaScope, _ place: JinjaPlace) throws {
    switch target {
    case .name(let name): scope.set(name, value)
    case .field(let field, let name):
      guard case .namespace(let namespace)? = scope.value(of: name) else {
        throw place.error("“\(name)” is no namespace, so its “\(field)” cannot be set")
      }
      namespace.fields[.string(field)] = value
    case .several(let targets):
      guard let values = value.items else { throw place.error("\(value.kind) cannot be taken apart") }
      guard values.count == targets.count else {
        throw place.error("\(values.count) values cannot be given to \(targets.count) names")
      }
      for (target, value) in zip(targets, values) { try bind(target, value, scope, place) }
    }
  }

  private func loop(
    _ target: JinjaTarget, _ over: JinjaExpression, _ filter: JinjaExpression?, _ body: [JinjaStatement],
    _ otherwise: [JinjaStatement], _ scope: JinjaScope, _ text: inout String
  ) throws {
    let source = try evaluate(over, scope)
    guard var items = source.items else { throw over.place.error("a loop cannot go through \(source.kind)") }
    if let filter {
      items = try items.filter { item in
        let inner = JinjaScope(in: scope)
        try bind(target, item, inner, over.place)
        return try evaluate(filter, inner).isTrue
      }
    }
    if items.isEmpty {
      _ = try run(otherwise, JinjaScope(in: scope), &text)
      return
    }
    let changes = JinjaChanges()
    for (index, item) in items.enumerated() {
      try count(over.place)
      let inner = JinjaScope(in: scope)
      inner.set("loop", Self.loopValues(items, index, changes))
      try bind(target, item, inner, over.place)
      if try run(body, inner, &text) == .breaking { break }
    }
  }

  /// What a body finds under `loop`.
  private static func loopValues(_ items: [JinjaValue], _ index: Int, _ changes: JinjaChanges) -> JinjaValue {
    let loop = JinjaNamespace()
    func set(_ name: String, _ value: JinjaValue) { loop.fields[.string(name)] = value }
    set("index", .integer(index + 1))
    set("index0", .integer(index))
    set("revindex", .integer(items.count - index))
    set("revindex0", .integer(items.count - index - 1))
    set("first", .bool(index == 0))
    set("last", .bool(index == items.count - 1))
    set("length", .integer(items.count))
    set("depth", .integer(1))
    set("depth0", .integer(0))
    set("previtem", index > 0 ? items[index - 1] : .undefined("there is no previous item"))
    set("nextitem", index + 1 < items.count ? items[index + 1] : .undefined("there is no next item"))
    set(
      "cycle",
      .function(
        JinjaFunction(name: "cycle") { call in
          guard !call.plain.isEmpty else { throw call.place.error("loop.cycle has nothing to choose from") }
          return call.plain[index % call.plain.count]
        }))
    set(
      "changed",
      .function(
        JinjaFunction(name: "changed") { call in
          let value = JinjaValue.tuple(call.plain)
          defer { changes.last = value }
          return .bool(changes.last.map { !$0.equals(value) } ?? true)
        }))
    return .namespace(loop)
  }

  private func macro(
    _ name: String, _ parameters: [JinjaParameter], _ body: [JinjaStatement], _ scope: JinjaScope,
    takesCaller: Bool = true
  ) -> JinjaValue {
    .function(
      JinjaFunction(name: name) { [self] call in
        guard depth < Self.mostDepth else { throw call.place.error("“\(name)” calls itself without end") }
        depth += 1
        defer { depth -= 1 }
        let inner = JinjaScope(in: scope)
        guard call.plain.count <= parameters.count else {
          throw call.place.error("“\(name)” takes \(parameters.count) arguments, not \(call.plain.count)")
        }
        for (index, parameter) in parameters.enumerated() {
          if let value = call.value(index, parameter.name) {
            inner.set(parameter.name, value)
          } else if let standard = parameter.standard {
            inner.set(parameter.name, try evaluate(standard, inner))
          } else {
            inner.set(parameter.name, .undefined("the argument “\(parameter.name)” was not given"))
          }
        }
        let caller = call.named.first { $0.name == "caller" }
        guard caller == nil || takesCaller else {
          throw call.place.error("“\(name)” does not ask for its caller, so a call block has nothing to give it")
        }
        if let caller { inner.set("caller", caller.value) }
        if let surplus = call.named.first(where: { argument in
          argument.name != "caller" && !parameters.contains { $0.name == argument.name }
        }) {
          throw call.place.error("“\(name)” has no argument “\(surplus.name)”")
        }
        return .string(try captured(body, inner))
      })
  }

  private func callBlock(
    _ call: JinjaExpression, _ parameters: [JinjaParameter], _ body: [JinjaStatement], _ scope: JinjaScope
  ) throws -> JinjaValue {
    guard case .call(let callee, let arguments) = call.kind else {
      throw call.place.error("“call” wants the call of a macro")
    }
    var values = try self.arguments(arguments, scope, call.place)
    values.named.append(("caller", macro("caller", parameters, body, scope)))
    return try self.call(try evaluate(callee, scope), values)
  }
}

/// What `loop.changed` saw last.
final class JinjaChanges {
  var last: JinjaValue?
}
