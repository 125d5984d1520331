// One token a row as a program of steps: the fast path beside `BARTStack.read`, which it is checked against.

import OrchardLayers
import OrchardTensors

extension BARTStack {
  /// The decoder's output `[B, 1, D]` for one further token of every row, or nil where there is no program for it.
  func readOne(_ placed: Tensor, into state: DecodingState) -> Tensor? {
    let attention = layers[0].attention
    let width = attention.query.slot.outputCount / attention.heads
    return state.step(placed, heads: attention.heads, width: width, makeProgram)
  }

  private func makeProgram(computingIn dtype: DType) -> StepProgram? {
    let program = StepProgram()
    var stream: StepProgram.Buffer = 0
    for layer in layers {
      program.beginLayer()
      guard let source = layer.source,
        let own = layer.attention.addSteps(to: program, stream, writes: true, computingIn: dtype),
        let across = source.addSteps(to: program, own, writes: false, computingIn: dtype),
        let norm = StepProgram.Norm(layer.norm, computingIn: dtype),
        let fed = program.feedForward(layer.feedForward, across, normed: nil, addedTo: across, computingIn: dtype)
      else { return nil }
      stream = program.norm(fed, norm)
    }
    return program
  }
}

extension PostNormAttention {
  /// Adds this attention's steps, over the row's own places, which it `writes`, or over its source; returns the buffer
  /// of the stream behind its norm.
  fileprivate func addSteps(
    to program: StepProgram, _ hidden: StepProgram.Buffer, writes: Bool, computingIn dtype: DType
  ) -> StepProgram.Buffer? {
    let layers = writes ? [query, key, value] : [query]
    guard let norm = StepProgram.Norm(norm, computingIn: dtype),
      let made = program.products(hidden, layers, computingIn: dtype)
    else { return nil }
    let parts = made.map { StepProgram.Heads($0, stride: query.slot.outputCount / heads) }
    let attended = program.attention(
      StepProgram.Attention(parts[0], keyAndValue: writes ? (parts[1], parts[2]) : nil, heads: heads, scale: scale))
    return program.product(attended, output, addedTo: hidden, computingIn: dtype).map { program.norm($0, norm) }
  }
}
