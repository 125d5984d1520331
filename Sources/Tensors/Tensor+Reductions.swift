import CTorch

extension Tensor {
  /// The sum of all elements.
  public var sum: Tensor { Tensor(taking: ct_sum_all(raw), "sum", self) }

  /// The mean of all elements.
  public var mean: Tensor { Tensor(taking: ct_mean_all(raw), "mean", self) }

  /// Whether all elements are true.
  public var all: Bool { Tensor(taking: ct_all(raw), "all", self).scalar != 0 }

  /// Whether any element is true.
  public var any: Bool { Tensor(taking: ct_any(raw), "any", self).scalar != 0 }

  /// The sums along a dimension.
  public func sum(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_sum(raw, Int64(dimension), keepingDimension), "sum", self)
  }

  /// The means along a dimension.
  public func mean(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_mean(raw, Int64(dimension), keepingDimension), "mean", self)
  }

  /// The greatest elements along a dimension.
  public func maximum(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_amax(raw, Int64(dimension), keepingDimension), "amax", self)
  }

  /// The smallest elements along a dimension.
  public func minimum(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_amin(raw, Int64(dimension), keepingDimension), "amin", self)
  }

  /// The places of the greatest elements along a dimension.
  public func indexOfMaximum(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_argmax(raw, Int64(dimension), keepingDimension), "argmax", self)
  }

  /// The logarithm of the sum of exponentials along a dimension.
  public func logSumExponentials(along dimension: Int, keepingDimension: Bool = false) -> Tensor {
    Tensor(taking: ct_log_sum_exp(raw, Int64(dimension), keepingDimension), "log_sum_exp", self)
  }

  /// The running sums along a dimension.
  public func cumulativeSum(along dimension: Int) -> Tensor {
    Tensor(taking: ct_cumulative_sum(raw, Int64(dimension)), "cumulative sum", self)
  }

  /// The softmax along a dimension.
  public func softmax(along dimension: Int = -1) -> Tensor {
    Tensor(taking: ct_softmax(raw, Int64(dimension)), "softmax", self)
  }

  /// The logarithm of the softmax along a dimension.
  public func logSoftmax(along dimension: Int = -1) -> Tensor {
    Tensor(taking: ct_log_softmax(raw, Int64(dimension)), "log softmax", self)
  }

  /// The `count` greatest elements along a dimension and their places, greatest first if `sorted`.
  public func top(_ count: Int, along dimension: Int = -1, sorted: Bool = true) -> (values: Tensor, indices: Tensor) {
    var values: ct_tensor?
    var indices: ct_tensor?
    let status = ct_top_k(raw, Int64(count), Int64(dimension), sorted, &values, &indices)
    guard status == 0, let values, let indices else { Engine.failed("top", [shape]) }
    return (Tensor(values), Tensor(indices))
  }

  /// The elements in order along a dimension and their places; equal elements keep their order.
  public func sorted(along dimension: Int = -1, descending: Bool = false) -> (values: Tensor, indices: Tensor) {
    var values: ct_tensor?
    var indices: ct_tensor?
    let status = ct_sort(raw, Int64(dimension), descending, &values, &indices)
    guard status == 0, let values, let indices else { Engine.failed("sort", [shape]) }
    return (Tensor(values), Tensor(indices))
  }
}
