/// A piece of a template.
enum JinjaToken: Equatable {
  /// Text that is rendered as it stands.
  case text(String)
  case variableBegin, variableEnd, blockBegin, blockEnd
  case name(String)
  case string(String)
  case integer(Int)
  case number(Double)
  /// An operator or a bracket.
  case sign(String)
  case end

  var description: String {
    switch self {
    case .text: return "text"
    case .variableBegin: return "“{{”"
    case .variableEnd: return "“}}”"
    case .blockBegin: return "“{%”"
    case .blockEnd: return "“%}”"
    case .name(let name), .sign(let name): return "“\(name)”"
    case .string(let text): return "“\(text)”"
    case .integer(let number): return "“\(number)”"
    case .number(let number): return "“\(number)”"
    case .end: return "the end of the template"
    }
  }
}
