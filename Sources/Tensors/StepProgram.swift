import CTorch

/// One new token of every row through all layers of a decoder, in one call of the engine.
///
/// A program is a list of steps over numbered buffers, each a vector a row; buffer 0 holds what goes in. Made once for a
/// conversation, run for each token: no tensors come and go on the way. For fp32 and bf16 on the CPU where nothing is
/// recorded for gradients; what it gives is what the layers give one by one, which it is checked against.
package final class StepProgram {
  /// A vector a row.
  package typealias Buffer = Int

  /// A matrix `[O, I]` in one of its forms.
  package struct Weight {
    /// How the numbers are kept.
    package enum Form {
      /// As they are, in the type that is computed with.
      case plain(Tensor)
      /// In 8 or 4 bits.
      case quantized(QuantizedMatrix)
    }

    let form: Form
    let bias: Tensor?

    /// A matrix and its bias `[O]`, where it has one.
    package init(_ form: Form, bias: Tensor?) {
      self.form = form
      self.bias = bias
    }

    var bits: Int { if case .quantized(let matrix) = form { matrix.bits.rawValue } else { 0 } }

    var raw: ct_step_weight {
      var made = ct_step_weight()
      switch form {
      case .plain(let tensor): made.plain_or_null = tensor.raw
      case .quantized(let matrix): made.quantized = matrix.boxed
      }
      made.bias_or_null = bias?.raw
      return made
    }
  }

  /// What is learned beside a weight: scale · U·(D·x) is added to what the weight gives.
  package struct LowRank {
    let down, up: Tensor
    let scale: Double

    /// Matrices D `[R, I]` and U `[O, R]`, as they are now.
    package init(down: Tensor, up: Tensor, scale: Double) {
      self.down = down.to(.float32).detached.contiguous
      self.up = up.to(.float32).detached.transposed(0, 1).contiguous
      self.scale = scale
    }

    var raw: ct_step_low_rank { ct_step_low_rank(down_or_null: down.raw, up: up.raw, scale: scale) }
  }

  /// A normalisation over the width.
  package struct Norm {
    let scale: Tensor
    let shift: Tensor?
    let epsilon: Double
    let offset: Double

    /// By the root mean square, `offset` added to the scale; with a `shift` by mean and variance.
    package init(scale: Tensor, shift: Tensor? = nil, epsilon: Double, offset: Double = 0) {
      self.scale = scale
      self.shift = shift
      self.epsilon = epsilon
      self.offset = offset
    }

    var raw: ct_step_norm {
      ct_step_norm(
        scale_or_null: scale.raw, shift_or_null: shift?.raw, epsilon: epsilon, offset: offset, is_centred: shift != nil)
    }
  }

  /// Where the heads of queries, keys or values lie: in a buffer from a place on, so many numbers apart.
  package struct Heads {
    let buffer: Buffer
    let start: Int
    let stride: Int

    /// Heads in a buffer.
    package init(_ buffer: Buffer, start: Int = 0, stride: Int) {
      self.buffer = buffer
      self.start = start
      self.stride = stride
    }

    var raw: ct_step_heads { ct_step_heads(buffer: Int64(buffer), start: Int64(start), stride: Int64(stride)) }
  }

  /// How queries look at a cache.
  package struct Attention {
    /// The queries, and the key and value that go into the cache first; nil where the cache is complete.
    package var query: Heads
    package var keyAndValue: (key: Heads, value: Heads)?
    package var queryNorm, keyNorm: Norm?
    package var heads: Int
    package var scale: Double
    package var window: Int?
    package var cap: Double?
    /// Added by a key's distance, `[H, P]` in fp32.
    package var bias: Tensor?
    package var isTurned = false

    /// Attention of `heads` queries.
    package init(_ query: Heads, keyAndValue: (key: Heads, value: Heads)? = nil, heads: Int, scale: Double) {
      self.query = query
      self.keyAndValue = keyAndValue
      self.heads = heads
      self.scale = scale
    }
  }

  /// What attention steps look at in one run, in their order: keys and values `[B, K, C, D]`.
  package typealias Cache = (keys: Tensor, values: Tensor)

  private var steps: [ct_step] = []
  private var attentions: [(step: Int, appends: Bool, isTurned: Bool)] = []
  private var lowRanks: [(step: Int, pairs: UnsafeMutableBufferPointer<ct_step_low_rank>)] = []
  /// Keeps alive what the steps point to.
  private var held: [Any] = []
  private var bufferCount = 1
  private var asideCount = 0

  /// A program without steps.
  package init() {}

  deinit { for place in lowRanks { place.pairs.deallocate() } }

  /// Begins a layer that is like the one before: its buffers are the same ones again.
  ///
  /// What comes in from the layer before lies in that one's last buffer, which is not written before this one's end.
  package func beginLayer() { (bufferCount, asideCount) = (1, 0) }

  /// Adds a normalisation of a buffer; returns the buffer it is written to.
  package func norm(_ input: Buffer, _ norm: Norm, addedTo residual: Buffer? = nil) -> Buffer {
    var step = step(0, input, residual)
    step.norm = norm.raw
    held.append(norm)
    return add(&step)
  }

  /// Adds x·Wᵀ + b for up to three weights over one input, normed first where there is a norm.
  ///
  /// Returns a buffer for each, or nil where the weights are of different kinds. Where not every layer has a step, what
  /// it gives is to be kept `aside`, so that all layers number their other buffers alike.
  package func products(_ input: Buffer, normed norm: Norm? = nil, _ weights: [Weight], aside: Bool = false)
    -> [Buffer]?
  {
    guard Set(weights.map(\.bits)).count == 1, weights.count <= 3 else { return nil }
    var step = step(1, input, nil)
    take(norm, weights, &step)
    let outputs = weights.map { _ in aside ? newAside() : newBuffer() }
    step.outputs.0 = Int64(outputs[0])
    if outputs.count > 1 { step.outputs.1 = Int64(outputs[1]) }
    if outputs.count > 2 { step.outputs.2 = Int64(outputs[2]) }
    steps.append(step)
    return outputs
  }

  /// Adds activation(x·Wᵀ + b + residual), normed first where there is a norm.
  package func product(
    _ input: Buffer, normed norm: Norm? = nil, _ weight: Weight, activation: GateActivation? = nil,
    addedTo residual: Buffer? = nil
  ) -> Buffer {
    var step = step(1, input, residual)
    take(norm, [weight], &step)
    step.activation = activation?.rawValue ?? -1
    return add(&step)
  }

  /// Adds activation(x·Gᵀ) · (x·Uᵀ); nil where the weights are of different kinds.
  package func gated(
    _ input: Buffer, normed norm: Norm?, gate: Weight, up: Weight, activation: GateActivation
  ) -> Buffer? {
    guard gate.bits == up.bits else { return nil }
    var step = step(2, input, nil)
    take(norm, [gate, up], &step)
    step.activation = activation.rawValue
    return add(&step)
  }

  /// Adds to a buffer, in place, what each row's choice among `pairs` makes of the input; nil there changes nothing.
  package func addLowRank(_ pairs: [LowRank?], of input: Buffer, normed norm: Norm?, to buffer: Buffer) {
    var step = step(4, input, buffer)
    if let norm { step.norm = norm.raw }
    step.outputs.0 = Int64(buffer)
    let raw = UnsafeMutableBufferPointer<ct_step_low_rank>.allocate(capacity: pairs.count)
    _ = raw.initialize(from: pairs.map { $0?.raw ?? ct_step_low_rank() })
    step.low_ranks = UnsafePointer(raw.baseAddress)
    step.low_rank_count = Int64(pairs.count)
    held.append((norm, pairs))
    lowRanks.append((steps.count, raw))
    steps.append(step)
  }

  /// Adds activation(x), times another buffer where there is a `factor`.
  package func activation(_ input: Buffer, _ activation: GateActivation, times factor: Buffer? = nil) -> Buffer {
    var step = step(5, input, nil)
    step.factor = Int64(factor ?? -1)
    step.activation = activation.rawValue
    return add(&step)
  }

  /// Adds attention over the next of the caches; returns the joined heads.
  package func attention(_ attention: Attention) -> Buffer {
    var step = step(3, 0, nil)
    var raw = ct_step_attention()
    raw.query = attention.query.raw
    if let (key, value) = attention.keyAndValue {
      raw.key = key.raw
      raw.value = value.raw
      raw.appends = true
    }
    if let norm = attention.queryNorm { raw.query_norm = norm.raw }
    if let norm = attention.keyNorm { raw.key_norm = norm.raw }
    raw.bias_or_null = attention.bias?.raw
    raw.heads = Int64(attention.heads)
    raw.window = Int64(attention.window ?? 0)
    raw.scale = attention.scale
    raw.cap = attention.cap ?? 0
    step.attention = raw
    held.append(attention)
    attentions.append((steps.count, raw.appends, attention.isTurned))
    return add(&step)
  }

  private func step(_ kind: Int32, _ input: Buffer, _ residual: Buffer?) -> ct_step {
    var made = ct_step()
    made.kind = kind
    made.input = Int64(input)
    made.residual = Int64(residual ?? -1)
    made.factor = -1
    made.activation = -1
    return made
  }

  private func take(_ norm: Norm?, _ weights: [Weight], _ step: inout ct_step) {
    if let norm { step.norm = norm.raw }
    step.weights.0 = weights[0].raw
    if weights.count > 1 { step.weights.1 = weights[1].raw }
    if weights.count > 2 { step.weights.2 = weights[2].raw }
    step.count = Int64(weights.count)
    held.append((norm, weights))
  }

  private func newBuffer() -> Buffer {
    defer { bufferCount += 1 }
    return bufferCount
  }

  /// A buffer from the upper part of the 64 that there are.
  private func newAside() -> Buffer {
    defer { asideCount += 1 }
    return 48 + asideCount
  }

  private func add(_ step: inout ct_step) -> Buffer {
    let buffer = newBuffer()
    step.outputs.0 = Int64(buffer)
    steps.append(step)
    return buffer
  }

  /// The last step's output `[B, 1, W]` for one more token a row, `input` `[B, 1, D]`.
  ///
  /// `caches` are looked at in the order of the attention steps: those that append hold `lengths` places a row before,
  /// the others `sourceLengths`. `angles` are tables `[P, R/2]` of all positions up to the new one. `choices` says which
  /// of what is learned beside weights each row takes; empty for the first.
  package func callAsFunction(
    _ input: Tensor, caches: [Cache], lengths: [Int], sourceLengths: [Int] = [],
    angles: (cosine: Tensor, sine: Tensor)? = nil, choices: [Int?] = []
  ) -> Tensor {
    precondition(
      caches.count == attentions.count && lengths.count == input.size(0),
      "\(caches.count) caches for \(attentions.count) steps, \(lengths.count) lengths for \(input)")
    let lengths = lengths.map(Int64.init)
    let sourceLengths = sourceLengths.map(Int64.init)
    precondition(attentions.allSatisfy(\.appends) || sourceLengths.count == lengths.count, "lengths of the sources")
    precondition(
      choices.isEmpty || choices.count == lengths.count, "\(choices.count) choices for \(lengths.count) rows")
    let numbers = choices.map { Int64($0 ?? -1) }
    let made = lengths.withUnsafeBufferPointer { own in
      sourceLengths.withUnsafeBufferPointer { sources in
        numbers.withUnsafeBufferPointer { chosen in
          for place in lowRanks { steps[place.step].choices = choices.isEmpty ? nil : chosen.baseAddress }
          for (place, cache) in zip(attentions, caches) {
            steps[place.step].attention.keys = cache.keys.raw
            steps[place.step].attention.values = cache.values.raw
            steps[place.step].attention.lengths = place.appends ? own.baseAddress : sources.baseAddress
            steps[place.step].attention.cosine_or_null = place.isTurned ? angles?.cosine.raw : nil
            steps[place.step].attention.sine_or_null = place.isTurned ? angles?.sine.raw : nil
          }
          return withExtendedLifetime((caches, angles, held)) { ct_run_steps(steps, steps.count, input.raw) }
        }
      }
    }
    return Tensor(taking: made, "decoding steps", input)
  }
}
