import CTorch

// The operations that change contents: for parameters, optimisers and caches only.
extension Tensor {
  /// Writes `source` over this tensor's elements, converting type and device.
  package func assign(_ source: Tensor) {
    if ct_copy_into(raw, source.raw) != 0 { Engine.failed("assign", [shape, source.shape]) }
  }

  /// Adds `scale · other` to this tensor's elements.
  package func add(_ other: Tensor, scale: Double = 1) {
    if ct_add_into(raw, other.raw, scale) != 0 { Engine.failed("add into", [shape, other.shape]) }
  }

  /// Multiplies this tensor's elements by a number.
  package func scale(by factor: Double) { Engine.require(ct_multiply_into(raw, factor), "scale") }

  /// Sets every element to a number.
  package func fill(_ value: Double) { Engine.require(ct_fill(raw, value), "fill") }

  /// Writes the places of `source` to the places `indices` of `dimension`.
  package func assign(_ dimension: Int, at indices: Tensor, _ source: Tensor) {
    if ct_index_copy_into(raw, Int64(dimension), indices.raw, source.raw) != 0 {
      Engine.failed("assign at", [shape, indices.shape, source.shape])
    }
  }

  /// The fp32 elements of a contiguous tensor on the CPU, to be changed in place.
  package func withMutableElements<Result>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Result) rethrows
    -> Result
  {
    precondition(dtype == .float32 && device == .cpu && ct_is_contiguous(raw), "elements of \(self)")
    return try withExtendedLifetime(self) {
      let start = ct_data(raw)?.assumingMemoryBound(to: Float.self)
      return try body(UnsafeMutableBufferPointer(start: start, count: count))
    }
  }

  /// The Euclidean norm of all given tensors together.
  package static func norm(of tensors: [Tensor]) -> Double {
    var norm = 0.0
    let raws = tensors.map { Optional($0.raw) }
    withExtendedLifetime(tensors) { Engine.require(ct_gradient_norm(raws, raws.count, &norm), "norm") }
    return norm
  }

  /// Multiplies all given tensors by a number.
  package static func scale(_ tensors: [Tensor], by factor: Double) {
    let raws = tensors.map { Optional($0.raw) }
    withExtendedLifetime(tensors) { Engine.require(ct_scale_all(raws, raws.count, factor), "scale") }
  }
}

extension Tensor {
  /// Writes raw bytes over the elements of a contiguous tensor on the CPU.
  package func overwrite(with bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == byteCount && device == .cpu && ct_is_contiguous(raw), "overwrite \(self)")
    if let source = bytes.baseAddress, let target = ct_data(raw) {
      withExtendedLifetime(self) { target.copyMemory(from: source, byteCount: bytes.count) }
    }
  }
}
