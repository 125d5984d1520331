import OrchardLayers
import OrchardTensors

/// Several adapters beside one model, of which each row of a pass takes its own, or none.
///
/// What is learned beside linear layers hangs at these and looks here for the rows of the pass that is under way; soft
/// prompts are read from here when a conversation begins.
public final class RowAdapters {
  /// What the adapters are called; a row names one by its place here.
  public let names: [String]
  /// The soft prompt of each adapter that is one.
  public let softPrompts: [SoftPrompt?]
  /// The adapter of each row of the pass that is under way, nil for the model alone; empty where no row has one.
  public private(set) var rows: [Int?] = []
  /// The rows of each adapter in that pass; those without one are left out.
  public private(set) var groups: [(adapter: Int, rows: [Int])] = []

  /// Adapters by name.
  public init(names: [String], softPrompts: [SoftPrompt?]) {
    precondition(names.count == softPrompts.count, "\(names.count) names of \(softPrompts.count) adapters")
    self.names = names
    self.softPrompts = softPrompts
  }

  /// Virtual tokens before a row that takes an adapter.
  public func promptCount(of adapter: Int?) -> Int { adapter.flatMap { softPrompts[$0]?.count } ?? 0 }

  fileprivate func pass<Made>(_ rows: [Int?], _ body: () -> Made) -> Made {
    self.rows = rows.contains { $0 != nil } ? rows : []
    groups = Dictionary(grouping: self.rows.indices) { rows[$0] }.compactMap { adapter, rows in
      adapter.map { ($0, rows) }
    }
    defer { (self.rows, groups) = ([], []) }
    return body()
  }
}

extension LanguageModel {
  /// A pass whose rows take these adapters; empty where none does.
  func pass<Made>(with adapters: [Int?], _ body: () -> Made) -> Made {
    rowAdapters.map { $0.pass(adapters, body) } ?? body()
  }

  /// The adapter of each of so many rows where there is a choice, else nothing.
  func choices(_ adapters: [Int?], rows count: Int) -> [Int?] {
    guard rowAdapters != nil else { return [] }
    return adapters.isEmpty ? Array(repeating: nil, count: count) : adapters
  }

  /// The soft prompt that a row with an adapter reads: the adapter's own, or where there are none to choose from, the
  /// model's.
  func softPrompt(of adapter: Int?) -> SoftPrompt? {
    rowAdapters == nil ? softPrompt : adapter.flatMap { rowAdapters?.softPrompts[$0] }
  }

  /// A state that has read nothing yet of answers to `sources`, whose rows take these adapters.
  ///
  /// `encode` gives each layer's keys and values of sources behind one soft prompt.
  func state(
    of sources: [[Int]], adapters: [Int?], layers: Int, _ encode: (TokenRows, SoftPrompt?) -> [StepProgram.Cache]
  ) -> DecodingState {
    let choices = choices(adapters, rows: sources.count)
    // Behind the encoder's attentions come those of the decoder's layers, each followed by the one to the source.
    let shape = prefixShape
    let prompts = sources.indices.map { softPrompt(of: choices.isEmpty ? nil : choices[$0]) }
    let state = DecodingState(encoding: sources, behind: prompts, layers: layers, keeping: cacheType, on: device) {
      batch, rows in
      let prompt = prompts[rows[0]]
      let made = pass(with: choices.isEmpty ? [] : rows.map { choices[$0] }) { encode(batch, prompt) }
      let prefix = prompt?.states(dtype)?.from(shape.slots - 2 * layers)
      return made.enumerated().map { layer, made in prefix.before(made.keys, made.values, slot: 2 * layer + 1) }
    }
    state.note(adapters: choices)
    for (prompt, rows) in DecodingState.alike(Array(sources.indices), prompts) {
      guard let prefix = prompt?.states(dtype) else { continue }
      state.begin(rows, with: prefix.from(shape.slots - 2 * layers), heads: shape.heads, stride: 2)
    }
    return state
  }

  /// Lets the decoder of an encoder-decoder read what the rows' soft prompts have for it, before its first token.
  ///
  /// `read` reads vectors `[B, P, D]` into the state; shorter prompts are filled up, and what stands there counts nothing.
  func readDecoderPrompts(into state: DecodingState, _ read: (Tensor) -> Tensor) {
    let prompts = (0..<state.rowCount).map { softPrompt(of: state.adapters.isEmpty ? nil : state.adapters[$0]) }
    let counts = prompts.map { $0?.decoderCount ?? 0 }
    guard let most = counts.max(), most > 0 else { return }
    var vectors = prompts.map { _ in Tensor.zeros([most, properties.width], dtype: dtype, on: device) }
    for (prompt, rows) in DecodingState.alike(Array(prompts.indices), prompts) {
      guard let prompt, prompt.decoderCount > 0 else { continue }
      let own = prompt.decoderVectors(dtype)
      let filled = Tensor.concatenated([own, vectors[rows[0]].sliced(0, prompt.decoderCount..<most)], along: 0)
      for row in rows { vectors[row] = filled }
    }
    _ = pass(with: state.adapters) { read(.stacked(vectors, along: 0)) }
    state.begin(counts)
  }

  /// Begins a conversation a row, all with the model's own adapter or without.
  public func begin(_ prompts: [[Int]]) -> (state: DecodingState, first: [[Int]]) {
    begin(prompts, adapters: [])
  }
}
