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
    /// Slower turns in texts longer than `originalContext`, the slower the longer the text is.
    case dynamic(factor: Double, originalContext: Int)
    /// Long waves stretched by the factor, short ones kept, and all cosines and sines multiplied by a `magnitude`.
    ///
    /// Followed: Peng, Quesnelle, Fan and Shippole, YaRN, 2023. Waves that turn more than `fast` times in the original
    /// context are short, those that turn less than `slow` times long.
    case yarn(
      factor: Double, fast: Double, slow: Double, originalContext: Int, truncates: Bool = true,
      magnitude: Double? = nil)
    /// Llama 3.1's: long waves divided by the factor, short ones kept, a smooth passage between.
    case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContext: Int)

    /// YaRN's magnitude of a factor: 0.1 · weight · ln factor + 1.
    package static func magnitude(_ factor: Double, _ weight: Double = 1) -> Double {
      factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }
  }

  /// Radians a position, `D/2` of them.
  public let frequencies: [Double]
  /// What cosines and sines are multiplied by.
  public let magnitude: Double
  private let base: Double
  private let scaling: Scaling

  /// The frequencies for heads of `headWidth` numbers.
  public init(headWidth: Int, base: Double, scaling: Scaling = .none) {
    self.base = base
    self.scaling = scaling
    let plain = Self.plain(headWidth, base)
    var magnitude = 1.0
    switch scaling {
    case .none, .dynamic: frequencies = plain
    case .yarn(let factor, let fast, let slow, let context, let truncates, let given):
      magnitude = given ?? Scaling.magnitude(factor)
      // The pair whose wave turns so many times in the original context.
      func pair(turning turns: Double) -> Double {
        Double(headWidth) * log(Double(context) / (turns * 2 * .pi)) / (2 * log(base))
      }
      let (low, high) = (pair(turning: fast), pair(turning: slow))
      let first = max(truncates ? low.rounded(.down) : low, 0)
      let last = min(truncates ? high.rounded(.up) : high, Double(headWidth - 1))
      let passage = first == last ? 0.001 : last - first
      frequencies = plain.enumerated().map { index, frequency in
        let stretched = min(max((Double(index) - first) / passage, 0), 1)
        return frequency / factor * stretched + frequency * (1 - stretched)
      }
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
    self.magnitude = magnitude
  }

  private static func plain(_ width: Int, _ base: Double) -> [Double] {
    (0..<width / 2).map { pow(base, -2 * Double($0) / Double(width)) }
  }

  /// The frequencies for a text of `length` tokens: only dynamic ones depend on it.
  package func frequencies(length: Int) -> [Double] {
    guard case .dynamic(let factor, let context) = scaling, length > context else { return frequencies }
    let width = Double(2 * frequencies.count)
    let stretch = factor * Double(length) / Double(context) - (factor - 1)
    return Self.plain(2 * frequencies.count, base * pow(stretch, width / (width - 2)))
  }

  private var dependsOnLength: Bool { if case .dynamic = scaling { true } else { false } }

  /// Whether the frequencies for a text of `length` tokens are other than those for a short one.
  package func isStretched(at length: Int) -> Bool {
    if case .dynamic(_, let context) = scaling { length > context } else { false }
  }

  /// The cosines and sines of positions `[T]` or `[B, T]` (whole numbers), as fp32 `[…, T, D/2]`.
  ///
  /// The text has `length` tokens; nil takes it that it ends with the last position.
  public func angles(at positions: Tensor, length given: Int? = nil) -> (cosine: Tensor, sine: Tensor) {
    let length = given ?? (dependsOnLength ? positions.reshaped([-1]).maximum(along: 0).scalarInteger + 1 : 0)
    let table = Tensor(frequencies(length: length).map(Float.init), on: positions.device)
    let angles = positions.to(.float32).unsqueezed(-1) * table
    return magnitude == 1
      ? (angles.cosine, angles.sine) : (angles.cosine * magnitude, angles.sine * magnitude)
  }

  /// `heads` `[B, H, T, D]` turned by angles `[T, R/2]` or `[B, T, R/2]`; of D numbers the first R.
  public static func turn(_ heads: Tensor, by angles: (cosine: Tensor, sine: Tensor)) -> Tensor {
    turnFirst(heads, 2 * angles.cosine.size(-1)) { $0.turned(cosine: angles.cosine, sine: angles.sine) }
  }

  private static func turnFirst(_ heads: Tensor, _ count: Int, _ turn: (Tensor) -> Tensor) -> Tensor {
    let width = heads.size(-1)
    if count == width { return turn(heads) }
    return .concatenated([turn(heads.sliced(-1, 0..<count)), heads.sliced(-1, count..<width)], along: -1)
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
