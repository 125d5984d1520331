import OrchardLayers

extension RotaryPositions {
  /// Reads rotary positions from `rope_parameters`, or the older `rope_theta` and `rope_scaling`.
  ///
  /// `share` is the part of each head that is turned where the file does not say; `context` the model's longest text.
  /// - Throws: `ModelError` that names the key, or the kind of positions that is not known.
  init(
    _ json: ModelConfiguration, headWidth: Int, context: Int, base standard: Double = 10000, share: Double = 1
  ) throws {
    let parameters = try json.object("rope_parameters") ?? json.object("rope_scaling")
    let older = try json.number("rope_theta", default: standard)
    let base = try parameters?.number("rope_theta", default: older) ?? older
    let part = try parameters?.number("partial_rotary_factor", default: share) ?? share
    let width = Int(Double(headWidth) * part)
    guard width > 0, width % 2 == 0, width <= headWidth else {
      throw ModelError(
        "\(json.source): \(width) numbers of each head of \(headWidth) would be turned; that must be an even number")
    }
    let type = try parameters?.text("rope_type", default: parameters?.text("type", default: "default")) ?? "default"
    guard let parameters, type != "default" else {
      self.init(headWidth: width, base: base)
      return
    }
    let original = try parameters.integer("original_max_position_embeddings", default: context)
    func factor() throws -> Double { try parameters.number("factor") }
    let scaling: Scaling
    switch type {
    case "linear": scaling = .linear(factor: try factor())
    case "dynamic": scaling = .dynamic(factor: try factor(), originalContext: context)
    case "llama3":
      scaling = .llama3(
        factor: try factor(), lowFrequencyFactor: try parameters.number("low_freq_factor"),
        highFrequencyFactor: try parameters.number("high_freq_factor"), originalContext: original)
    case "yarn":
      let factor = try parameters.number("factor", default: Double(context) / Double(original))
      scaling = .yarn(
        factor: factor, fast: try parameters.number("beta_fast", default: 32),
        slow: try parameters.number("beta_slow", default: 1), originalContext: original,
        truncates: try parameters.flag("truncate", default: true),
        magnitude: try Self.magnitude(parameters, factor: factor))
    default:
      throw ModelError(
        "\(parameters.source): the rope type “\(type)” is not known; known are default, linear, dynamic, llama3, yarn")
    }
    self.init(headWidth: width, base: base, scaling: scaling)
  }

  /// What YaRN multiplies cosines and sines by.
  private static func magnitude(_ parameters: ModelConfiguration, factor: Double) throws -> Double? {
    if parameters.has("attention_factor") { return try parameters.number("attention_factor") }
    let (own, all) = (
      try parameters.number("mscale", default: 0), try parameters.number("mscale_all_dim", default: 0)
    )
    guard own != 0, all != 0 else { return nil }
    return Scaling.magnitude(factor, own) / Scaling.magnitude(factor, all)
  }
}
