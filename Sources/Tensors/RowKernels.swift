import CTorch

/// Kernels over one row of fp32 numbers in memory, such as a vocabulary's logits.
package enum RowKernels {
  /// The number of edges that `masses` looks at.
  package static let edgeCount = 16

  /// The greatest number; not-a-numbers are passed over, and an empty row gives minus infinity.
  package static func greatest(_ values: UnsafeMutableBufferPointer<Float>) -> Float {
    ct_row_greatest(values.baseAddress, Int64(values.count))
  }

  /// Writes `exp(value − greatest)` to `weights`; returns their sum, and the sum of weight times difference.
  package static func exponentials(
    of values: UnsafeMutableBufferPointer<Float>, greatest: Float, into weights: UnsafeMutableBufferPointer<Float>
  ) -> (sum: Double, moment: Double) {
    precondition(weights.count >= values.count, "\(weights.count) weights for \(values.count) values")
    var (sum, moment) = (0.0, 0.0)
    ct_row_exponentials(values.baseAddress, weights.baseAddress, Int64(values.count), greatest, &sum, &moment)
    return (sum, moment)
  }

  /// For each of 16 falling edges the sum of the weights whose key is not below it.
  package static func masses(
    keys: UnsafeMutableBufferPointer<Float>, weights: UnsafeMutableBufferPointer<Float>, edges: [Float]
  ) -> [Double] {
    precondition(weights.count >= keys.count && edges.count == edgeCount, "\(keys.count) keys, \(edges.count) edges")
    var masses = [Double](repeating: 0, count: edgeCount)
    ct_row_masses(keys.baseAddress, weights.baseAddress, Int64(keys.count), edges, &masses)
    return masses
  }
}

extension Tensor {
  /// The likeliest token of each row of logits `[N, V]`, the first of equal ones, and its log-probability in nats.
  ///
  /// The log-probability is no number where a logit is none.
  package var likeliest: [(token: Int, logProbability: Float)] {
    let logits = to(.float32).to(.cpu).contiguous
    var tokens = [Int64](repeating: 0, count: logits.size(0))
    var logProbabilities = [Float](repeating: 0, count: logits.size(0))
    if ct_likeliest(logits.raw, &tokens, &logProbabilities) != 0 { Engine.failed("likeliest tokens", [shape]) }
    return zip(tokens, logProbabilities).map { (Int($0), $1) }
  }
}
