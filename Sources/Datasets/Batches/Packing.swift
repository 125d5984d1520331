/// Puts several examples into one row without mixing them.
public enum Packing {
  /// Packs of examples, each of at most `capacity` tokens: first fit, the longest first.
  ///
  /// An example longer than the capacity has a pack of its own. The first fit is found in a tournament tree
  /// over the packs' free room, so that n examples cost n log n (Johnson 1973 for the bound: 11/9 of the best).
  public static func packs(_ lengths: [Int], capacity: Int) -> [[Int]] {
    let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    var packs: [[Int]] = []
    var leaves = 1
    while leaves < lengths.count { leaves *= 2 }
    // A pack that is not begun yet has the whole capacity free.
    var room = [Int](repeating: capacity, count: 2 * leaves)
    for index in order {
      let length = lengths[index]
      guard length <= capacity else {
        packs.append([index])
        room[leaves + packs.count - 1] = 0
        refresh(&room, leaves + packs.count - 1)
        continue
      }
      var node = 1
      while node < leaves { node = room[2 * node] >= length ? 2 * node : 2 * node + 1 }
      let pack = node - leaves
      if pack == packs.count { packs.append([]) }
      packs[pack].append(index)
      room[node] -= length
      refresh(&room, node)
    }
    return packs
  }

  private static func refresh(_ room: inout [Int], _ leaf: Int) {
    var node = leaf / 2
    while node >= 1 {
      room[node] = max(room[2 * node], room[2 * node + 1])
      node /= 2
    }
  }
}
