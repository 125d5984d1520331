// One token a row as a program of steps: the fast path beside `T5Stack.read`, which it is checked against.

import OrchardLayers
import OrchardTensors

extension T5Stack {
  /// The decoder's output `[B, 1, D]` for one further token of every row, or nil where there is no program for it.
  func readOne(_ embedded: Tensor, into state: DecodingState) -> Tensor? {
    let attention = layers[0].attention
    let width = attention.query.slot.outputCount / attention.heads
    return state.step(embedded, heads: attention.heads, width: width, makeProgram)
  }

  private func makeProgram(computingIn dtype: DType) -> StepProgram? {
    let program = StepProgram()
    let bias = positions.biasByDistance
    var stream: StepProgram.Buffer = 0
    for layer in layers {
      program.beginLayer()
      guard let source = layer.source,
        let own = layer.attention.addSteps(to: program, stream, bias: bias, writes: true, computingIn: dtype),
        let across = source.addSteps(to: program, own, bias: nil, writes: false, computingIn: dtype),
        let norm = StepProgram.Norm(layer.feedForward.norm, computingIn: dtype),
        let next = program.feedForward(
          layer.feedForward.inner, across, normed: norm, addedTo: across, computingIn: dtype)
      else { return nil }
      stream = next
    }
    guard let norm = StepProgram.Norm(norm, computingIn: dtype) else { return nil }
    _ = program.norm(stream, norm)
    return program
  }
}

extension T5Attention {
  /// Adds this attention's steps, over the row's own places, which it `writes`, or over its source; returns the buffer
  /// of the stream behind it.
  fileprivate func addSteps(
    to program: StepProgram, _ hidden: StepProgram.Buffer, bias: Tensor?, writes: Bool, computingIn dtype: DType
  ) -> StepProgram.Buffer? {
    let layers = writes ? [query, key, value] : [query]
    guard let norm = StepProgram.Norm(norm, computingIn: dtype),
      let made = program.products(hidden, normed: norm, layers, computingIn: dtype)
    else { return nil }
    let parts = made.map { StepProgram.Heads($0, stride: query.slot.outputCount / heads) }
    var attention = StepProgram.Attention(
      parts[0], keyAndValue: writes ? (parts[1], parts[2]) : nil, heads: heads, scale: 1)
    attention.bias = bias
    return program.product(program.attention(attention), output, addedTo: hidden, computingIn: dtype)
  }
}
