/// Writes dialogues with summaries, the same ones for the same seed on every machine.
///
/// Each dialogue is one of some twenty situations, told with names, places, things, times and reasons drawn
/// from word lists, and with small talk around it that a good summary leaves out. The two parts share no
/// sentence and no summary: the bytes of a sentence decide which part may use it (`DialoguePart`).
public struct DialogueGenerator: Sendable {
  private let seed: UInt64

  /// A generator whose every dialogue follows from `seed`.
  public init(seed: UInt64) { self.seed = seed }

  /// Writes both parts of a data set, their topics in random order.
  ///
  /// - Parameters:
  ///   - training: How many dialogues to train on.
  ///   - heldOut: How many dialogues to keep for evaluation.
  /// - Returns: The two parts; within each, all summaries differ.
  public func dataset(training: Int, heldOut: Int) -> (training: [Dialogue], heldOut: [Dialogue]) {
    (
      part(.training, count: training, named: "training", random: SeededGenerator(seed: seed, stream: 0)),
      part(.heldOut, count: heldOut, named: "held-out", random: SeededGenerator(seed: seed, stream: 1))
    )
  }

  private func part(_ part: DialoguePart, count: Int, named name: String, random: SeededGenerator) -> [Dialogue] {
    var random = random
    var scenarios: [DialogueScenario] = []
    var told: Set<String> = []
    var dialogues: [Dialogue] = []
    while dialogues.count < count {
      if scenarios.isEmpty {
        scenarios = DialogueScenario.all
        random.shuffle(&scenarios)
      }
      guard let scenario = scenarios.popLast() else { break }
      // A draw is given up where a sentence can only be written as the other part owns it; another
      // draw of words then succeeds.
      while true {
        var writer = DialogueWriter(part: part, random: random)
        let written = writer.write(scenario)
        random = writer.random
        guard let written, told.insert(written.summary).inserted else { continue }
        dialogues.append(
          Dialogue(
            id: "\(name)-\(dialogues.count + 1)", topic: scenario.topic, dialogue: written.dialogue,
            summary: written.summary))
        break
      }
    }
    return dialogues
  }
}
