extension DialogueScenario {
  /// Every situation there is.
  static let all = appointments + purchases + leisure + household + work + lifeEvents
}
