// Work of which nothing is kept for the backward pass but its inputs: there it is done again (Chen and others, Training
// Deep Nets with Sublinear Memory Cost, 2016).
#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <memory>

#include "Guard.hpp"

using namespace ctorch;

namespace {

/// The caller's work, given back to the caller with its last use.
struct Work : torch::CustomClassHolder {
  ct_work body;
  void *context;
  void (*release)(void *);

  Work(ct_work body, void *context, void (*release)(void *)) : body(body), context(context), release(release) {}
  ~Work() override { release(context); }

  /// Does the work with gradients recorded, on inputs that are cut off from what they were computed from.
  at::Tensor operator()(const std::vector<at::Tensor> &inputs) const {
    std::vector<ct_tensor> boxes;
    for (const auto &input : inputs) boxes.push_back(box(input));
    std::unique_ptr<ct_tensor_box> made(body(context, boxes.data(), boxes.size()));  // takes the boxes
    TORCH_CHECK(made, "work that is to be done again failed");
    return made->tensor;
  }
};

/// The states of the generators that the work may draw from.
struct RandomState {
  at::Tensor own, device;

  static RandomState now(const at::Tensor &input) {
    RandomState state{generator().get_state(), {}};
    if (!input.is_cpu()) state.device = at::globalContext().defaultGenerator(input.device()).get_state();
    return state;
  }
  void set(const at::Tensor &input) const {
    generator().set_state(own);
    if (!device.defined()) return;
    at::Generator other = at::globalContext().defaultGenerator(input.device());
    other.set_state(device);
  }
};

std::vector<at::Tensor> cut_off(const torch::autograd::variable_list &inputs) {
  std::vector<at::Tensor> leaves;
  for (const auto &input : inputs) leaves.push_back(input.detach().requires_grad_(input.requires_grad()));
  return leaves;
}

struct Recomputed : torch::autograd::Function<Recomputed> {
  /// `inputs` end with a tensor that asks for gradients, so that the work's own weights get theirs.
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const c10::intrusive_ptr<Work> &work, at::TensorList inputs) {
    const std::vector<at::Tensor> all(inputs.begin(), inputs.end());
    const auto state = RandomState::now(all[0]);
    context->saved_data["work"] = at::IValue::make_capsule(work);
    context->saved_data["own"] = state.own;
    if (state.device.defined()) context->saved_data["device"] = state.device;
    context->save_for_backward(all);
    at::AutoGradMode recording(true);
    return (*work)(cut_off({all.begin(), all.end() - 1})).detach();
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, torch::autograd::variable_list gradients) {
    auto inputs = context->get_saved_variables();
    inputs.pop_back();
    const auto capsule = context->saved_data["work"].toCapsule();
    const auto &work = *static_cast<const Work *>(capsule.get());
    RandomState then{context->saved_data["own"].toTensor(), {}};
    if (context->saved_data.count("device")) then.device = context->saved_data["device"].toTensor();
    const auto leaves = cut_off(inputs);
    const auto now = RandomState::now(inputs[0]);
    at::Tensor made;
    {
      at::AutoGradMode recording(true);
      then.set(inputs[0]);
      made = work(leaves);
      now.set(inputs[0]);
    }
    torch::autograd::backward({made}, {gradients[0]});
    torch::autograd::variable_list results{at::Tensor()};
    for (const auto &leaf : leaves) results.push_back(leaf.grad());
    results.push_back(at::Tensor());
    return results;
  }
};

}  // namespace

ct_tensor ct_recomputed(
    const ct_tensor *inputs, size_t count, ct_work body, void *context, void (*release)(void *)) {
  // Whoever has work done again is short of memory, and blocks of many lifetimes would leave holes in it.
  ct_give_back_freed_memory();
  auto work = c10::make_intrusive<Work>(body, context, release);
  return guarded([&] {
    std::vector<at::Tensor> all;
    for (size_t i = 0; i < count; i++) all.push_back(unbox(inputs[i]));
    all.push_back(at::empty({0}, all[0].options().dtype(at::kFloat)).requires_grad_());
    return Recomputed::apply(work, at::TensorList(all));
  });
}
