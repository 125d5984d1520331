import CTorch

/// A box for one of libtorch's tensors; ARC gives it back at its last use.
final class TensorHandle {
  let raw: ct_tensor
  init(_ raw: ct_tensor) { self.raw = raw }
  deinit { ct_free(raw) }
}

/// A rectangular array of numbers on a device.
///
/// Operations are pure: they return new tensors. The contents change only through `Parameter`s, optimisers and caches
/// (the `package` operations of `Tensor+InPlace.swift`). A shape that does not fit is a fault of the caller's code and
/// traps with the operation and the shapes; whatever a user can get wrong is checked before it comes here.
public struct Tensor {
  let handle: TensorHandle

  var raw: ct_tensor { handle.raw }

  init(_ raw: ct_tensor) { handle = TensorHandle(raw) }

  /// Takes what an operation returned, or traps with its name and the shapes it was given.
  init(taking raw: ct_tensor?, _ operation: StaticString, _ inputs: Tensor...) {
    guard let raw else { Engine.failed(operation, inputs.map(\.shape)) }
    handle = TensorHandle(raw)
  }
}

extension Tensor {
  /// The number of dimensions.
  public var rank: Int { ct_rank(raw) }

  /// The size of every dimension.
  public var shape: [Int] { (0..<ct_rank(raw)).map { Int(ct_size(raw, $0)) } }

  /// The size of one dimension; a negative one counts from the last.
  public func size(_ dimension: Int) -> Int {
    let place = dimension < 0 ? dimension + rank : dimension
    precondition((0..<rank).contains(place), "size(\(dimension)) of a tensor of shape \(shape)")
    return Int(ct_size(raw, place))
  }

  /// The number of elements.
  public var count: Int { Int(ct_count(raw)) }

  /// Bytes that the elements take.
  public var byteCount: Int { count * dtype.byteCount }

  /// The type of the elements.
  public var dtype: DType { DType(rawValue: ct_dtype_of(raw)) ?? .float32 }

  /// Where the tensor lives.
  public var device: Device { Device(raw: ct_device_of(raw)) }

  /// Whether both tensors look at the same memory.
  public func sharesStorage(with other: Tensor) -> Bool { ct_shares_storage(raw, other.raw) }
}

extension Tensor: CustomStringConvertible {
  /// The shape, type and device, for messages.
  public var description: String { "Tensor(\(shape), \(dtype), \(device))" }
}
