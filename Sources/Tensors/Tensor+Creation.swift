import CTorch

/// A Swift number that a tensor can be made of and read as.
public protocol TensorElement {
  /// The tensor type with the same bits.
  static var dtype: DType { get }
}

extension Float: TensorElement {
  /// The tensor type of a `Float`.
  public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
  /// The tensor type of a `Double`.
  public static var dtype: DType { .float64 }
}
extension Int: TensorElement {
  /// The tensor type of a `Int`.
  public static var dtype: DType { .int64 }
}
extension Int32: TensorElement {
  /// The tensor type of a `Int32`.
  public static var dtype: DType { .int32 }
}
extension Int8: TensorElement {
  /// The tensor type of a `Int8`.
  public static var dtype: DType { .int8 }
}
extension UInt8: TensorElement {
  /// The tensor type of a `UInt8`.
  public static var dtype: DType { .uint8 }
}
extension Bool: TensorElement {
  /// The tensor type of a `Bool`.
  public static var dtype: DType { .bool }
}

func withShape<Result>(_ shape: [Int], _ body: (UnsafePointer<Int64>?, Int) -> Result) -> Result {
  shape.map(Int64.init).withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
}

extension Tensor {
  /// A tensor of the given numbers in row-major order.
  public init<Element: TensorElement>(_ values: [Element], shape: [Int]? = nil, on device: Device = .cpu) {
    let shape = shape ?? [values.count]
    precondition(shape.reduce(1, *) == values.count, "\(values.count) numbers do not fill shape \(shape)")
    let made = values.withUnsafeBytes { bytes in
      withShape(shape) { ct_from_data(bytes.baseAddress, $0, $1, Element.dtype.rawValue) }
    }
    let tensor = Tensor(taking: made, "tensor from numbers")
    self = device == .cpu ? tensor : tensor.to(device)
  }

  /// A tensor without dimensions that holds one number.
  public init(scalar: Double, dtype: DType = .float32, on device: Device = .cpu) {
    self = .full([], scalar, dtype: dtype, on: device)
  }

  /// A tensor that is `value` everywhere.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    Tensor(taking: withShape(shape) { ct_full($0, $1, value, dtype.rawValue, device.raw) }, "full")
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32, on device: Device = .cpu) -> Tensor {
    full(shape, 0, dtype: dtype, on: device)
  }

  /// A tensor of ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32, on device: Device = .cpu) -> Tensor {
    full(shape, 1, dtype: dtype, on: device)
  }

  /// A tensor whose contents are whatever was in memory; to be written before it is read.
  package static func empty(_ shape: [Int], dtype: DType = .float32, on device: Device = .cpu) -> Tensor {
    Tensor(taking: withShape(shape) { ct_empty($0, $1, dtype.rawValue, device.raw) }, "empty")
  }

  /// The whole numbers of `range`, one dimension.
  public static func range(_ range: Range<Int>, dtype: DType = .int64, on device: Device = .cpu) -> Tensor {
    let made = ct_arange(Int64(range.lowerBound), Int64(range.upperBound), 1, dtype.rawValue, device.raw)
    return Tensor(taking: made, "range")
  }

  /// Normally distributed random numbers from the engine's generator.
  public static func normal(
    _ shape: [Int], mean: Double = 0, deviation: Double = 1, dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    let made = withShape(shape) { ct_normal($0, $1, mean, deviation, dtype.rawValue, device.raw) }
    return Tensor(taking: made, "normal")
  }

  /// Uniformly distributed random numbers from the engine's generator.
  public static func uniform(
    _ shape: [Int], low: Double = 0, high: Double = 1, dtype: DType = .float32, on device: Device = .cpu
  ) -> Tensor {
    Tensor(taking: withShape(shape) { ct_uniform($0, $1, low, high, dtype.rawValue, device.raw) }, "uniform")
  }

  /// A tensor of this one's shape, type and device that is `value` everywhere.
  public func filled(with value: Double) -> Tensor { Tensor(taking: ct_like(raw, value), "filled", self) }

  /// A tensor over memory that someone else owns; `release` is called once when the last tensor over it is gone.
  package init(
    borrowing data: UnsafeMutableRawPointer, shape: [Int], dtype: DType, owner: AnyObject
  ) {
    let context = Unmanaged.passRetained(owner).toOpaque()
    let made = withShape(shape) {
      ct_from_borrowed(data, $0, $1, dtype.rawValue, context) { context in
        if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
      }
    }
    self.init(taking: made, "tensor over borrowed memory")
  }
}
