import CTorch

extension Tensor {
  /// body(inputs), of which nothing is kept for the backward pass but the inputs: there it is done again, with the same
  /// random numbers.
  ///
  /// Whatever of the inputs is to get a gradient must be among `inputs`; weights that `body` uses need not be. The body
  /// must give the same each time. Unless it `isOn`, everything is kept as ever. Followed: Chen and others, Training
  /// Deep Nets with Sublinear Memory Cost, 2016.
  package static func recomputed(_ inputs: [Tensor], if isOn: Bool = true, _ body: @escaping ([Tensor]) -> Tensor)
    -> Tensor
  {
    guard isOn, recordsGradients else { return body(inputs) }
    let work = Unmanaged.passRetained(RecomputedWork(body))
    let boxes: [ct_tensor?] = inputs.map(\.raw)
    let made = ct_recomputed(
      boxes, boxes.count,
      { context, inputs, count in
        guard let context, let inputs else { return nil }
        let work = Unmanaged<RecomputedWork>.fromOpaque(context).takeUnretainedValue()
        let tensors = (0..<count).compactMap { inputs[$0].map { Tensor($0) } }
        let made = work.body(tensors)
        return withExtendedLifetime(made) { ct_share(made.raw) }
      }, work.toOpaque(), { context in context.map { Unmanaged<RecomputedWork>.fromOpaque($0).release() } })
    return Tensor(taking: made, "recomputed work", inputs[0])
  }
}

/// Work in a box that goes through C.
private final class RecomputedWork {
  let body: ([Tensor]) -> Tensor
  init(_ body: @escaping ([Tensor]) -> Tensor) { self.body = body }
}
