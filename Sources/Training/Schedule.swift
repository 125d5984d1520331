import Foundation
import OrchardSettings

/// How the learning rate goes over a run.
public enum ScheduleShape: String, NamedChoice {
  /// Stays where the warm-up left it.
  case constant
  /// Falls in a straight line.
  case linear
  /// Falls as half a cosine.
  case cosine
}

/// The learning rate over a run: a warm-up, then a shape.
public struct ScheduleSettings: SettingsGroup, Equatable {
  /// How the rate goes after the warm-up.
  public var shape = ScheduleShape.linear
  /// Steps in which the rate rises from nothing; nil goes by `warmupShare`.
  public var warmupSteps: Int?
  /// The share of all steps in which the rate rises, where no number of steps is given.
  public var warmupShare = 0.03
  /// The rate at the end, as a share of the rate at the top.
  public var floor = 0.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "The learning rate over the run: a warm-up, then a shape."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("shape", \.shape, "How the rate goes after the warm-up."),
      Field("warmup-steps", \.warmupSteps, "Steps in which the rate rises; empty goes by warmup-share.", .range(0...)),
      Field("warmup-share", \.warmupShare, "The share of all steps in which the rate rises.", .range(0..<1)),
      Field("floor", \.floor, "The rate at the end, as a share of the rate at the top.", .range(0...1)),
    ]
  }

  /// The factor on the learning rate after `step` of `total` steps, from 0 to 1.
  public func factor(at step: Double, of total: Int) -> Double {
    let warmup = Double(warmupSteps ?? Int(warmupShare * Double(total)))
    if step < warmup { return step / max(1, warmup) }
    let rest = max(1, Double(total) - warmup)
    let done = min(1, (step - warmup) / rest)
    switch shape {
    case .constant: return 1
    case .linear: return floor + (1 - floor) * (1 - done)
    case .cosine: return floor + (1 - floor) * (1 + cos(.pi * done)) / 2
    }
  }
}
