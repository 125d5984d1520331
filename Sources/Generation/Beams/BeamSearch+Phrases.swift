extension BeamSearch {
  /// The beams to go on with where phrases must occur: the best of those that the model would choose, and of those that
  /// a phrase's next token makes (Hokamp and Liu, "Lexically constrained decoding", 2017).
  ///
  /// Beams are sorted into banks by how much of the phrases they hold, and taken from the banks in turn, the fullest
  /// first (Post and Vilar, "Fast lexically constrained decoding with dynamic beam allocation", 2018).
  mutating func fulfilling(
    _ going: [Beam], _ ended: inout [Finished], _ rules: StopRules,
    _ candidate: (_ beam: Int, _ token: Int?) -> Candidate
  ) -> [Beam] {
    var all = going
    var known = Set(going.map { tokens(of: $0) })
    for (index, beam) in running.enumerated() {
      guard let progress = beam.progress, !progress.isComplete else { continue }
      let before = tokens(of: beam)
      for token in progress.nextTokens where known.insert(before + [token]).inserted {
        let advanced = continued(candidate(index, token), rules)
        if advanced.reason != .stopString, advanced.score > Self.hopeless { all.append(advanced) }
      }
    }
    let chosen = all.count == going.count ? going : Array(inTurn(all).prefix(width))
    let left = rules.limits[prompt].count - length
    func isViable(_ beam: Beam) -> Bool { (beam.progress?.needed ?? 0) <= left }
    if (finished + ended).contains(where: \.isWhole) || chosen.contains(where: isViable) { return chosen }
    // transformers drops a text that holds all phrases when others are likelier, and now could end without any: what
    // cannot come to hold them any more makes way.
    let viable = all.filter(isViable) + continuedWhole(&ended, rules, candidate)
    return viable.isEmpty ? chosen : Array(inTurn(viable).prefix(width))
  }

  /// The beams that hold all phrases, each with its likeliest token.
  private mutating func continuedWhole(
    _ ended: inout [Finished], _ rules: StopRules, _ candidate: (_ beam: Int, _ token: Int?) -> Candidate
  ) -> [Beam] {
    var going: [Beam] = []
    for (index, beam) in running.enumerated() where beam.progress?.isComplete == true && beam.score > Self.hopeless {
      let next = continued(candidate(index, nil), rules)
      if let reason = next.reason, reason == .endToken || reason == .stopString {
        ended.append(finish(next, reason))
      } else {
        going.append(next)
      }
    }
    return going
  }

  /// Beams in the order in which the banks are drawn from.
  private func inTurn(_ beams: [Beam]) -> [Beam] {
    let ranked = beams.map { beam in
      (beam: beam, bank: beam.progress?.bank ?? 0, key: Float((beam.progress?.bank ?? 0) * 100) + beam.score)
    }.enumerated().sorted { a, b in
      a.element.key == b.element.key ? a.offset < b.offset : a.element.key > b.element.key
    }.map(\.element)
    // Each beam's turn: its place among those of its bank.
    var turns: [Int] = []
    for (place, entry) in ranked.enumerated() {
      turns.append(place > 0 && ranked[place - 1].bank == entry.bank ? turns[place - 1] + 1 : 0)
    }
    return turns.indices.sorted { (turns[$0], $0) < (turns[$1], $1) }.map { ranked[$0].beam }
  }
}
