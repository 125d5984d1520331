import OrchardSettings
import OrchardTensors

/// How several LoRA adapters become one.
///
/// All but `sum` work on the two matrices apart, as peft does: each is multiplied by the root of its adapter's weight
/// and scale, so that their product has the whole. That is an approximation; `sum` is exact.
public enum CombinationMethod: String, NamedChoice {
  /// The exact weighted sum of what they do: ranks add up.
  case sum
  /// Weighted sums of their matrices.
  case linear
  /// The largest numbers of each are kept; where signs differ, those of the majority (Yadav and others, TIES, 2023).
  case ties
  /// Numbers of each are dropped by chance, the others made larger (Yu and others, DARE, 2023); then weighted sums.
  case dareLinear = "dare-linear"
  /// DARE's dropping, then TIES' signs.
  case dareTies = "dare-ties"

  /// Whether a share of the numbers is dropped.
  public var drops: Bool { self == .ties || self == .dareLinear || self == .dareTies }

  /// One matrix of several of one shape, each with its weight, those of a `density` share of whose numbers are kept.
  package func combined(_ matrices: [Tensor], _ weights: [Double], density: Double) -> Tensor {
    let kept = matrices.map { matrix in
      switch self {
      case .ties: return Self.largest(of: matrix, density)
      case .dareLinear, .dareTies: return Self.drawn(from: matrix, density)
      case .sum, .linear: return matrix
      }
    }
    let weighted = zip(kept, weights).map { $0 * $1 }
    guard self == .ties || self == .dareTies else { return Self.total(weighted) }
    // The sign that the larger sum has is elected; what has another takes no part.
    let sum = Self.total(kept)
    let agreeing = kept.map { matrix in
      let isPositive = (sum .>= 0).and(matrix .> 0)
      return isPositive.or((sum .< 0).and(matrix .< 0)).to(.float32)
    }
    let count = Tensor.maximum(Self.total(agreeing), Tensor(scalar: 1))
    return Self.total(zip(weighted, agreeing).map { $0 * $1 }) / count
  }

  private static func total(_ matrices: [Tensor]) -> Tensor {
    matrices.dropFirst().reduce(matrices[0]) { $0 + $1 }
  }

  private static func largest(of matrix: Tensor, _ density: Double) -> Tensor {
    let count = Int(density * Double(matrix.count))
    guard count < matrix.count else { return matrix }
    guard count > 0 else { return .zeros(matrix.shape) }
    let sizes = matrix.absolute
    let least = sizes.reshaped([-1]).top(count, along: 0).values.selected(0, count - 1).scalar
    return matrix * (sizes .>= least).to(.float32)
  }

  private static func drawn(from matrix: Tensor, _ density: Double) -> Tensor {
    guard density < 1 else { return matrix }
    return matrix * (Tensor.uniform(matrix.shape) .< density).to(.float32) / density
  }
}
