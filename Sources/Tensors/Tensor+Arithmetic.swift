import CTorch

extension Tensor {
  /// The sum, element by element; sizes of 1 are repeated.
  public static func + (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: ct_add(a.raw, b.raw), "add", a, b) }

  /// The difference, element by element; sizes of 1 are repeated.
  public static func - (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: ct_subtract(a.raw, b.raw), "subtract", a, b) }

  /// The product, element by element; sizes of 1 are repeated.
  public static func * (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: ct_multiply(a.raw, b.raw), "multiply", a, b) }

  /// The quotient, element by element; sizes of 1 are repeated.
  public static func / (a: Tensor, b: Tensor) -> Tensor { Tensor(taking: ct_divide(a.raw, b.raw), "divide", a, b) }

  /// A number added to every element.
  public static func + (a: Tensor, b: Double) -> Tensor { Tensor(taking: ct_add_scalar(a.raw, b), "add", a) }

  /// A number taken from every element.
  public static func - (a: Tensor, b: Double) -> Tensor { a + -b }

  /// Every element times a number.
  public static func * (a: Tensor, b: Double) -> Tensor { Tensor(taking: ct_multiply_scalar(a.raw, b), "multiply", a) }

  /// Every element divided by a number.
  public static func / (a: Tensor, b: Double) -> Tensor { a * (1 / b) }

  /// The opposite of every element.
  public static prefix func - (a: Tensor) -> Tensor { Tensor(taking: ct_negate(a.raw), "negate", a) }

  /// Every element to a power.
  public func power(_ exponent: Double) -> Tensor { Tensor(taking: ct_power_scalar(raw, exponent), "power", self) }

  /// Every element divided by a number and rounded down.
  public func floorDivided(by divisor: Double) -> Tensor {
    Tensor(taking: ct_floor_divide_scalar(raw, divisor), "floor division", self)
  }

  /// Every element kept between `low` and `high`.
  public func clamped(_ low: Double, _ high: Double) -> Tensor {
    Tensor(taking: ct_clamp(raw, low, high), "clamp", self)
  }

  /// The size of every element without its sign.
  public var absolute: Tensor { Tensor(taking: ct_absolute(raw), "absolute", self) }

  /// -1, 0 or 1 for every element.
  public var sign: Tensor { Tensor(taking: ct_sign(raw), "sign", self) }

  /// e to the power of every element.
  public var exponential: Tensor { Tensor(taking: ct_exp(raw), "exp", self) }

  /// The natural logarithm of every element.
  public var logarithm: Tensor { Tensor(taking: ct_log(raw), "log", self) }

  /// The square root of every element.
  public var squareRoot: Tensor { Tensor(taking: ct_sqrt(raw), "sqrt", self) }

  /// 1 over the square root of every element.
  public var reciprocalSquareRoot: Tensor { Tensor(taking: ct_rsqrt(raw), "rsqrt", self) }

  /// The cosine of every element, in radians.
  public var cosine: Tensor { Tensor(taking: ct_cos(raw), "cos", self) }

  /// The sine of every element, in radians.
  public var sine: Tensor { Tensor(taking: ct_sin(raw), "sin", self) }

  /// The hyperbolic tangent of every element.
  public var tanh: Tensor { Tensor(taking: ct_tanh(raw), "tanh", self) }

  /// The logistic function of every element.
  public var sigmoid: Tensor { Tensor(taking: ct_sigmoid(raw), "sigmoid", self) }

  /// Every element, those below zero set to zero.
  public var relu: Tensor { Tensor(taking: ct_relu(raw), "relu", self) }

  /// x · sigmoid(x) of every element.
  public var silu: Tensor { Tensor(taking: ct_silu(raw), "silu", self) }

  /// True where an element is neither infinite nor not-a-number.
  public var isFinite: Tensor { Tensor(taking: ct_is_finite(raw), "is_finite", self) }

  /// True where an element is false or zero.
  public var not: Tensor { Tensor(taking: ct_logical_not(raw), "logical_not", self) }

  /// The Gaussian error linear unit (Hendrycks and Gimpel 2016), exact or in its tanh form.
  public func gelu(tanhForm: Bool = false) -> Tensor { Tensor(taking: ct_gelu(raw, tanhForm), "gelu", self) }

  /// The smaller of two elements, place by place.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    Tensor(taking: ct_minimum(a.raw, b.raw), "minimum", a, b)
  }

  /// The greater of two elements, place by place.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    Tensor(taking: ct_maximum(a.raw, b.raw), "maximum", a, b)
  }

  /// `yes` where this tensor is true, `no` elsewhere.
  public func choose(_ yes: Tensor, else no: Tensor) -> Tensor {
    Tensor(taking: ct_where(raw, yes.raw, no.raw), "choose", self, yes, no)
  }

  /// A copy that is `value` where `mask` is true.
  public func masked(by mask: Tensor, with value: Double) -> Tensor {
    Tensor(taking: ct_masked_fill(raw, mask.raw, value), "mask", self, mask)
  }

  /// True where both are.
  public func and(_ other: Tensor) -> Tensor { Tensor(taking: ct_logical_and(raw, other.raw), "and", self, other) }

  /// True where either is.
  public func or(_ other: Tensor) -> Tensor { Tensor(taking: ct_logical_or(raw, other.raw), "or", self, other) }
}

/// How two elements are compared.
enum Relation: Int32 {
  case equal = 0, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

extension Tensor {
  func compared(_ other: Tensor, _ relation: Relation) -> Tensor {
    Tensor(taking: ct_compare(raw, other.raw, relation.rawValue), "compare", self, other)
  }

  func compared(_ other: Double, _ relation: Relation) -> Tensor {
    Tensor(taking: ct_compare_scalar(raw, other, relation.rawValue), "compare", self)
  }

  /// True where the left element is equal.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .equal) }

  /// True where the element is equal to or than the number.
  public static func .== (a: Tensor, b: Double) -> Tensor { a.compared(b, .equal) }

  /// True where the left element is different.
  public static func .!= (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .notEqual) }

  /// True where the element is different to or than the number.
  public static func .!= (a: Tensor, b: Double) -> Tensor { a.compared(b, .notEqual) }

  /// True where the left element is less.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .less) }

  /// True where the element is less to or than the number.
  public static func .< (a: Tensor, b: Double) -> Tensor { a.compared(b, .less) }

  /// True where the left element is less or equal.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .lessOrEqual) }

  /// True where the element is less or equal to or than the number.
  public static func .<= (a: Tensor, b: Double) -> Tensor { a.compared(b, .lessOrEqual) }

  /// True where the left element is greater.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .greater) }

  /// True where the element is greater to or than the number.
  public static func .> (a: Tensor, b: Double) -> Tensor { a.compared(b, .greater) }

  /// True where the left element is greater or equal.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { a.compared(b, .greaterOrEqual) }

  /// True where the element is greater or equal to or than the number.
  public static func .>= (a: Tensor, b: Double) -> Tensor { a.compared(b, .greaterOrEqual) }
}
