/// A part of a model: a final class whose stored properties are parameters, other modules, and plain values.
public protocol Module: AnyObject {}

extension Module {
  /// Every parameter with its path through the properties (`layers.0.attention.query.weight`), in order of declaration.
  ///
  /// A shared parameter appears under each of its paths. The tree is walked by reflection: for loading, saving and
  /// attaching, never in a forward pass.
  public var namedParameters: [(path: String, parameter: Parameter)] {
    var found: [(path: String, parameter: Parameter)] = []
    visit { path, part in if let parameter = part as? Parameter { found.append((path, parameter)) } }
    return found
  }

  /// Every parameter once, also where several layers share it.
  public var parameters: [Parameter] {
    var seen: Set<ObjectIdentifier> = []
    return namedParameters.map(\.parameter).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  /// Every module below this one with its path, this one first under the empty path.
  public var namedModules: [(path: String, module: any Module)] {
    var found: [(path: String, module: any Module)] = [("", self)]
    visit { path, part in if let module = part as? any Module { found.append((path, module)) } }
    return found
  }

  /// The number of elements of all parameters, shared ones counted once.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  private func visit(_ body: (String, Any) -> Void) {
    func walk(_ value: Any, _ path: String) {
      switch value {
      // What is learned beside a model is no part of it.
      case is any LinearAdapter: break
      case is Parameter: body(path, value)
      case let module as any Module:
        body(path, module)
        children(of: module, path)
      case let list as [any Module]:
        for (index, module) in list.enumerated() { walk(module, path.isEmpty ? "\(index)" : "\(path).\(index)") }
      default:
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional, let some = mirror.children.first { walk(some.value, path) }
      }
    }
    func children(of module: any Module, _ path: String) {
      for child in Mirror(reflecting: module).children {
        guard let label = child.label else { continue }
        walk(child.value, path.isEmpty ? label : "\(path).\(label)")
      }
    }
    children(of: self, "")
  }
}

/// Whether a forward pass is one of training, where dropout is at work.
public enum ForwardMode: Sendable {
  case training
  case inference
}
