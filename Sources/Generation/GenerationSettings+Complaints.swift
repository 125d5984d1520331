import OrchardSettings

extension GenerationSettings {
  /// What does not go together, each with what to do.
  public var complaints: [SettingsComplaint] {
    var complaints: [SettingsComplaint] = []
    for kind in LogitSteps.kinds where kind.part == .sampling && holds(step: kind.name) && !sample {
      if contrast != nil, kind.name == TopK.kind.name { continue }
      complaints.append(SettingsComplaint(kind.name, "has no effect unless chance chooses; set sample: true as well"))
    }
    complaints += beamComplaints + lengthComplaints + forcedComplaints + constraintComplaints
    complaints += contrastComplaints + layerComplaints + guidanceComplaints + draftComplaints
    if alternatives > 0, beams > 1 {
      complaints.append(SettingsComplaint("top-logprobs", "is not told by beam search; leave it out, or num-beams"))
    }
    if stop.contains("") { complaints.append(SettingsComplaint("stop", "holds an empty text, which ends every text")) }
    return complaints
  }

  private var beamComplaints: [SettingsComplaint] {
    var complaints: [SettingsComplaint] = []
    func complain(_ name: String, _ problem: String) { complaints.append(SettingsComplaint(name, problem)) }
    let diversity = holds(step: DiversityPenalty.kind.name)
    if beamGroups > 1 {
      if beams % beamGroups != 0 {
        complain("num-beam-groups", "is \(beamGroups), which does not divide num-beams (\(beams))")
      }
      if sample { complain("num-beam-groups", "is \(beamGroups), but chance chooses (sample); use one or the other") }
      if !diversity {
        complain("num-beam-groups", "needs diversity-penalty, without which all groups find the same texts")
      }
    } else if diversity {
      complain("diversity-penalty", "has no effect without groups of beams; set num-beam-groups as well")
    }
    if !forceWords.isEmpty {
      if beams == 1 { complain("force-words", "are found by beam search; set num-beams to 2 or more") }
      if sample { complain("force-words", "cannot be drawn by chance (sample); use beam search alone") }
      if beamGroups > 1 { complain("force-words", "do not go with num-beam-groups; use one or the other") }
    }
    if returnSequences > 1, !sample || beams > 1, returnSequences > beams {
      let way = beams == 1 ? "greedy decoding finds one text; set sample: true, or num-beams" : "num-beams is \(beams)"
      complain("num-return-sequences", "is \(returnSequences), but \(way)")
    }
    return complaints
  }

  private var lengthComplaints: [SettingsComplaint] {
    var complaints: [SettingsComplaint] = []
    if let least = self[step: MinNewTokens.kind.name], let most = maxNewTokens, Int(least) > most {
      complaints.append(
        SettingsComplaint("min-new-tokens", "is \(Int(least)), which is more than max-new-tokens (\(most))"))
    }
    return complaints
  }

  /// Forced tokens that something else rules out: all logits would be minus infinity in their place.
  private var forcedComplaints: [SettingsComplaint] {
    let first: Int? = self[value: ForcedBosTokenId.kind.name]
    let last: [Int]? = self[value: ForcedEosTokenId.kind.name]
    let out: [Int] = self[value: SuppressTokens.kind.name] ?? []
    var complaints: [SettingsComplaint] = []
    for (name, tokens) in [(ForcedBosTokenId.kind.name, first.map { [$0] }), (ForcedEosTokenId.kind.name, last)] {
      guard let tokens, !tokens.isEmpty, Set(tokens).isSubset(of: out) else { continue }
      let said = tokens.map(String.init).joined(separator: ", ")
      complaints.append(
        SettingsComplaint(name, "forces the token \(said), which suppress-tokens rules out; take it from one of them"))
    }
    return complaints
  }
}
