import OrchardTensors

/// One weight of a model: a box, so that two layers can share it and an optimiser can change it in place.
///
/// It is made without memory; `load` or `initialize` gives it its numbers.
public final class Parameter {
  /// The size of every dimension.
  public let shape: [Int]
  /// How the weight begins where it is not loaded.
  public let start: Start
  private var contents: Tensor?
  /// The numbers where they are kept in few bits; layers multiply with these.
  public private(set) var compact: (any CompactMatrix)?
  private var computingType = DType.float32

  /// How a weight begins where a model is made from nothing.
  public enum Start: Sendable {
    /// The same number everywhere.
    case constant(Double)
    /// Normally distributed around zero.
    case normal(deviation: Double)
  }

  /// A weight without memory yet.
  public init(_ shape: [Int], start: Start) {
    self.shape = shape
    self.start = start
  }

  /// The numbers where they are whole numbers of 8 or 4 bits, for which there are products of their own.
  public var quantized: QuantizedMatrix? { compact as? QuantizedMatrix }

  /// The numbers; where they are kept in few bits, an ordinary matrix made anew from them.
  ///
  /// Reading them before they are there is a fault of the calling code and traps.
  public var tensor: Tensor {
    if let compact { return compact.dequantized(computingType) }
    guard let contents else { preconditionFailure("a parameter of shape \(shape) was used before it was loaded") }
    return contents
  }

  /// Whether the weight has its numbers.
  public var isLoaded: Bool { contents != nil || compact != nil }

  /// The type that the weight is computed with.
  package var dtype: DType { contents?.dtype ?? computingType }

  /// Where the weight is.
  package var device: Device { contents?.device ?? .cpu }

  /// The bytes that the numbers take.
  public var byteCount: Int { compact?.byteCount ?? contents?.byteCount ?? 0 }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Whether training changes this weight.
  public var isTrainable = true {
    didSet { contents?.setRequiresGradient(isTrainable && wantsGradients) }
  }

  /// Whether gradients are wanted at all; training switches this on.
  package var wantsGradients = false {
    didSet { contents?.setRequiresGradient(isTrainable && wantsGradients) }
  }

  /// Takes the numbers of `tensor`, which must have this shape.
  package func load(_ tensor: Tensor) {
    precondition(tensor.shape == shape, "a parameter of shape \(shape) was given \(tensor)")
    let tensor = tensor.detached
    tensor.setRequiresGradient(isTrainable && wantsGradients && tensor.dtype.isFloatingPoint)
    contents = tensor
    compact = nil
  }

  /// Puts another tensor of this shape, as it is, in the place of the one that it returns, whose gradient stays its own.
  package func exchange(_ tensor: Tensor) -> Tensor {
    precondition(tensor.shape == shape && compact == nil, "a parameter of shape \(shape) was given \(tensor)")
    let before = self.tensor
    contents = tensor
    return before
  }

  /// Keeps the numbers of `matrix` in few bits; they are then no longer trained.
  ///
  /// - Throws: `EngineError` where they are not all finite.
  package func quantize(_ matrix: Tensor, as form: CompactForm, computingWith dtype: DType) throws {
    precondition(matrix.shape == shape, "a parameter of shape \(shape) was given \(matrix)")
    compact = try form.matrix(matrix)
    contents = nil
    computingType = dtype
    isTrainable = false
  }

  /// Gives the weight its starting numbers from the engine's random numbers.
  package func initialize(dtype: DType, on device: Device) {
    switch start {
    case .constant(let value): load(.full(shape, value, dtype: dtype, on: device))
    case .normal(let deviation): load(.normal(shape, deviation: deviation).to(dtype).to(device))
    }
  }

  /// Turns the numbers into another type or moves them to another device; those of few bits stay, and are computed with
  /// in that type.
  package func convert(to dtype: DType, on device: Device) {
    if compact != nil {
      computingType = dtype
      return
    }
    load(tensor.to(dtype).to(device))
  }
}
