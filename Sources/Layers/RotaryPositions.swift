import Foundation
import OrchardTensors

/// Rotary positions in the two-halves form that Hugging Face checkpoints use.
///
/// Followed: Su, Lu, Pan, Murtadha, Wen and Liu, RoFormer, 2021.
/// Pairs `(x[i], x[i + D/2])` of each head are turned by `position · frequency[i]` radians.
public struct RotaryPositions: Sendable {
  /// How frequencies are stretched for contexts longer than those of pre-training.
  public enum Scaling: Equatable, Sendable {
    case none
    /// Every position divided by a factor.
    case linear(factor: Double)
    /// Llama 3.1's: long waves divided by the factor, short ones kept, a smooth passage between.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)
  }

  /// Radians a position, `D/2` of them.
  public let frequencies: [Double]

  /// The frequencies for heads of `headWidth` numbers.
  public init(headWidth: Int, base: Double, scaling: Scaling = .none) {
    let plain = (0..<headWidth / 2).map { pow(base, -2 * Double($0) / Double(headWidth)) }
    switch scaling {
    case .none: frequencies = plain
    case .linear(let factor): frequencies = plain.map { $0 / factor }
    case .llama3(let factor, let low, let high, let context):
      frequencies = plain.map { frequency in
        let wavelength = 2 * Double.pi / frequency
        if wavelength < Double(context) / high { return frequency }
        if wavelength > Double(context) / low { return frequency / factor }
        let smooth = (Double(context) / wavelength - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
      }
    }
  }

  /// The cosines and sines of positions `[T]` or `[B, T]` (whole numbers), as fp32 `[…, T, D/2]`.
  public func angles(at positions: Tensor) -> (cosine: Tensor, sine: Tensor) {
    let table = Tensor(frequencies.map(Float.init), on: positions.device)
    let angles = positions.to(.float32).unsqueezed(-1) * table
    return (angles.cosine, angles.sine)
  }

  /// `heads` `[B, H, T, D]` turned by angles `[T, D/2]` or `[B, T, D/2]`.
  public static func turn(_ heads: Tensor, by angles: (cosine: Tensor, sine: Tensor)) -> Tensor {
    heads.turned(cosine: angles.cosine, sine: angles.sine)
  }

  /// The same in single steps: what the fused form is checked against.
  public static func turnComposed(_ heads: Tensor, by angles: (cosine: Tensor, sine: Tensor)) -> Tensor {
    let half = heads.size(-1) / 2
    let first = heads.sliced(-1, 0..<half)
    let second = heads.sliced(-1, half..<2 * half)
    let perRow = angles.cosine.rank == 3
    let cosine = (perRow ? angles.cosine.unsqueezed(1) : angles.cosine).to(heads.dtype)
    let sine = (perRow ? angles.sine.unsqueezed(1) : angles.sine).to(heads.dtype)
    return .concatenated([first * cosine - second * sine, second * cosine + first * sine], along: -1)
  }
}
