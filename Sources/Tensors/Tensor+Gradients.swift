import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for gradients.
  public var requiresGradient: Bool { ct_requires_grad(raw) }

  /// This tensor cut off from what it was computed from.
  public var detached: Tensor { Tensor(taking: ct_detach(raw), "detach", self) }

  /// Whether operations on this thread are recorded for gradients now.
  package static var recordsGradients: Bool { ct_grad_enabled() }

  /// Marks a tensor that was not computed from others as one whose gradient is wanted.
  package func setRequiresGradient(_ on: Bool) { Engine.require(ct_set_requires_grad(raw, on), "requires gradient") }

  /// The gradient that `backward` left here, or nil.
  public var gradient: Tensor? { ct_grad(raw).map { Tensor($0) } }

  /// Replaces or removes the gradient.
  package func setGradient(_ gradient: Tensor?) { Engine.require(ct_set_grad(raw, gradient?.raw), "set gradient") }

  /// Adds the gradients of this tensor (one number, unless `gradient` is given) to all it was computed from.
  public func backward(_ gradient: Tensor? = nil, keepingGraph: Bool = false) {
    if ct_backward(raw, gradient?.raw, keepingGraph) != 0 { Engine.failed("backward", [shape]) }
  }
}

/// Runs `body` without recording operations for gradients.
///
/// Nothing may suspend inside: the mode belongs to the thread.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ct_grad_enabled()
  ct_set_grad_enabled(false)
  defer { ct_set_grad_enabled(before) }
  return try body()
}

/// Runs `body` recording operations for gradients, also inside `withoutGradients`.
public func withGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ct_grad_enabled()
  ct_set_grad_enabled(true)
  defer { ct_set_grad_enabled(before) }
  return try body()
}
