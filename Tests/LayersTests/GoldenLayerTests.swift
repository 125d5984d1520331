import OrchardLayers
import OrchardTensors
import TestSupport
import Testing

/// One case of `layers_goldens.py`: inputs, weights, what came out, and the gradients.
struct LayerGolden {
  let name: String
  let file: SafetensorsFile

  init(_ name: String) throws {
    self.name = name
    file = try SafetensorsFile(Goldens.url("layers/layers.safetensors"))
  }

  subscript(key: String) -> Tensor { get throws { try #require(file.tensor("\(name).\(key)"), "\(name).\(key)") } }

  /// A weight or input whose gradient is wanted.
  func leaf(_ key: String) throws -> Tensor { try self[key].leaf() }

  /// Gives a layer's parameter its golden numbers.
  func load(_ key: String, into parameter: Parameter) throws {
    parameter.load(try self[key].copied)
    parameter.wantsGradients = true
  }

  /// Runs the gradient from above back, and compares everything.
  func check(_ output: Tensor, _ gradients: [String: Tensor], tolerance: Double = 2e-6) throws {
    #expect(output.detached.distance(to: try self["output"]) < tolerance, "\(name): output")
    output.backward(try self["upstream"])
    for (key, leaf) in gradients {
      let gradient = try #require(leaf.gradient, "\(name): no gradient of \(key)")
      #expect(gradient.distance(to: try self["gradient.\(key)"]) < tolerance, "\(name): gradient of \(key)")
    }
  }
}

@Suite("Layers against transformers and PyTorch")
struct GoldenLayerTests {
  @Test("Embedding")
  func embedding() throws {
    let golden = try LayerGolden("embedding")
    let layer = Embedding(7, 4, deviation: 1)
    try golden.load("weight", into: layer.weight)
    try golden.check(layer(try golden["input"]), ["weight": layer.weight.tensor])
  }

  @Test("Linear", arguments: [true, false])
  func linear(hasBias: Bool) throws {
    let golden = try LayerGolden(hasBias ? "linear" : "linear-no-bias")
    let layer = Linear(5, 4, bias: hasBias)
    let input = try golden.leaf("input")
    let dense = try #require(layer.slot as? DenseWeight)
    try golden.load("weight", into: dense.weight)
    var leaves = ["input": input, "weight": dense.weight.tensor]
    if let bias = layer.bias {
      try golden.load("bias", into: bias)
      leaves["bias"] = bias.tensor
    }
    try golden.check(layer(input), leaves)
  }

  @Test("Layer norm")
  func layerNorm() throws {
    let golden = try LayerGolden("layer-norm")
    let layer = LayerNorm(6, epsilon: 1e-5)
    let input = try golden.leaf("input")
    try golden.load("weight", into: layer.weight)
    try golden.load("bias", into: layer.bias)
    try golden.check(layer(input), ["input": input, "weight": layer.weight.tensor, "bias": layer.bias.tensor])
  }

  @Test("RMS norm", arguments: [("t5-rms-norm", 1e-6), ("llama-rms-norm", 1e-5)])
  func rmsNorm(name: String, epsilon: Double) throws {
    let golden = try LayerGolden(name)
    let layer = RMSNorm(6, epsilon: epsilon)
    let input = try golden.leaf("hidden_states")
    try golden.load("weight", into: layer.weight)
    try golden.check(layer(input), ["hidden_states": input, "weight": layer.weight.tensor])
  }

  struct Forward: Sendable, CustomStringConvertible {
    let name: String
    let activation: Activation
    let gate: String?
    let up: String
    let down: String
    var description: String { name }

    static let all = [
      Forward(name: "feed-forward-relu", activation: .relu, gate: nil, up: "wi", down: "wo"),
      Forward(name: "feed-forward-gated-gelu", activation: .geluTanh, gate: "wi_0", up: "wi_1", down: "wo"),
      Forward(
        name: "feed-forward-gated-silu", activation: .silu, gate: "gate_proj", up: "up_proj", down: "down_proj"),
    ]
  }

  @Test("Feed-forward part", arguments: Forward.all)
  func feedForward(test: Forward) throws {
    let golden = try LayerGolden(test.name)
    let layer = FeedForward(width: 10, inner: 14, activation: test.activation, gated: test.gate != nil)
    let input = try golden.leaf("hidden_states")
    var leaves = ["hidden_states": input]
    let parts = [(test.gate, layer.gate), (test.up, layer.up), (test.down, layer.down)]
    for case (let name?, let part?) in parts {
      let dense = try #require(part.slot as? DenseWeight)
      try golden.load("\(name).weight", into: dense.weight)
      leaves["\(name).weight"] = dense.weight.tensor
    }
    try golden.check(layer(input), leaves)
  }

  @Test("T5's attention with its trained position bias", arguments: ["encoder", "decoder", "cross"])
  func attention(kind: String) throws {
    let golden = try LayerGolden("t5-attention-\(kind)")
    let input = try golden.leaf("hidden_states")
    var leaves = ["hidden_states": input]
    var states = input
    if kind == "cross" {
      states = try golden.leaf("key_value_states")
      leaves["key_value_states"] = states
    }
    for name in ["q", "k", "v", "o"] { leaves["\(name).weight"] = try golden.leaf("\(name).weight") }
    func heads(_ states: Tensor, _ name: String) throws -> Tensor {
      states.linear(try #require(leaves["\(name).weight"])).splitIntoHeads(3)
    }
    var mask = AttentionMask(causal: kind == "decoder")
    if kind != "decoder" { mask.visible = try golden["mask"] .== 0.0 }
    let query = try heads(input, "q")
    let key = try heads(states, "k")
    let value = try heads(states, "v")
    if kind != "cross" {
      let positions = RelativePositions(
        buckets: 8, heads: 3, greatestDistance: 12, bidirectional: kind == "encoder", deviation: 1)
      try golden.load("relative_attention_bias.weight", into: positions.weight)
      leaves["relative_attention_bias.weight"] = positions.weight.tensor
      mask.bias = positions.bias(queries: 0..<15, keys: 15)
    }
    let attended = Attention.attend(query: query, key: key, value: value, mask: mask, scale: 1)
    let output = attended.joinedHeads.linear(try #require(leaves["o.weight"]))
    try golden.check(output, leaves, tolerance: 1e-5)
  }

  @Test("Buckets of relative positions", arguments: [(32, 128), (8, 12), (10, 14)], [true, false])
  func buckets(sizes: (Int, Int), bidirectional: Bool) throws {
    let golden = try LayerGolden("buckets")
    let positions = RelativePositions(
      buckets: sizes.0, heads: 1, greatestDistance: sizes.1, bidirectional: bidirectional, deviation: 1)
    let distances = try golden["distance"].integers
    let expected = try golden["\(bidirectional ? "bidirectional" : "causal").\(sizes.0).\(sizes.1)"].integers
    #expect(distances.map(positions.bucket(of:)) == expected)
  }

  @Test("Frequencies of rotary positions", arguments: ["default", "llama3"], [8, 64, 128])
  func frequencies(name: String, width: Int) throws {
    let expected = try LayerGolden("rotary.\(name)")["\(width).frequencies"].floats
    let found = rotary(name, width: width).frequencies
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - Double($1)) <= 1e-6 * Double($1) })
  }

  @Test("Rotary positions", arguments: ["default", "llama3"])
  func turning(name: String) throws {
    let golden = try LayerGolden("rotary.\(name)")
    let angles = rotary(name, width: 8).angles(at: try golden["positions"])
    let query = try golden.leaf("query")
    let key = try golden.leaf("key")
    let turned = Tensor.concatenated(
      [RotaryPositions.turn(query, by: angles), RotaryPositions.turn(key, by: angles)], along: 1)
    try golden.check(turned, ["query": query, "key": key], tolerance: 1e-5)
  }

  func rotary(_ name: String, width: Int) -> RotaryPositions {
    if name == "default" { return RotaryPositions(headWidth: width, base: 10000) }
    return RotaryPositions(
      headWidth: width, base: 500000,
      scaling: .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 8192))
  }

  @Test("Cross-entropy by chunks, from a head that is the unit matrix", arguments: [0.0, 0.1], ["sum", "mean"])
  func crossEntropy(smoothing: Double, reduction: String) throws {
    let golden = try LayerGolden("cross-entropy")
    let logits = try golden["logits"].reshaped([28, 11]).leaf()
    let labels = try golden["labels"].reshaped([28])
    let unit = Tensor((0..<121).map { Float($0 / 11 == $0 % 11 ? 1 : 0) }, shape: [11, 11])
    let counted = (labels .!= -100.0).to(.float32).sum.scalar
    let loss = Tensor.linearCrossEntropy(
      hidden: logits, weight: unit, targets: labels, coefficients: .full([28], reduction == "mean" ? 1 / counted : 1),
      smoothing: smoothing, chunk: 5)
    let key = "\(reduction).\(smoothing)"
    #expect(abs(loss.scalar - (try golden[key].scalar)) < 1e-4)
    loss.backward()
    let expected = try golden["\(key).gradient"].reshaped([28, 11])
    #expect(try #require(logits.gradient).distance(to: expected) < 2e-6)
  }
}
