/// An expression of a template, with the place where it begins.
final class JinjaExpression {
  indirect enum Kind {
    case constant(JinjaValue)
    case name(String)
    case list([JinjaExpression])
    case tuple([JinjaExpression])
    case dictionary([(key: JinjaExpression, value: JinjaExpression)])
    case attribute(JinjaExpression, String)
    case item(JinjaExpression, JinjaExpression)
    case slice(JinjaExpression, from: JinjaExpression?, to: JinjaExpression?, step: JinjaExpression?)
    case call(JinjaExpression, JinjaArguments)
    case filter(JinjaExpression?, String, JinjaArguments)
    case test(JinjaExpression, String, JinjaArguments, isNegated: Bool)
    case negated(JinjaExpression)
    case not(JinjaExpression)
    case plus(JinjaExpression)
    case arithmetic(String, JinjaExpression, JinjaExpression)
    case joined([JinjaExpression])
    case compared(JinjaExpression, [(relation: String, other: JinjaExpression)])
    case and(JinjaExpression, JinjaExpression)
    case or(JinjaExpression, JinjaExpression)
    case choice(if: JinjaExpression, then: JinjaExpression, else: JinjaExpression?)
  }

  let kind: Kind
  let place: JinjaPlace

  init(_ kind: Kind, _ place: JinjaPlace) {
    self.kind = kind
    self.place = place
  }
}

/// The arguments of a call: by place and by name.
struct JinjaArguments {
  var plain: [JinjaExpression] = []
  var named: [(name: String, value: JinjaExpression)] = []
}

/// What a value is bound to: one name, several, or a field of a namespace.
indirect enum JinjaTarget {
  case name(String)
  case field(String, of: String)
  case several([JinjaTarget])
}

/// A parameter of a macro.
struct JinjaParameter {
  let name: String
  let standard: JinjaExpression?
}

/// A statement of a template.
indirect enum JinjaStatement {
  case text(String)
  case output(JinjaExpression)
  case condition([(test: JinjaExpression, body: [JinjaStatement])], otherwise: [JinjaStatement])
  case loop(
    JinjaTarget, over: JinjaExpression, filter: JinjaExpression?, body: [JinjaStatement],
    otherwise: [JinjaStatement])
  case set(JinjaTarget, JinjaExpression, JinjaPlace)
  case setBlock(JinjaTarget, filters: JinjaExpression?, body: [JinjaStatement], JinjaPlace)
  /// `takesCaller`: whether its body asks for what a call block holds.
  case macro(String, [JinjaParameter], [JinjaStatement], takesCaller: Bool)
  case call(JinjaExpression, [JinjaParameter], [JinjaStatement])
  case filtered(JinjaExpression, [JinjaStatement])
  case scope([(target: JinjaTarget, value: JinjaExpression)], [JinjaStatement], JinjaPlace)
  case breakLoop
  case continueLoop
}
