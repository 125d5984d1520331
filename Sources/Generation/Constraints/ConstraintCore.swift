import OrchardGrammars
import OrchardTokenizers

/// What a constraint has learned of its grammar and its vocabulary.
struct ConstraintCore: Sendable {
  var masks: TokenMasks
  var search = CompletionSearch()
  /// Whether the masks alone tell what can be finished, as long as there are tokens enough.
  let isPlain: Bool

  init(masks: TokenMasks, isPlain: Bool) {
    self.masks = masks
    self.isPlain = isPlain
  }

  /// The tokens after which the text can be finished within `left` tokens, this one counted.
  mutating func bits(_ state: ConstraintState, _ left: Int) -> [UInt64] {
    guard state.grammar >= 0 else { return masks.noBits }
    if isPlain, state.place == .later {
      // No token takes more tokens to go on from than bytes are then left.
      let mask = masks.mask(state.grammar)
      if Int(mask.farthest) < left { return mask.bits }
    }
    let text = TextState(grammar: state.grammar, context: state.place)
    let successors = search.successors(text, &masks)
    let isAllowed = successors.states.map { Int(search.way($0.state, &masks).count) < left }
    var bits = masks.noBits
    for (token, place) in zip(successors.tokens, successors.places) where isAllowed[Int(place)] {
      bits[Int(token) >> 6] |= 1 << UInt64(token & 63)
    }
    // The way that is known is kept to where the states have learned better ones since.
    let way = search.way(text, &masks)
    if way.token >= 0, Int(way.count) <= left { bits[Int(way.token) >> 6] |= 1 << UInt64(way.token & 63) }
    return bits
  }
}

extension ConstraintState {
  var place: TokenPieces.Context { TokenPieces.Context(rawValue: Int(context)) ?? .later }
}
