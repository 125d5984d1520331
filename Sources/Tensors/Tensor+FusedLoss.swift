import CTorch

extension Tensor {
  /// The output layer and its cross-entropy in one: Σᵢ coefficientᵢ · lossᵢ over N rows, in nats, as one fp32 number.
  ///
  /// `hidden` is `[N, D]`, `weight` `[V, D]`, `bias` `[V]`, `targets` `[N]` (class ids), `coefficients` `[N]`. The logits
  /// are `scale · hidden · weightᵀ + bias`; a `cap` c turns each z of them into c · tanh(z / c), and then there is no bias. Rows with the target -100 or the coefficient 0 count nothing and cost
  /// nothing. `smoothing` spreads that share of each target over all classes. Rows are taken in chunks of `chunk`
  /// (nil: of about 16 million logits), so that `[N, V]` is never whole; the gradients are computed along with the loss.
  /// A target outside `0..<V` traps: check ids where they come in.
  public static func linearCrossEntropy(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: Tensor, coefficients: Tensor, scale: Double = 1,
    cap: Double? = nil, smoothing: Double = 0, chunk: Int? = nil
  ) -> Tensor {
    linearCrossEntropies(
      hidden: hidden, weight: weight, bias: bias, targets: targets, coefficients: coefficients, scale: scale, cap: cap,
      smoothing: smoothing, chunk: chunk
    ).sum
  }

  /// `linearCrossEntropy`, and with the sum each row's loss as fp32 `[N]`, without its coefficient and without gradients;
  /// 0 where the target is -100 or the coefficient 0.
  public static func linearCrossEntropies(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: Tensor, coefficients: Tensor, scale: Double = 1,
    cap: Double? = nil, smoothing: Double = 0, chunk: Int? = nil
  ) -> (sum: Tensor, losses: Tensor) {
    var losses: ct_tensor?
    let made = ct_linear_cross_entropy(
      hidden.raw, weight.raw, bias?.raw, targets.raw, coefficients.raw, scale, cap ?? 0, smoothing,
      Int64(chunk ?? 0), &losses)
    let sum = Tensor(taking: made, "linear cross-entropy", hidden, weight, targets, coefficients)
    return (sum, Tensor(taking: losses, "losses of the linear cross-entropy"))
  }

  /// The cross-entropy of each of N rows as fp32 `[N]`, without gradients; 0 where the target is -100.
  ///
  /// Arguments as in `linearCrossEntropy`.
  public static func linearTokenLosses(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: Tensor, scale: Double = 1, cap: Double? = nil,
    smoothing: Double = 0, chunk: Int? = nil
  ) -> Tensor {
    let made = ct_linear_token_losses(
      hidden.raw, weight.raw, bias?.raw, targets.raw, scale, cap ?? 0, smoothing, Int64(chunk ?? 0))
    return Tensor(taking: made, "linear token losses", hidden, weight, targets)
  }

  /// `linearCrossEntropy` in single steps over the whole `[N, V]`: what the fused form is checked against.
  public static func linearCrossEntropyComposed(
    hidden: Tensor, weight: Tensor, bias: Tensor? = nil, targets: Tensor, coefficients: Tensor, scale: Double = 1,
    cap: Double? = nil, smoothing: Double = 0
  ) -> Tensor {
    let plain = (hidden * scale).linear(weight, bias: bias).to(.float32)
    let logits = cap.map { (plain / $0).tanh * $0 } ?? plain
    let logs = logits.logSoftmax()
    let counting = (targets .!= -100.0).to(.float32)
    let places = (targets * counting.to(.int64)).unsqueezed(1)
    let aimed = logs.gathered(1, by: places).squeezed(1)
    let losses = aimed * (smoothing - 1) - logs.mean(along: 1) * smoothing
    return (losses * coefficients * counting).sum
  }
}
