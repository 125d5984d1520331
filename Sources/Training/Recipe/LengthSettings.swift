import OrchardSettings

/// How far a run goes and how large its steps are.
public struct LengthSettings: SettingsGroup, Equatable {
  /// Passes over the data; used where no number of steps is given.
  public var epochs = 3.0
  /// Steps; nil goes by `epochs`.
  public var steps: Int?
  /// Batches whose gradients are added up for one step.
  public var accumulation = 1
  /// Evaluations without a new lowest validation loss after which the run ends; nil goes to the end.
  public var patience: Int?
  /// The largest norm of all gradients together; larger ones are scaled down.
  public var clipping: Double? = 1.0

  /// The settings with their defaults.
  public init() {}

  /// What the group is for.
  public static let help = "How far the run goes and how large its steps are."

  /// The settings of the group.
  public static var fields: [Field<Self>] {
    [
      Field("epochs", \.epochs, "Passes over the data, where no number of steps is given.", .above(0)),
      Field("steps", \.steps, "Steps; empty goes by epochs.", .range(1...)),
      Field("accumulation", \.accumulation, "Batches whose gradients are added up for one step.", .range(1...)),
      Field(
        "patience", \.patience,
        "Evaluations without a new lowest validation loss after which the run ends; empty goes to the end.",
        .range(1...)),
      Field("clipping", \.clipping, "Largest norm of all gradients; empty for no clipping.", .above(0)),
    ]
  }
}
