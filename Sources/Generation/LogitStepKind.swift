import OrchardSettings

/// A kind of logit step: its setting, and how a step is made of the setting's value.
public struct LogitStepKind: Sendable {
  /// When a step takes part.
  public enum Part: Sendable {
    /// Whatever chooses the token: the most likely one, chance, or beams.
    case always
    /// Only where chance chooses.
    case sampling
    /// Only where beams search in groups.
    case beamGroups
  }

  /// The setting's key, such as `top-k`.
  public let name: String
  /// The setting's key in a `generation_config.json`, such as `top_k`.
  public let fileKey: String
  /// What the setting does, in one line.
  public let help: String
  /// When the step takes part.
  public let part: Part
  /// The number with which such a file switches the step off; nil where only a missing value or `false` does.
  let off: Double?
  /// The setting as a field of a recipe.
  let field: Field<GenerationSettings>
  /// The setting's value made of a number, for kinds that take one.
  let number: @Sendable (Double) -> (any LogitStepValue)?
  /// Makes the step of a value; nil for a value that switches it off.
  let make: @Sendable (any LogitStepValue, StepSituation) throws -> (any LogitStep)?

  /// A kind with its setting, whose type is that of the value that `make` takes.
  ///
  /// `fileKey` is `name` with underscores unless another is given.
  public init<Value: LogitStepValue>(
    _ name: String, _ help: String, _ limits: Limits = .none, part: Part = .sampling, fileKey: String? = nil,
    off: Double? = nil, make: @escaping @Sendable (Value, StepSituation) throws -> (any LogitStep)?
  ) {
    self.name = name
    self.fileKey = fileKey ?? name.replacing("-", with: "_")
    self.help = help
    self.part = part
    self.off = off
    let path: any WritableKeyPath<GenerationSettings, Value?> & Sendable = \GenerationSettings.[value: name]
    field = Field(name, path, help, limits)
    number = { Value(number: $0) }
    self.make = { value, situation in
      guard let value = value as? Value else { preconditionFailure("\(name) holds \(value)") }
      return try make(value, situation)
    }
  }

  /// Whether a step with this setting takes part in what `settings` describe.
  func takesPart(in settings: GenerationSettings) -> Bool {
    switch part {
    case .always: return true
    case .sampling: return settings.sample
    case .beamGroups: return settings.beamGroups > 1
    }
  }
}

/// A type that a logit step's setting can have: a number, a truth value, token phrases, and lists and maps of these.
public protocol LogitStepValue: SettingValue, Hashable {
  /// The value made of a number, where it is one.
  init?(number: Double)
  /// The value as a number, where it is one.
  var number: Double? { get }
}

extension LogitStepValue {
  /// None: this is no number.
  public init?(number: Double) { return nil }
  /// None: this is no number.
  public var number: Double? { nil }
}

extension Double: LogitStepValue {
  /// The number itself.
  public init?(number: Double) { self = number }
  /// The number itself.
  public var number: Double? { self }
}

extension Int: LogitStepValue {
  /// The number, where it is whole.
  public init?(number: Double) { self.init(exactly: number) }
  /// The number itself.
  public var number: Double? { Double(self) }
}

extension Bool: LogitStepValue {}

extension Array: LogitStepValue where Element: LogitStepValue {}

extension Dictionary: LogitStepValue where Key == String, Value: LogitStepValue {}

/// A setting's value of whatever type, to be kept beside those of others.
struct StoredStepValue: Hashable, Sendable {
  let value: any LogitStepValue

  init(_ value: any LogitStepValue) { self.value = value }

  static func == (left: Self, right: Self) -> Bool { AnyHashable(left.value) == AnyHashable(right.value) }

  func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}
