import CTorch
import Foundation

extension Tensor {
  /// One step of AdamW in place (Loshchilov and Hutter 2019), in one pass over the memory.
  ///
  /// `self` is the weight; where it is narrower than fp32, `master` may hold its fp32 numbers. The moments are fp32.
  /// `step` counts from 1; the gradient is multiplied by `gradientScale` first, which is how clipping comes in.
  package func adamWStep(
    master: Tensor?, gradient: Tensor, firstMoment: Tensor, secondMoment: Tensor, rate: Double, beta1: Double,
    beta2: Double, epsilon: Double, decay: Double, step: Int, gradientScale: Double
  ) {
    let status = ct_adamw_step(
      raw, master?.raw, gradient.raw, firstMoment.raw, secondMoment.raw, rate, beta1, beta2, epsilon, decay,
      1 - pow(beta1, Double(step)), 1 - pow(beta2, Double(step)), gradientScale)
    if status != 0 { Engine.failed("AdamW", [shape, gradient.shape, firstMoment.shape, secondMoment.shape]) }
  }

  /// The same in single steps of libtorch's: what the fused form is checked against.
  package func adamWStepComposed(
    master: Tensor?, gradient: Tensor, firstMoment: Tensor, secondMoment: Tensor, rate: Double, beta1: Double,
    beta2: Double, epsilon: Double, decay: Double, step: Int, gradientScale: Double
  ) {
    withoutGradients {
      let wide = master ?? to(.float32)
      let gradient = gradient.to(.float32) * gradientScale
      wide.scale(by: 1 - rate * decay)
      firstMoment.scale(by: beta1)
      firstMoment.add(gradient, scale: 1 - beta1)
      secondMoment.scale(by: beta2)
      secondMoment.add(gradient * gradient, scale: 1 - beta2)
      let correction1 = 1 - pow(beta1, Double(step))
      let correction2 = 1 - pow(beta2, Double(step))
      let size = secondMoment.squareRoot / correction2.squareRoot() + epsilon
      wide.add(firstMoment / size, scale: -rate / correction1)
      if dtype != .float32 || master != nil { assign(wide) }
    }
  }
}
