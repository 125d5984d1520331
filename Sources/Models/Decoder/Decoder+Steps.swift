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
      let output = StepProgram.Weight(attention.output, computingIn: dtype)
    else { return nil }
    var between: StepProgram.Buffer
    if let attentionPostNorm {
      guard let norm = Norm(attentionPostNorm, computingIn: dtype) else { return nil }
      between = program.norm(program.product(attended, output), norm, addedTo: hidden)
    } else {
      between = program.product(attended, output, addedTo: hidden)
    }
    guard
      let (inner, down) = program.feedForward(
        feedForward, isParallel ? hidden : between, normed: second, computingIn: dtype)
    else { return nil }
    guard let feedForwardPostNorm else { return program.product(inner, down, addedTo: between) }
    guard let norm = Norm(feedForwardPostNorm, computingIn: dtype) else { return nil }
    between = program.norm(program.product(inner, down), norm, addedTo: between)
    return between
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
    let weights = [query, key, value].compactMap { StepProgram.Weight($0, computingIn: dtype) }
    guard weights.count == 3, let made = program.products(input, normed: norm, weights) else { return nil }
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
    guard let weight = StepProgram.Weight(joined, computingIn: dtype),
      let made = program.products(input, normed: norm, [weight])
    else { return nil }
    // Head by head: query, key and value of a head side by side; else all queries, all keys, all values.
    func part(_ index: Int) -> StepProgram.Heads {
      .init(
        made[0], start: index * (isByHead ? headWidth : heads * headWidth), stride: isByHead ? 3 * headWidth : headWidth
      )
    }
    return (part(0), part(1), part(2))
  }
}
