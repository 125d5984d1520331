#include "StepProgram.hpp"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "FewRows.hpp"
#include "Parallel.hpp"
#include "StepRows.hpp"

namespace ctorch {

namespace {

/// Memory that a thread keeps from one call to the next.
struct Memory {
  std::vector<std::vector<char>> buffers;
  RowMemory rows;
};

/// The steps of one call, their buffers, and the phases that they come to.
template <class Element>
struct Machine {
  struct Job {
    Machine *machine;
    const Step *step;
    std::optional<RowProduct> product;
  };

  const int64_t rows;
  Memory &memory;
  std::vector<int64_t> widths;
  std::deque<Job> jobs;
  std::vector<Phase> phases;

  Machine(const std::vector<Step> &steps, const at::Tensor &input, Memory &memory)
      : rows(input.size(0)), memory(memory) {
    measure(steps, input.size(-1));
    if (memory.buffers.size() < widths.size()) memory.buffers.resize(widths.size());
    for (size_t number = 0; number < widths.size(); number++) {
      const size_t bytes = rows * widths[number] * sizeof(Element);
      if (memory.buffers[number].size() < bytes) memory.buffers[number].resize(bytes);
    }
    std::memcpy(row(0, 0), input.const_data_ptr(), rows * widths[0] * sizeof(Element));
    for (const auto &step : steps) add(step);
  }

  Element *row(int64_t buffer, int64_t number) {
    return reinterpret_cast<Element *>(memory.buffers[buffer].data()) + number * widths[buffer];
  }

  /// The widths of all buffers, checked: a piece of work must not fail.
  void measure(const std::vector<Step> &steps, int64_t width) {
    const auto type = c10::CppTypeToScalarType<Element>::value;
    auto known = [&](int64_t buffer) {
      TORCH_CHECK(
          buffer >= 0 && buffer < static_cast<int64_t>(widths.size()) && widths[buffer] > 0, "buffer ", buffer,
          " was not written");
      return widths[buffer];
    };
    auto write = [&](int64_t buffer, int64_t width) {
      TORCH_CHECK(buffer >= 0 && buffer < 64 && width > 0, "buffer ", buffer, " of width ", width);
      if (static_cast<int64_t>(widths.size()) <= buffer) widths.resize(buffer + 1, 0);
      TORCH_CHECK(widths[buffer] == 0 || widths[buffer] == width, "buffer ", buffer, " with two widths");
      widths[buffer] = width;
    };
    auto check_norm = [&](const StepNorm &norm, int64_t width) {
      for (const auto *part : {&norm.scale, &norm.shift}) {
        TORCH_CHECK(
            !part->defined() || (part->scalar_type() == type && part->is_contiguous() && part->numel() == width),
            "a norm that does not fit ", width);
      }
    };
    auto check_residual = [&](const Step &step, int64_t width) {
      TORCH_CHECK(step.residual < 0 || known(step.residual) == width, "a residual that does not fit");
    };
    write(0, width);
    for (const auto &step : steps) {
      const int64_t from = step.kind == Step::Kind::attention ? 0 : known(step.input);
      switch (step.kind) {
        case Step::Kind::norm:
          TORCH_CHECK(step.norm.scale.defined(), "a norm without a scale");
          check_norm(step.norm, from);
          check_residual(step, from);
          write(step.outputs[0], from);
          break;
        case Step::Kind::product:
        case Step::Kind::gated: {
          check_norm(step.norm, from);
          const size_t outputs = step.kind == Step::Kind::gated ? 1 : step.weights.size();
          TORCH_CHECK(
              step.kind == Step::Kind::product || (step.weights.size() == 2 && step.activation && step.residual < 0),
              "a gated product of other than two weights");
          TORCH_CHECK(!step.weights.empty() && outputs <= 3, "a product of ", outputs, " weights");
          for (const auto &weight : step.weights) {
            check_weight(weight, type);
            TORCH_CHECK(weight.inputs() == from, "a weight of ", weight.inputs(), " inputs for ", from);
          }
          check_residual(step, step.weights[0].outputs());
          for (size_t i = 0; i < outputs; i++) write(step.outputs[i], step.weights[i].outputs());
          break;
        }
        case Step::Kind::low_rank: {
          check_norm(step.norm, from);
          const int64_t into = known(step.residual);
          TORCH_CHECK(step.outputs[0] == step.residual, "what is learned is added in place");
          for (const auto &pair : step.low_ranks) {
            if (!pair.down.defined()) continue;
            const auto &down = pair.down, &up = pair.up;
            TORCH_CHECK(
                down.dim() == 2 && up.dim() == 2 && down.size(1) == from && up.size(1) == into &&
                    down.size(0) == up.size(0) && down.scalar_type() == at::kFloat && up.scalar_type() == at::kFloat &&
                    down.is_contiguous() && up.is_contiguous(),
                "matrices ", down.sizes(), " and ", up.sizes(), " beside a weight of ", from, " inputs and ", into);
          }
          for (int64_t row = 0; row < rows; row++) {
            const int64_t choice = step.choice(row);
            TORCH_CHECK(
                choice >= -1 && choice < static_cast<int64_t>(step.low_ranks.size()), "choice ", choice, " of ",
                step.low_ranks.size());
          }
          break;
        }
        case Step::Kind::activation:
          TORCH_CHECK(step.activation, "an activation that is none");
          TORCH_CHECK(step.factor < 0 || known(step.factor) == from, "a factor that does not fit");
          write(step.outputs[0], from);
          break;
        case Step::Kind::attention: {
          const auto &attention = step.attention;
          const auto &keys = attention.cache.keys;
          check_decode_cache(attention.cache, rows, attention.heads);
          const int64_t key_heads = keys.size(1), head = keys.size(3);
          auto check_heads = [&](const StepHeads &heads, int64_t count) {
            TORCH_CHECK(
                heads.start >= 0 && heads.stride >= head &&
                    heads.start + (count - 1) * heads.stride + head <= known(heads.buffer),
                "heads that do not fit their buffer");
          };
          check_heads(attention.query, attention.heads);
          check_norm(attention.query_norm, head);
          check_norm(attention.key_norm, head);
          if (attention.appends) {
            check_heads(attention.key, key_heads);
            check_heads(attention.value, key_heads);
          }
          int64_t longest = 0;
          for (int64_t row = 0; row < rows; row++) {
            const int64_t length = attention.lengths[row] + attention.appends;
            TORCH_CHECK(length >= 1 && length <= keys.size(2), "length ", length, " of ", keys.size(2));
            longest = std::max(longest, length);
          }
          TORCH_CHECK(
              !attention.cosine.defined() ||
                  (attention.cosine.sizes() == attention.sine.sizes() && attention.cosine.is_contiguous() &&
                   attention.sine.is_contiguous() && attention.cosine.scalar_type() == at::kFloat &&
                   attention.sine.scalar_type() == at::kFloat && attention.cosine.size(0) >= longest &&
                   attention.cosine.size(1) * 2 <= head),
              "angles that do not fit");
          write(step.outputs[0], attention.heads * head);
          break;
        }
      }
    }
  }

  void add(const Step &step) {
    Job &job = jobs.emplace_back();
    job.machine = this;
    job.step = &step;
    switch (step.kind) {
      case Step::Kind::norm: phases.push_back({rows, 1, norm_rows, &job}); break;
      case Step::Kind::low_rank: phases.push_back({rows, 1, add_low_rank, &job}); break;
      case Step::Kind::activation: phases.push_back({rows, 1, activate_rows, &job}); break;
      case Step::Kind::product:
      case Step::Kind::gated: {
        void *outputs[3];
        for (int i = 0; i < 3; i++) outputs[i] = row(step.outputs[i], 0);
        if (step.kind == Step::Kind::gated) {
          job.product.emplace(
              c10::CppTypeToScalarType<Element>::value, rows, step.weights[0], step.weights[1], *step.activation,
              outputs[0], memory.rows);
        } else {
          job.product.emplace(
              c10::CppTypeToScalarType<Element>::value, rows, step.weights.data(), outputs,
              static_cast<int64_t>(step.weights.size()), step.residual < 0 ? nullptr : row(step.residual, 0),
              step.activation, memory.rows);
        }
        phases.push_back({rows, 1, prepare_rows, &job});
        phases.push_back({job.product->pieces(), job.product->grain(), multiply, &job});
        break;
      }
      case Step::Kind::attention: {
        const auto &cache = step.attention.cache;
        const int64_t key_heads = cache.keys.size(1), group = step.attention.heads / key_heads;
        phases.push_back({rows * key_heads, cache.grain(step.attention.lengths, group), attend, &job});
        break;
      }
    }
  }

  static void norm_rows(const void *body, int64_t begin, int64_t end) {
    const Job &job = *static_cast<const Job *>(body);
    const Step &step = *job.step;
    Machine &machine = *job.machine;
    for (int64_t number = begin; number < end; number++) {
      normalize(
          step.norm, machine.row(step.input, number),
          step.residual < 0 ? nullptr : machine.row(step.residual, number), machine.row(step.outputs[0], number),
          machine.widths[step.input]);
    }
  }

  static void add_low_rank(const void *body, int64_t begin, int64_t end) {
    const Job &job = *static_cast<const Job *>(body);
    const Step &step = *job.step;
    Machine &machine = *job.machine;
    const int64_t inputs = machine.widths[step.input], outputs = machine.widths[step.residual];
    static thread_local std::vector<Element> normed;
    static thread_local std::vector<float> memory;
    if (normed.size() < static_cast<size_t>(inputs)) normed.resize(inputs);
    if (memory.size() < static_cast<size_t>(inputs + outputs)) memory.resize(inputs + outputs);
    float *x = memory.data(), *sums = x + inputs;
    for (int64_t number = begin; number < end; number++) {
      const int64_t choice = step.choice(number);
      if (choice < 0 || !step.low_ranks[choice].down.defined()) continue;
      const auto &pair = step.low_ranks[choice];
      const Element *input = machine.row(step.input, number);
      if (step.norm.scale.defined()) {
        normalize(step.norm, input, nullptr, normed.data(), inputs);
        input = normed.data();
      }
      Element *into = machine.row(step.residual, number);
      for (int64_t i = 0; i < inputs; i++) x[i] = static_cast<float>(input[i]);
      for (int64_t i = 0; i < outputs; i++) sums[i] = static_cast<float>(into[i]);
      const float *down = pair.down.template const_data_ptr<float>();
      const float *up = pair.up.template const_data_ptr<float>();
      for (int64_t r = 0; r < pair.down.size(0); r++) {
        float inner;
        dot_into(x, down + r * inputs, inputs, &inner);
        add_scaled(up + r * outputs, inner * pair.scale, sums, outputs);
      }
      for (int64_t i = 0; i < outputs; i++) into[i] = static_cast<Element>(sums[i]);
    }
  }

  static void activate_rows(const void *body, int64_t begin, int64_t end) {
    const Job &job = *static_cast<const Job *>(body);
    const Step &step = *job.step;
    Machine &machine = *job.machine;
    const int64_t width = machine.widths[step.input];
    static thread_local std::vector<float> memory;
    if (memory.size() < static_cast<size_t>(2 * width)) memory.resize(2 * width);
    float *x = memory.data(), *other = x + width;
    const auto &kernels = few_rows_kernels<Element>();
    for (int64_t number = begin; number < end; number++) {
      const Element *input = machine.row(step.input, number);
      for (int64_t i = 0; i < width; i++) x[i] = static_cast<float>(input[i]);
      Element *output = machine.row(step.outputs[0], number);
      if (step.factor < 0) {
        kernels.finish(x, nullptr, nullptr, &*step.activation, output, width);
        continue;
      }
      const Element *factor = machine.row(step.factor, number);
      for (int64_t i = 0; i < width; i++) other[i] = static_cast<float>(factor[i]);
      kernels.finish_gated(x, other, nullptr, nullptr, *step.activation, output, width);
    }
  }

  static void prepare_rows(const void *body, int64_t begin, int64_t end) {
    const Job &job = *static_cast<const Job *>(body);
    const Step &step = *job.step;
    Machine &machine = *job.machine;
    const int64_t width = machine.widths[step.input];
    static thread_local std::vector<Element> normed;
    if (normed.size() < static_cast<size_t>(width)) normed.resize(width);
    for (int64_t number = begin; number < end; number++) {
      const Element *input = machine.row(step.input, number);
      if (step.norm.scale.defined()) {
        normalize(step.norm, input, nullptr, normed.data(), width);
        input = normed.data();
      }
      job.product->prepare(input, number);
    }
  }

  static void multiply(const void *body, int64_t begin, int64_t end) {
    static_cast<const Job *>(body)->product->run(begin, end);
  }

  /// One head as the cache and the scores take it: normed and turned.
  void read_head(
      const StepHeads &heads, const StepNorm &norm, int64_t number, int64_t head, int64_t width, int64_t position,
      const StepAttention &attention, float *into) {
    const Element *from = row(heads.buffer, number) + heads.start + head * heads.stride;
    static thread_local std::vector<Element> normed;
    if (norm.scale.defined()) {
      if (normed.size() < static_cast<size_t>(width)) normed.resize(width);
      normalize(norm, from, nullptr, normed.data(), width);
      from = normed.data();
    }
    for (int64_t d = 0; d < width; d++) into[d] = static_cast<float>(from[d]);
    if (!attention.cosine.defined()) return;
    const int64_t half = attention.cosine.size(1);
    const float *cosine = attention.cosine.const_data_ptr<float>() + position * half;
    const float *sine = attention.sine.const_data_ptr<float>() + position * half;
    for (int64_t i = 0; i < half; i++) {
      const float first = into[i], second = into[i + half];
      into[i] = first * cosine[i] - second * sine[i];
      into[i + half] = second * cosine[i] + first * sine[i];
    }
  }

  static void attend(const void *body, int64_t begin, int64_t end) {
    const Job &job = *static_cast<const Job *>(body);
    const StepAttention &attention = job.step->attention;
    Machine &machine = *job.machine;
    const auto &cache = attention.cache;
    const int64_t key_heads = cache.keys.size(1), group = attention.heads / key_heads, width = cache.keys.size(3);
    static thread_local std::vector<float> memory;
    if (memory.size() < static_cast<size_t>(2 * group * width)) memory.resize(2 * group * width);
    float *queries = memory.data(), *sums = queries + group * width;
    for (int64_t place = begin; place < end; place++) {
      const int64_t number = place / key_heads, head = place % key_heads, seen = attention.lengths[number];
      if (attention.appends) {
        machine.read_head(attention.key, attention.key_norm, number, head, width, seen, attention, sums);
        cache.write_key(number, head, seen, sums);
        const Element *value = machine.row(attention.value.buffer, number) + attention.value.start +
                               head * attention.value.stride;
        for (int64_t d = 0; d < width; d++) sums[d] = static_cast<float>(value[d]);
        cache.write_value(number, head, seen, sums);
      }
      for (int64_t g = 0; g < group; g++) {
        machine.read_head(
            attention.query, attention.query_norm, number, head * group + g, width, seen, attention,
            queries + g * width);
      }
      cache.attend(number, head, seen + attention.appends, queries, group, sums);
      Element *output = machine.row(job.step->outputs[0], number) + head * group * width;
      for (int64_t i = 0; i < group * width; i++) output[i] = static_cast<Element>(sums[i]);
    }
  }
};

template <class Element>
at::Tensor run(const std::vector<Step> &steps, const at::Tensor &input) {
  static thread_local Memory memory;
  Machine<Element> machine(steps, input, memory);
  run_phases(machine.phases.data(), static_cast<int64_t>(machine.phases.size()));
  const int64_t last = steps.back().outputs[0], width = machine.widths[last];
  auto result = at::empty({input.size(0), 1, width}, input.options());
  std::memcpy(result.data_ptr(), machine.row(last, 0), input.size(0) * width * sizeof(Element));
  return result;
}

}  // namespace

at::Tensor run_steps(const std::vector<Step> &steps, const at::Tensor &input) {
  const auto type = input.scalar_type();
  TORCH_CHECK(
      input.is_cpu() && input.dim() == 3 && input.size(1) == 1 && input.is_contiguous() && input.numel() > 0 &&
          (type == at::kFloat || type == at::kBFloat16),
      "steps take one token of every row in fp32 or bf16 on the CPU, not ", input.sizes());
  TORCH_CHECK(!steps.empty(), "no steps");
  return type == at::kFloat ? run<float>(steps, input) : run<c10::BFloat16>(steps, input);
}

}  // namespace ctorch
