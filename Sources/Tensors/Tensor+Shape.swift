import CTorch

extension Tensor {
  /// This tensor with elements of another type.
  public func to(_ dtype: DType) -> Tensor {
    self.dtype == dtype ? self : Tensor(taking: ct_to(raw, dtype.rawValue, device.raw, false), "convert", self)
  }

  /// This tensor on another device.
  public func to(_ device: Device) -> Tensor {
    self.device == device ? self : Tensor(taking: ct_to(raw, dtype.rawValue, device.raw, false), "move", self)
  }

  /// A copy that shares no memory with this tensor; gradients flow through it.
  public var copied: Tensor { Tensor(taking: ct_clone(raw), "copy", self) }

  /// Whether the elements lie in memory in row-major order without gaps.
  package var isContiguous: Bool { ct_is_contiguous(raw) }

  /// The same numbers laid out row after row.
  public var contiguous: Tensor { Tensor(taking: ct_contiguous(raw), "contiguous", self) }

  /// The same numbers in another shape; one size may be -1.
  public func reshaped(_ shape: [Int]) -> Tensor {
    Tensor(taking: withShape(shape) { ct_reshape(raw, $0, $1) }, "reshape", self)
  }

  /// This tensor repeated along dimensions of size 1, without a copy.
  public func expanded(_ shape: [Int]) -> Tensor {
    Tensor(taking: withShape(shape) { ct_expand(raw, $0, $1) }, "expand", self)
  }

  /// The dimensions in another order.
  public func permuted(_ order: [Int]) -> Tensor {
    Tensor(taking: withShape(order) { ct_permute(raw, $0, $1) }, "permute", self)
  }

  /// Two dimensions exchanged.
  public func transposed(_ a: Int, _ b: Int) -> Tensor {
    Tensor(taking: ct_transpose(raw, Int64(a), Int64(b)), "transpose", self)
  }

  /// A dimension of size 1 removed.
  public func squeezed(_ dimension: Int) -> Tensor {
    Tensor(taking: ct_squeeze(raw, Int64(dimension)), "squeeze", self)
  }

  /// A dimension of size 1 inserted.
  public func unsqueezed(_ dimension: Int) -> Tensor {
    Tensor(taking: ct_unsqueeze(raw, Int64(dimension)), "unsqueeze", self)
  }

  /// The part of `dimension` in `range`.
  public func sliced(_ dimension: Int, _ range: Range<Int>) -> Tensor {
    Tensor(
      taking: ct_slice(raw, Int64(dimension), Int64(range.lowerBound), Int64(range.upperBound), 1), "slice", self)
  }

  /// One place of `dimension`, which goes away.
  public func selected(_ dimension: Int, _ index: Int) -> Tensor {
    Tensor(taking: ct_select(raw, Int64(dimension), Int64(index)), "select", self)
  }

  /// The places `indices` (one dimension of whole numbers) of `dimension`.
  public func indexed(_ dimension: Int, by indices: Tensor) -> Tensor {
    Tensor(taking: ct_index_select(raw, Int64(dimension), indices.raw), "index", self, indices)
  }

  /// For every place of `indices`, the element there along `dimension`.
  public func gathered(_ dimension: Int, by indices: Tensor) -> Tensor {
    Tensor(taking: ct_gather(raw, Int64(dimension), indices.raw), "gather", self, indices)
  }

  /// A copy with `source` written to the places `indices` along `dimension`.
  public func scattered(_ dimension: Int, by indices: Tensor, from source: Tensor) -> Tensor {
    Tensor(taking: ct_scatter(raw, Int64(dimension), indices.raw, source.raw), "scatter", self, indices, source)
  }

  /// Tensors one after another along a dimension.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int) -> Tensor {
    let raws = tensors.map { Optional($0.raw) }
    return withExtendedLifetime(tensors) {
      guard let made = ct_cat(raws, raws.count, Int64(dimension)) else {
        Engine.failed("concatenate", tensors.map(\.shape))
      }
      return Tensor(made)
    }
  }

  /// Tensors of one shape along a new dimension.
  public static func stacked(_ tensors: [Tensor], along dimension: Int) -> Tensor {
    let raws = tensors.map { Optional($0.raw) }
    return withExtendedLifetime(tensors) {
      guard let made = ct_stack(raws, raws.count, Int64(dimension)) else {
        Engine.failed("stack", tensors.map(\.shape))
      }
      return Tensor(made)
    }
  }

  /// Every place of `dimension` `times` times over, side by side.
  public func repeated(_ times: Int, along dimension: Int) -> Tensor {
    Tensor(taking: ct_repeat_interleave(raw, Int64(times), Int64(dimension)), "repeat", self)
  }

  /// The order along `dimension` turned round.
  public func flipped(_ dimension: Int) -> Tensor { Tensor(taking: ct_flip(raw, Int64(dimension)), "flip", self) }

  /// The last dimension made longer by `value`s.
  public func padded(before: Int = 0, after: Int = 0, with value: Double = 0) -> Tensor {
    Tensor(taking: ct_pad(raw, Int64(before), Int64(after), value), "pad", self)
  }

  /// The last two dimensions with everything below the diagonal set to zero.
  public func upperTriangle(_ diagonal: Int = 0) -> Tensor {
    Tensor(taking: ct_triangle(raw, Int64(diagonal), true), "upper triangle", self)
  }

  /// The last two dimensions with everything above the diagonal set to zero.
  public func lowerTriangle(_ diagonal: Int = 0) -> Tensor {
    Tensor(taking: ct_triangle(raw, Int64(diagonal), false), "lower triangle", self)
  }
}
