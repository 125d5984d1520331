import OrchardDatasets

/// What the difference of the grades of a pair's answers says.
enum PairLabel {
  /// Nothing but which answer is better.
  case sure
  /// By how much the better one is to be better.
  case margin
  /// How probable it is that it is better: a soft label.
  case probability

  init(_ settings: PreferenceSettings) {
    self = settings.margin != nil ? .margin : settings.probability != nil ? .probability : .sure
  }
}
