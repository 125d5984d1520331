// One new token of every row through all layers in one call; Kernels/StepProgram.hpp tells how.
#include "Guard.hpp"
#include "Kernels/StepProgram.hpp"

using namespace ctorch;

static StepNorm norm(const ct_step_norm &given) {
  return {
      unbox_or_none(given.scale_or_null), unbox_or_none(given.shift_or_null), given.epsilon, given.offset,
      given.is_centred};
}

static StepHeads heads(const ct_step_heads &given) { return {given.buffer, given.start, given.stride}; }

static RowWeight weight(const ct_step_weight &given) {
  RowWeight made{unbox_or_none(given.plain_or_null), {}, unbox_or_none(given.bias_or_null)};
  if (!made.plain.defined()) {
    const auto &matrix = given.quantized;
    made.quantized = {unbox(matrix.codes), unbox(matrix.scales), matrix.unit,
                      matrix.bits,         matrix.outputs,       matrix.inputs};
  }
  return made;
}

static StepAttention attention(const ct_step_attention &given) {
  StepAttention made;
  made.query = heads(given.query);
  made.key = heads(given.key);
  made.value = heads(given.value);
  made.query_norm = norm(given.query_norm);
  made.key_norm = norm(given.key_norm);
  made.cache = {
      unbox(given.keys), unbox(given.values), unbox_or_none(given.bias_or_null), static_cast<float>(given.scale),
      static_cast<float>(given.cap), given.window};
  made.cosine = unbox_or_none(given.cosine_or_null);
  made.sine = unbox_or_none(given.sine_or_null);
  made.lengths = given.lengths;
  made.heads = given.heads;
  made.appends = given.appends;
  return made;
}

static Step step(const ct_step &given) {
  TORCH_CHECK(given.kind >= 0 && given.kind <= 5, "an unknown step, code ", given.kind);
  Step made{static_cast<Step::Kind>(given.kind)};
  made.input = given.input;
  made.residual = given.residual;
  made.factor = given.factor;
  for (int i = 0; i < 3; i++) made.outputs[i] = given.outputs[i];
  made.norm = norm(given.norm);
  for (int64_t i = 0; i < given.count; i++) made.weights.push_back(weight(given.weights[i]));
  TORCH_CHECK(given.activation >= -1 && given.activation <= 3, "an unknown activation, code ", given.activation);
  if (given.activation >= 0) made.activation = static_cast<FewRowsActivation>(given.activation);
  if (made.kind == Step::Kind::attention) made.attention = attention(given.attention);
  for (int64_t i = 0; i < given.low_rank_count; i++) {
    const auto &pair = given.low_ranks[i];
    made.low_ranks.push_back(
        pair.down_or_null ? StepLowRank{unbox(pair.down_or_null), unbox(pair.up), static_cast<float>(pair.scale)}
                          : StepLowRank{});
  }
  made.choices = given.choices;
  return made;
}

ct_tensor ct_run_steps(const ct_step *steps, size_t count, ct_tensor input) {
  return guarded([&] {
    std::vector<Step> made;
    made.reserve(count);
    for (size_t i = 0; i < count; i++) made.push_back(step(steps[i]));
    return run_steps(made, unbox(input).contiguous());
  });
}
