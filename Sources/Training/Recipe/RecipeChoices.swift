import OrchardSettings

/// The type of number that weights are kept and multiplied in.
public enum TrainingPrecision: String, NamedChoice {
  /// Single precision.
  case fp32
  /// Eight bits of mantissa, with fp32 masters in the optimiser.
  case bf16

  /// Bytes of a number.
  var bytes: Int { self == .fp32 ? 4 : 2 }
}

/// Which of a model's own weights are trained.
public enum TrainablePart: String, NamedChoice {
  /// All of them.
  case all
  /// The biases alone, those of norms among them (BitFit: Ben Zaken, Goldberg and Ravfogel 2022).
  case biases

  /// Whether the weight of this name in a checkpoint is among them.
  func holds(_ name: String) -> Bool { self == .all || name.hasSuffix("bias") }
}

/// What keeps a model from forgetting, beside the loss.
public enum Regularization: String, NamedChoice {
  /// Nothing.
  case none
  /// Its own distribution as it was before the run.
  case original
}
