// One token a row as a program of steps: the fast path beside `Decoder.read`, which it is checked against.

import OrchardLayers
import OrchardTensors

extension Decoder {
  /// The hidden states `[B, 1, D]` of one further token of every row, or nil where there is no program for it.
  func readOne(_ embedded: Tensor, into state: DecodingState) -> Tensor? {
    let output = state.step(
      embedded, heads: configuration.keyHeads, width: configuration.headWidth, angles: rotaryTable, makeProgram)
    if output != nil { state.advance(by: Array(repeating: 1, count: state.rowCount)) }
    return output
  }

  private func makeProgram(computingIn dtype: DType) -> StepProgram? {
    let program = StepProgram()
    var stream: StepProgram.Buffer = 0
    for layer in layers {
      program.beginLayer()
      guard let next = layer.addSteps(to: program, stream, computingIn: dtype) else { return nil }
      stream = next
    }
    guard let norm = StepProgram.Norm(norm, computingIn: dtype) else { return nil }
    _ = program.norm(stream, norm)
    return program
  }
}

extension DecoderLayer {
  /// Adds this layer's steps; returns the buffer of the stream behind it, or nil where a part cannot be a step.
  func addSteps(to program: StepProgram, _ hidden: StepProgram.Buffer, computingIn dtype: DType) -> StepProgram.Buffer?
  {
    typealias Norm = StepProgram.Norm
    guard let first = Norm(attentionNorm, computingIn: dtype), let second = Norm(feedForwardNorm, computingIn: dtype),
      let attended = attention.addSteps(to: program, hidden, normed: first, computingIn: dtype),
      let output = program.product(
        attended, attention.output, addedTo: attentionPostNorm == nil ? hidden : nil, computingIn: dtype),
      let between = program.normed(output, attentionPostNorm, addedTo: hidden, computingIn: dtype),
      let fed = program.feedForward(
        feedForward, isParallel ? hidden : between, normed: second,
        addedTo: feedForwardPostNorm == nil ? between : nil, computingIn: dtype)
    else { return nil }
    return program.normed(fed, feedForwardPostNorm, addedTo: between, computingIn: dtype)
  }
}

extension StepProgram {
  /// Norms what a branch gave, where it has a norm behind it, and adds it to the stream; without one the branch has
  /// added itself.
  fileprivate func normed(
    _ branch: Buffer, _ norm: (any OrchardLayers.Norm)?, addedTo stream: Buffer, computingIn dtype: DType
  ) -> Buffer? {
    guard let norm else { return branch }
    return Norm(norm, computingIn: dtype).map { self.norm(branch, $0, addedTo: stream) }
  }
}

extension DecoderAttention {
  /// Adds the steps up to the joined heads, before the output layer.
  func addSteps(
    to program: StepProgram, _ hidden: StepProgram.Buffer, normed norm: StepProgram.Norm, computingIn dtype: DType
  ) -> StepProgram.Buffer? {
    guard let (query, key, value) = projections.addSteps(to: program, hidden, normed: norm, computingIn: dtype) else {
      return nil
    }
    var attention = StepProgram.Attention(query, keyAndValue: (key, value), heads: projections.heads, scale: scale)
    if let queryNorm, let keyNorm {
      guard let query = StepProgram.Norm(queryNorm, computingIn: dtype),
        let key = StepProgram.Norm(keyNorm, computingIn: dtype)
      else { return nil }
      (attention.queryNorm, attention.keyNorm) = (query, key)
    }
    (attention.window, attention.cap, attention.isTurned) = (window, cap, true)
    return program.attention(attention)
  }
}

extension SeparateProjections {
  func addSteps(
    to program: StepProgram, _ input: StepProgram.Buffer, normed norm: StepProgram.Norm, computingIn dtype: DType
  ) -> StepHeads? {
    guard let made = program.products(input, normed: norm, [query, key, value], computingIn: dtype) else { return nil }
    let width = query.slot.outputCount / heads
    return (
      .init(made[0], stride: width), .init(made[1], stride: width), .init(made[2], stride: width)
    )
  }
}

extension JoinedProjections {
  func addSteps(
    to program: StepProgram, _ input: StepProgram.Buffer, normed norm: StepProgram.Norm, computingIn dtype: DType
  ) -> StepHeads? {
    guard let made = program.products(input, normed: norm, [joined], computingIn: dtype) else { return nil }
    // Head by head: query, key and value of a head side by side; else all queries, all keys, all values.
    func part(_ index: Int) -> StepProgram.Heads {
      .init(
        made[0], start: index * (isByHead ? headWidth : heads * headWidth), stride: isByHead ? 3 * headWidth : headWidth
      )
    }
    return (part(0), part(1), part(2))
  }
}
