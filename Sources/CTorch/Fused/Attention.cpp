// Attention with an additive bias that may be trained, a mask, grouped heads and dropout, forward and back.
//
//   z = scale·q·kᵀ + bias     p = softmax(z)     o = (p ∘ dropout)·v
//   dv = (p ∘ dropout)ᵀ·do    dp = do·vᵀ ∘ dropout    dz = p ∘ (dp - Σ do ∘ o)    dbias = Σ over rows dz
//   dq = scale·dz·k           dk = scale·dzᵀ·q
//
// Scores exist only as tiles of some queries by all keys, in a core's own cache; the backward pass computes them anew
// from each query's greatest score and sum, as in Dao and others, FlashAttention, 2022.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <vector>

#include "../Guard.hpp"
#include "../Kernels/Gemm.hpp"
#include "../Kernels/Parallel.hpp"
#include "Random.hpp"

using namespace ctorch;

namespace {

// What stands for -∞: a query that sees no key then gives the mean of all values, not NaN.
constexpr float hidden_score = -3.0e38f;

struct RowScores {
  const float *bias;     // or null
  const bool *visible;   // or null
  int64_t seen;          // keys from here on lie in the future
  int64_t count;
  float scale;
};

CT_INLINE void score_row(float *__restrict scores, const RowScores &row) {
  const RowScores r = row;
  if (r.bias) {
    for (int64_t i = 0; i < r.seen; i++) scores[i] = scores[i] * r.scale + r.bias[i];
  } else {
    for (int64_t i = 0; i < r.seen; i++) scores[i] *= r.scale;
  }
  if (r.visible) {
    for (int64_t i = 0; i < r.seen; i++) scores[i] = r.visible[i] ? scores[i] : hidden_score;
  }
}

/// Turns products into probabilities after dropout; `greatest` and `inverse` are what the backward pass needs.
CT_VECTORED(
    softmax_row,
    (float *scores, const RowScores &row, const Dropout &dropout, Keys keys, float *greatest, float *inverse),
    (scores, row, dropout, keys, greatest, inverse)) {
  const int64_t seen = row.seen;
  score_row(scores, row);
  float top = hidden_score;
  float sum = 0;
  {
#pragma clang fp reassociate(on)
    for (int64_t i = 0; i < seen; i++) top = scores[i] > top ? scores[i] : top;
    for (int64_t i = 0; i < seen; i++) {
      scores[i] = exponential(scores[i] - top);
      sum += scores[i];
    }
  }
  const float share = 1 / sum;
  if (dropout.threshold) {
    const Dropout d = dropout;
    for (int64_t i = 0; i < seen; i++) scores[i] *= share * kept(d, keys, static_cast<uint32_t>(i));
  } else {
    for (int64_t i = 0; i < seen; i++) scores[i] *= share;
  }
  for (int64_t i = seen; i < row.count; i++) scores[i] = 0;
  *greatest = top;
  *inverse = share;
}

struct RowBack {
  float greatest, inverse;
  float reach;         // Σ do ∘ o
  float *bias_gradient;  // or null
};

/// `scores` come as products and go as probabilities after dropout; `slopes` come as do·vᵀ and go as dz.
CT_VECTORED(
    backward_row,
    (float *__restrict scores, float *__restrict slopes, const RowScores &row, const Dropout &dropout, Keys keys,
     const RowBack &back),
    (scores, slopes, row, dropout, keys, back)) {
  const int64_t seen = row.seen;
  const RowBack b = back;
  const Dropout d = dropout;
  score_row(scores, row);
  if (d.threshold) {
    for (int64_t i = 0; i < seen; i++) {
      const float p = exponential(scores[i] - b.greatest) * b.inverse;
      const float factor = kept(d, keys, static_cast<uint32_t>(i));
      scores[i] = p * factor;
      slopes[i] = p * (slopes[i] * factor - b.reach);
    }
  } else {
    for (int64_t i = 0; i < seen; i++) {
      const float p = exponential(scores[i] - b.greatest) * b.inverse;
      scores[i] = p;
      slopes[i] = p * (slopes[i] - b.reach);
    }
  }
  if (b.bias_gradient) {
    for (int64_t i = 0; i < seen; i++) b.bias_gradient[i] += slopes[i];
  }
  for (int64_t i = seen; i < row.count; i++) {
    scores[i] = 0;
    slopes[i] = 0;
  }
}

CT_VECTORED(
    dot_product, (const float *a, const float *b, int64_t count, float *result), (a, b, count, result)) {
  float sum = 0;
  {
#pragma clang fp reassociate(on)
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
  }
  *result = sum;
}

/// This thread's memory for tiles, kept from one call to the next.
float *tiles(int64_t count) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < count) memory.resize(count);
  return memory.data();
}

/// `[B, H, T, D]` in fp32 with plain heads, as it lies.
at::Tensor readable(const at::Tensor &tensor) {
  auto wide = tensor.to(at::kFloat);
  return wide.stride(3) == 1 && wide.stride(2) >= wide.size(3) ? wide : wide.contiguous();
}

/// A new tensor of shape `[B, H, T, D]` that lies as `[B, T, H, D]`, which is how a linear layer takes it.
at::Tensor heads_beside(const at::Tensor &like, bool zeros) {
  const std::array<int64_t, 4> shape{like.size(0), like.size(2), like.size(1), like.size(3)};
  const auto options = like.options().dtype(at::kFloat);
  return (zeros ? at::zeros(shape, options) : at::empty(shape, options)).transpose(1, 2);
}

struct Heads {
  float *data;
  int64_t row, head, place;

  explicit Heads(const at::Tensor &tensor)
      : data(static_cast<float *>(tensor.data_ptr())), row(tensor.stride(0)), head(tensor.stride(1)),
        place(tensor.stride(2)) {}
  float *at(int64_t r, int64_t h, int64_t t) const { return data + r * row + h * head + t * place; }
};

/// The shapes and masks that both passes share.
struct Layout {
  int64_t rows, heads, key_heads, queries, keys, width;
  at::Tensor bias, visible;
  bool causal;
  float scale;
  Dropout dropout;
  int64_t tile;

  Layout(
      const at::Tensor &query, const at::Tensor &key, const at::Tensor &given_bias, const at::Tensor &given_visible,
      bool causal, double scale, const Dropout &dropout)
      : rows(query.size(0)), heads(query.size(1)), key_heads(key.size(1)), queries(query.size(2)), keys(key.size(2)),
        width(query.size(3)), causal(causal), scale(static_cast<float>(scale)), dropout(dropout) {
    if (given_bias.defined()) bias = given_bias.to(at::kFloat).contiguous().expand({rows, heads, queries, keys});
    if (given_visible.defined()) {
      auto expanded = given_visible.expand({rows, heads, queries, keys});
      visible = expanded.stride(3) == 1 ? expanded : expanded.contiguous();
    }
    // About 64 thousand scores: two such tiles stay in a core's second cache.
    tile = std::min(queries, std::clamp<int64_t>(65536 / std::max<int64_t>(keys, 1), 16, 256));
  }

  /// How many keys the queries before `end` may see at most.
  int64_t seen(int64_t end) const {
    const int64_t seen = causal ? std::min(keys, keys - queries + end) : keys;
    return std::max<int64_t>(seen, 1);
  }

  RowScores row(int64_t r, int64_t h, int64_t t, int64_t count) const {
    RowScores scores{nullptr, nullptr, std::min(seen(t + 1), count), count, scale};
    if (bias.defined()) {
      scores.bias = bias.const_data_ptr<float>() + r * bias.stride(0) + h * bias.stride(1) + t * bias.stride(2);
    }
    if (visible.defined()) {
      scores.visible =
          visible.const_data_ptr<bool>() + r * visible.stride(0) + h * visible.stride(1) + t * visible.stride(2);
    }
    return scores;
  }

  int64_t number(int64_t r, int64_t h, int64_t t) const { return (r * heads + h) * queries + t; }
};

void forward_head(
    const Layout &layout, const Heads &query, const Heads &key, const Heads &value, const Heads &output, int64_t r,
    int64_t h, float *greatest, float *inverse, float *scores) {
  const int64_t shared = h / (layout.heads / layout.key_heads);
  for (int64_t start = 0; start < layout.queries; start += layout.tile) {
    const int64_t size = std::min(layout.tile, layout.queries - start);
    const int64_t count = layout.seen(start + size);
    multiply(
        size, count, layout.width, 1, {query.at(r, h, start), query.place}, {key.at(r, shared, 0), key.place, true}, 0,
        scores, count);
    for (int64_t t = 0; t < size; t++) {
      const int64_t number = layout.number(r, h, start + t);
      softmax_row(
          scores + t * count, layout.row(r, h, start + t, count), layout.dropout,
          keys_of(layout.dropout.seed, number), greatest + number, inverse + number);
    }
    multiply(
        size, layout.width, count, 1, {scores, count}, {value.at(r, shared, 0), value.place}, 0,
        output.at(r, h, start), output.place);
  }
}

struct Gradients {
  Heads query, key, value;
  float *bias;  // or null; summed over the rows where the bias has one
  int64_t bias_row;
};

void backward_head(
    const Layout &layout, const Heads &query, const Heads &key, const Heads &value, const Heads &output,
    const Heads &outer, const Gradients &into, int64_t r, int64_t h, const float *greatest, const float *inverse,
    float *scores, float *slopes) {
  const int64_t shared = h / (layout.heads / layout.key_heads);
  for (int64_t start = 0; start < layout.queries; start += layout.tile) {
    const int64_t size = std::min(layout.tile, layout.queries - start);
    const int64_t count = layout.seen(start + size);
    const MatrixView queries{query.at(r, h, start), query.place}, outers{outer.at(r, h, start), outer.place};
    const MatrixView keys{key.at(r, shared, 0), key.place};
    multiply(size, count, layout.width, 1, queries, {keys.data, keys.stride, true}, 0, scores, count);
    multiply(
        size, count, layout.width, 1, outers, {value.at(r, shared, 0), value.place, true}, 0, slopes, count);
    for (int64_t t = 0; t < size; t++) {
      const int64_t number = layout.number(r, h, start + t);
      RowBack back{greatest[number], inverse[number], 0, nullptr};
      dot_product(outer.at(r, h, start + t), output.at(r, h, start + t), layout.width, &back.reach);
      if (into.bias) {
        back.bias_gradient = into.bias + r * into.bias_row + (h * layout.queries + start + t) * layout.keys;
      }
      backward_row(
          scores + t * count, slopes + t * count, layout.row(r, h, start + t, count), layout.dropout,
          keys_of(layout.dropout.seed, number), back);
    }
    multiply(
        count, layout.width, size, 1, {scores, count, true}, outers, 1, into.value.at(r, shared, 0), into.value.place);
    multiply(
        size, layout.width, count, layout.scale, {slopes, count}, keys, 0, into.query.at(r, h, start),
        into.query.place);
    multiply(
        count, layout.width, size, layout.scale, {slopes, count, true}, queries, 1, into.key.at(r, shared, 0),
        into.key.place);
  }
}

struct BiasedAttention : torch::autograd::Function<BiasedAttention> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &query, const at::Tensor &key,
      const at::Tensor &value, const std::optional<at::Tensor> &bias, const std::optional<at::Tensor> &visible,
      bool causal, double scale, double probability) {
    const uint64_t seed = probability > 0 ? draw_seed() : 0;
    const Layout layout(
        query, key, bias.value_or(at::Tensor()), visible.value_or(at::Tensor()), causal, scale,
        Dropout(probability, seed));
    const auto q = readable(query), k = readable(key), v = readable(value);
    auto output = heads_beside(query, false);
    auto greatest = at::empty({layout.rows, layout.heads, layout.queries}, q.options());
    auto inverse = at::empty_like(greatest);
    auto *tops = greatest.mutable_data_ptr<float>(), *shares = inverse.mutable_data_ptr<float>();
    const Heads queries(q), keys(k), values(v), outputs(output);
    parallel(layout.rows * layout.heads, 1, [&](int64_t begin, int64_t end) {
      float *scores = tiles(layout.tile * layout.keys);
      for (int64_t task = begin; task < end; task++) {
        forward_head(
            layout, queries, keys, values, outputs, task / layout.heads, task % layout.heads, tops, shares, scores);
      }
    });
    auto result = output.to(query.scalar_type());
    context->save_for_backward(
        {query, key, value, bias.value_or(at::Tensor()), visible.value_or(at::Tensor()), result, greatest, inverse});
    context->saved_data["causal"] = causal;
    context->saved_data["scale"] = scale;
    context->saved_data["probability"] = probability;
    context->saved_data["seed"] = static_cast<int64_t>(seed);
    return result;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list given) {
    const auto saved = context->get_saved_variables();
    const auto &query = saved[0], &key = saved[1], &value = saved[2], &bias = saved[3];
    const Dropout dropout(
        context->saved_data["probability"].toDouble(), static_cast<uint64_t>(context->saved_data["seed"].toInt()));
    const Layout layout(
        query, key, bias, saved[4], context->saved_data["causal"].toBool(), context->saved_data["scale"].toDouble(),
        dropout);
    const auto q = readable(query), k = readable(key), v = readable(value), o = readable(saved[5]);
    const auto outer = readable(given[0]);
    auto dq = heads_beside(query, false), dk = heads_beside(key, true), dv = heads_beside(value, true);
    at::Tensor db;
    if (bias.defined() && context->needs_input_grad(3)) db = at::zeros(bias.sizes(), q.options());
    const Gradients into{
        Heads(dq), Heads(dk), Heads(dv), db.defined() ? db.mutable_data_ptr<float>() : nullptr,
        db.defined() && db.size(0) > 1 ? db.stride(0) : 0};
    const auto *tops = saved[6].const_data_ptr<float>(), *shares = saved[7].const_data_ptr<float>();
    const Heads queries(q), keys(k), values(v), outputs(o), outers(outer);
    // Heads that share keys, or all rows of a head that share a bias, are one task: their sums have one order.
    const bool over_rows = into.bias && into.bias_row == 0;
    const int64_t group = layout.heads / layout.key_heads;
    parallel(layout.key_heads * (over_rows ? 1 : layout.rows), 1, [&](int64_t begin, int64_t end) {
      float *scores = tiles(2 * layout.tile * layout.keys);
      float *slopes = scores + layout.tile * layout.keys;
      for (int64_t task = begin; task < end; task++) {
        const int64_t shared = task % layout.key_heads, only = task / layout.key_heads;
        for (int64_t r = over_rows ? 0 : only; r < (over_rows ? layout.rows : only + 1); r++) {
          for (int64_t h = shared * group; h < (shared + 1) * group; h++) {
            backward_head(
                layout, queries, keys, values, outputs, outers, into, r, h, tops, shares, scores, slopes);
          }
        }
      }
    });
    const auto type = query.scalar_type();
    return {dq.to(type), dk.to(type), dv.to(type), db.defined() ? db.to(bias.scalar_type()) : db,
            at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

ct_tensor ct_biased_attention(
    ct_tensor query_box, ct_tensor key_box, ct_tensor value_box, ct_tensor bias_box, ct_tensor mask_box, bool causal,
    double scale, double dropout) {
  return guarded([&]() -> at::Tensor {
    const auto &query = unbox(query_box), &key = unbox(key_box), &value = unbox(value_box);
    TORCH_CHECK(
        query.device().is_cpu() && query.dim() == 4 && key.dim() == 4 && value.sizes() == key.sizes() &&
            query.size(0) == key.size(0) && query.size(1) % key.size(1) == 0 && query.size(3) == key.size(3) &&
            dropout < 1 &&
            (!bias_box || (unbox(bias_box).dim() == 4 && unbox(bias_box).size(1) == query.size(1) &&
                           unbox(bias_box).size(2) == query.size(2) && unbox(bias_box).size(3) == key.size(2))) &&
            (!mask_box || unbox(mask_box).scalar_type() == at::kBool),
        "attention on the CPU: queries ", query.sizes(), ", keys ", key.sizes(), ", values ", value.sizes());
    return BiasedAttention::apply(
        query, key, value, unbox_optional(bias_box), unbox_optional(mask_box), causal, scale, dropout);
  });
}
