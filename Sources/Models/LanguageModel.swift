import OrchardLayers
import OrchardTensors

/// A model that gives each next token a probability.
///
/// Whoever trains, decodes or scores with one needs these members and no word of its architecture.
public protocol LanguageModel: TrainableModel {
  /// What the rest of the house must know of this model.
  var properties: ModelProperties { get }
  /// The vectors `[…, D]` of token ids `[…]` as the model reads them, positions aside.
  func tokenVectors(_ ids: Tensor) -> Tensor
  /// Learned vectors that are read before everything else; nil for none.
  var softPrompt: SoftPrompt? { get set }
  /// What prefix tuning would learn for this model.
  var prefixShape: PrefixShape { get }
  /// Several adapters that the rows of a pass choose from; nil where there is no choice.
  var rowAdapters: RowAdapters? { get set }
  /// From hidden states to logits.
  var head: LanguageHead { get }

  /// The last hidden states `[B, T, D]` for the target's places of a batch.
  func hidden(_ batch: TokenBatch, mode: ForwardMode) -> Tensor

  /// The last hidden states `[B, T, D]` of a batch without training, and on the way what each place gives to `visit`.
  func trace(_ batch: TokenBatch, _ visit: ActivationTrace) -> Tensor

  /// Begins a conversation a row: an encoder-decoder reads `prompts` as sources.
  ///
  /// `adapters` are the places of the rows' adapters among `rowAdapters`; empty for none. Returns the conversation's
  /// state and the tokens that the decoder has to read first.
  func begin(_ prompts: [[Int]], adapters: [Int?]) -> (state: DecodingState, first: [[Int]])

  /// Reads further tokens of every row; returns the hidden states `[B, T, D]` at their places, padded on the right.
  func read(_ tokens: TokenRows, into state: DecodingState) -> Tensor
}

extension LanguageModel {
  /// The last hidden states alone: for models that do not show what they compute on the way.
  public func trace(_ batch: TokenBatch, _ visit: ActivationTrace) -> Tensor {
    let last = hidden(batch, mode: .inference)
    visit(ActivationPlace(.norm), last)
    return last
  }

  /// The logits `[B, T, V]` for the target's places of a batch.
  public func logits(_ batch: TokenBatch, mode: ForwardMode = .inference) -> Tensor {
    head.logits(hidden(batch, mode: mode))
  }

  /// Reads further tokens of every row; returns the logits `[B, V]` of the token after each row's last.
  public func next(after tokens: [[Int]], in state: DecodingState) -> Tensor {
    let rows = TokenRows(tokens, on: device)
    let hidden = read(rows, into: state)
    if rows.length == 1 { return head.logits(hidden.selected(1, 0)) }
    if rows.lengths.allSatisfy({ $0 == rows.length }) {
      return head.logits(hidden.selected(1, rows.length - 1))
    }
    let places = Tensor(rows.lengths.map { $0 - 1 }, shape: [rows.lengths.count, 1, 1], on: device)
    let last = hidden.gathered(1, by: places.expanded([rows.lengths.count, 1, hidden.size(2)]))
    return head.logits(last.squeezed(1))
  }

  /// Where the weights are.
  public var device: Device { head.weight.device }

  /// The type of the weights.
  public var dtype: DType { head.weight.dtype }

  /// The type that keys and values are kept in; nil as they come.
  ///
  /// Beside weights of few bits the digits of fp32 would cost more memory traffic than they are worth.
  var cacheType: DType? { head.weight.compact == nil ? nil : .bfloat16 }

  /// The matrix of the output.
  public var outputWeight: Parameter? { head.weight }
}
