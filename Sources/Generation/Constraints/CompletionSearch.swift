import OrchardGrammars
import OrchardTokenizers

/// Finds short ways to finish a text: from each state a token to go on with, and how many it takes.
///
/// The search looks first where the fewest bytes are left. What it finds need not be the shortest way, but it is a
/// way: along it the number of tokens falls by one with each, and better ways found later only shorten it.
struct CompletionSearch: Sendable {
  struct Way: Sendable {
    /// How many tokens finish the text; `never` where none do.
    var count: Int32
    var token: Int32
  }

  static let never = Int32.max
  private static let mostSteps = 20_000

  private var ways: [TextState: Way] = [:]
  private var successors: [TextState: Successors] = [:]
  private var remembered = 0

  mutating func successors(_ state: TextState, _ masks: inout TokenMasks) -> Successors {
    if let known = successors[state] { return known }
    // About 64 MB of tokens and places.
    if remembered > 8_000_000 {
      successors = [:]
      remembered = 0
    }
    let found = masks.successors(state)
    successors[state] = found
    remembered += found.tokens.count
    return found
  }

  /// How a text in a state is finished.
  mutating func way(_ state: TextState, _ masks: inout TokenMasks) -> Way {
    if let way = ways[state] { return way }
    return search(state, &masks)
  }

  private struct Node {
    let state: TextState
    let parent: Int
    let token: Int32
  }

  private mutating func search(_ start: TextState, _ masks: inout TokenMasks) -> Way {
    var nodes = [Node(state: start, parent: -1, token: -1)]
    var seen: Set<TextState> = [start]
    // By how many bytes are left: the places of nodes that are still to be looked at.
    var waiting: [Int32: [Int]] = [masks.machine.distance(start.grammar): [0]]
    var steps = 0
    while let least = waiting.keys.min(), let place = waiting[least]?.popLast() {
      if waiting[least]?.isEmpty == true { waiting[least] = nil }
      let state = nodes[place].state
      let isEnd = masks.machine.isComplete(state.grammar)
      if let known = ways[state], known.count < Self.never {
        return note(nodes, place, known)
      } else if isEnd {
        return note(nodes, place, Way(count: 0, token: -1))
      }
      steps += 1
      if steps > Self.mostSteps { break }
      for (next, token) in successors(state, &masks).states where seen.insert(next).inserted {
        if ways[next]?.count == Self.never { continue }
        waiting[masks.machine.distance(next.grammar), default: []].append(nodes.count)
        nodes.append(Node(state: next, parent: place, token: token))
      }
    }
    // Where all was looked at, no state on the way can be finished.
    let dead = Way(count: Self.never, token: -1)
    if steps <= Self.mostSteps {
      for node in nodes { ways[node.state] = dead }
    }
    ways[start] = dead
    return dead
  }

  /// Notes the way to a node, backwards; returns that of the first.
  private mutating func note(_ nodes: [Node], _ last: Int, _ end: Way) -> Way {
    var way = end
    var place = last
    while true {
      let state = nodes[place].state
      if let known = ways[state], known.count <= way.count { way = known }
      ways[state] = way
      guard nodes[place].parent >= 0 else { return way }
      way = Way(count: way.count + 1, token: nodes[place].token)
      place = nodes[place].parent
    }
  }
}
