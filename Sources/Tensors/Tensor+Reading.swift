import CTorch

extension Tensor {
  /// The elements in row-major order, converted to `Element`'s type where they are of another.
  public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    let source = dtype == Element.dtype ? self : to(Element.dtype)
    let count = count
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      let bytes = count * MemoryLayout<Element>.stride
      withExtendedLifetime(source) { Engine.require(ct_read(source.raw, buffer.baseAddress, bytes), "read") }
      initialized = count
    }
  }

  /// The elements as fp32 numbers.
  public var floats: [Float] { array(of: Float.self) }

  /// The elements as whole numbers.
  public var integers: [Int] { array(of: Int.self) }

  /// The only element, as a number.
  public var scalar: Double {
    var value = 0.0
    if ct_item(raw, &value) != 0 { Engine.failed("scalar", [shape]) }
    return value
  }

  /// The only element, as a whole number.
  public var scalarInteger: Int {
    var value: Int64 = 0
    if ct_item_int(raw, &value) != 0 { Engine.failed("scalar", [shape]) }
    return Int(value)
  }

  /// The bytes of the elements in row-major order, on the CPU.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let source = detached.to(.cpu).contiguous
    let bytes = UnsafeRawBufferPointer(start: ct_data(source.raw), count: source.byteCount)
    return try withExtendedLifetime(source) { try body(bytes) }
  }

  /// The elements of a contiguous tensor on the CPU, without a copy.
  package func withElements<Element: TensorElement, Result>(
    of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(dtype == Element.dtype && device == .cpu && ct_is_contiguous(raw), "elements of \(self) as \(type)")
    return try withExtendedLifetime(self) {
      let start = ct_data(raw)?.assumingMemoryBound(to: Element.self)
      return try body(UnsafeBufferPointer(start: UnsafePointer(start), count: count))
    }
  }
}
