import OrchardLayers
import OrchardModels
import OrchardTensors

/// Continuations that are scored side by side, those of one context together.
///
/// Shapes: G contexts, R continuations, D width, V vocabulary.
struct LikelihoodBatch {
  /// One continuation's numbers.
  struct Score {
    var logProbabilities: [Float]
    var isGreedy: Bool
  }

  /// Continuations of one context.
  private struct Group {
    let context: [Int]
    var members: [(index: Int, tokens: [Int])]

    /// The tokens that are read behind the context at most: the last one is only predicted.
    var rest: Int { (members.map(\.tokens.count).max() ?? 1) - 1 }
  }

  private var groups: [Group] = []
  private let sharesContexts: Bool

  /// The continuations' places in the list that was given, in this batch's order.
  var indices: [Int] { groups.flatMap { $0.members.map(\.index) } }

  private var tokens: [[Int]] { groups.flatMap { $0.members.map(\.tokens) } }

  /// Batches of at most `size` continuations, the longest first.
  static func batches(
    of continuations: [FittedContinuation], size: Int, _ properties: ModelProperties
  ) -> [LikelihoodBatch] {
    var places: [[Int]: Int] = [:]
    var groups: [Group] = []
    for (index, continuation) in continuations.enumerated() {
      let place = places[continuation.context] ?? groups.count
      if place == groups.count {
        places[continuation.context] = place
        groups.append(Group(context: continuation.context, members: []))
      }
      groups[place].members.append((index, continuation.tokens))
    }
    let parts = groups.flatMap { group in
      stride(from: 0, to: group.members.count, by: size).map { start in
        Group(
          context: group.context, members: Array(group.members[start..<min(start + size, group.members.count)]))
      }
    }
    // A decoder's lone continuation is read with its context in one go; an encoder reads every context once anyway.
    let isDecoder = properties.kind == .decoderOnly
    let most = isDecoder ? properties.contextLength : nil
    let alone = isDecoder ? parts.filter { $0.members.count == 1 } : []
    let shared = isDecoder ? parts.filter { $0.members.count > 1 } : parts
    return packed(alone, size: size, most: nil, sharesContexts: false)
      + packed(shared, size: size, most: most, sharesContexts: true)
  }

  private static func packed(_ groups: [Group], size: Int, most: Int?, sharesContexts: Bool) -> [LikelihoodBatch] {
    let order = groups.indices.sorted {
      let lengths = (groups[$0].context.count + groups[$0].rest, groups[$1].context.count + groups[$1].rest)
      return lengths.0 == lengths.1 ? $0 < $1 : lengths.0 > lengths.1
    }
    var batches: [LikelihoodBatch] = []
    var batch = LikelihoodBatch(sharesContexts: sharesContexts)
    for group in order.map({ groups[$0] }) {
      let joined = batch.groups + [group]
      // A short row is padded behind its own context: with the longest of both, places must exist that far.
      let reach = (joined.map(\.context.count).max() ?? 0) + (joined.map(\.rest).max() ?? 0)
      let rows = joined.reduce(0) { $0 + $1.members.count }
      if !batch.groups.isEmpty, rows > size || most.map({ reach > $0 }) == true {
        batches.append(batch)
        batch.groups = []
      }
      batch.groups.append(group)
    }
    return batch.groups.isEmpty ? batches : batches + [batch]
  }

  private init(sharesContexts: Bool) { self.sharesContexts = sharesContexts }

  /// The numbers of every continuation, in the order of `indices`.
  func scores(by model: any LanguageModel) -> [Score] {
    let hidden = sharesContexts ? hiddenAfterShared(model) : hiddenInOneGo(model)
    let tokens = tokens
    let flat = Self.chosen(
      tokens.flatMap { $0 }, from: hidden, by: model.head, vocabularySize: model.properties.vocabularySize)
    var start = 0
    return tokens.map { row in
      defer { start += row.count }
      let range = start..<start + row.count
      return Score(
        logProbabilities: Array(flat.logProbabilities[range]), isGreedy: flat.isLikeliest[range].allSatisfy { $0 })
    }
  }

  /// The hidden states `[N, D]` from which each token of each row is predicted, context and continuation read at once.
  private func hiddenInOneGo(_ model: any LanguageModel) -> Tensor {
    let rows = groups.map { $0.context + $0.members[0].tokens.dropLast() }
    let batch = TokenBatch(target: TokenRows(rows, on: model.device))
    let hidden = model.hidden(batch, mode: .inference)
    let ranges = groups.map { $0.context.count - 1..<$0.context.count - 1 + $0.members[0].tokens.count }
    return Self.gathered(hidden, ranges)
  }

  /// The same after one reading of each context, whose cache rows are then repeated.
  private func hiddenAfterShared(_ model: any LanguageModel) -> Tensor {
    let (state, first) = model.begin(groups.map(\.context))
    let owners = groups.indices.flatMap { group in groups[group].members.map { _ in group } }
    let tokens = tokens
    if model.properties.kind == .encoderDecoder {
      state.selectRows(owners)
      let rows = zip(owners, tokens).map { first[$0] + $1.dropLast() }
      let hidden = model.read(TokenRows(rows, on: model.device), into: state)
      return Self.gathered(hidden, zip(owners, tokens).map { first[$0].count - 1..<first[$0].count - 1 + $1.count })
    }
    let begun = model.read(TokenRows(first, on: model.device), into: state)
    let last = Self.gathered(begun, first.map { $0.count - 1..<$0.count })
    let after = last.indexed(0, by: Tensor(owners, on: model.device))
    guard tokens.contains(where: { $0.count > 1 }) else { return after }
    state.selectRows(owners)
    let rest = model.read(TokenRows(tokens.map { Array($0.dropLast()) }, on: model.device), into: state)
    // Before each row's further places, the one after its context.
    return Self.gathered(.concatenated([after.unsqueezed(1), rest], along: 1), tokens.map { 0..<$0.count })
  }

  /// The places `ranges[r]` of each row of `[R, T, D]`, one after another, `[N, D]`.
  private static func gathered(_ hidden: Tensor, _ ranges: [Range<Int>]) -> Tensor {
    let width = hidden.size(1)
    let places = ranges.enumerated().flatMap { row, range in range.map { row * width + $0 } }
    return hidden.reshaped([-1, hidden.size(2)]).indexed(0, by: Tensor(places, on: hidden.device))
  }

  /// The log-probability of each token, and whether it is the likeliest, from hidden states `[N, D]`.
  ///
  /// Logits `[N, V]` are never whole: about four million at a time.
  private static func chosen(
    _ tokens: [Int], from hidden: Tensor, by head: LanguageHead, vocabularySize: Int
  ) -> (logProbabilities: [Float], isLikeliest: [Bool]) {
    var logProbabilities: [Float] = []
    var isLikeliest: [Bool] = []
    let rows = max(1, 4_000_000 / vocabularySize)
    for start in stride(from: 0, to: tokens.count, by: rows) {
      let end = min(start + rows, tokens.count)
      let logits = head.logits(hidden.sliced(0, start..<end)).to(.float32)
      let wanted = Tensor(Array(tokens[start..<end]), shape: [end - start, 1], on: logits.device)
      let values = logits.gathered(1, by: wanted) - logits.logSumExponentials(along: 1, keepingDimension: true)
      logProbabilities += values.floats
      isLikeliest += zip(logits.indexOfMaximum(along: 1).integers, tokens[start..<end]).map { $0 == $1 }
    }
    return (logProbabilities, isLikeliest)
  }
}
