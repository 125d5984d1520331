// Several processes that compute together: sums and broadcasts through c10d's Gloo, found through its TCP store.
#include "Guard.hpp"

#if defined(__linux__)
#define USE_C10D_GLOO 1
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

using namespace ctorch;
using std::chrono::milliseconds;

struct ct_group_box {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

namespace {

/// The address of this machine from which `host` is reached: where the others of the group find this process.
std::string own_address(const char *host, int port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  TORCH_CHECK(
      getaddrinfo(host, std::to_string(port).c_str(), &hints, &found) == 0 && found, "the host ", host,
      " is not known here");
  std::string address;
  for (auto *place = found; place && address.empty(); place = place->ai_next) {
    const int socket = ::socket(place->ai_family, SOCK_DGRAM, 0);
    if (socket < 0) continue;
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    char text[NI_MAXHOST];
    // Nothing is sent: a datagram's socket that is connected has chosen the interface.
    if (connect(socket, place->ai_addr, place->ai_addrlen) == 0 &&
        getsockname(socket, reinterpret_cast<sockaddr *>(&own), &size) == 0 &&
        getnameinfo(reinterpret_cast<sockaddr *>(&own), size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      address = text;
    close(socket);
  }
  freeaddrinfo(found);
  TORCH_CHECK(!address.empty(), "no way leads from here to ", host);
  return address;
}

}  // namespace

bool ct_has_groups(void) { return true; }

ct_group ct_group_join(
    const char *host, int port, int rank, int size, bool hosts_store, const char *prefix, int64_t timeout) {
  return caught([&]() -> ct_group {
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = hosts_store;
    options.numWorkers = size;
    options.waitWorkers = false;
    options.timeout = milliseconds(timeout);
    c10::intrusive_ptr<c10d::Store> store = c10::make_intrusive<c10d::TCPStore>(std::string(host), options);
    store = c10::make_intrusive<c10d::PrefixStore>(std::string(prefix), store);
    auto gloo = c10d::ProcessGroupGloo::Options::create(milliseconds(timeout));
    const char *interface = std::getenv("GLOO_SOCKET_IFNAME");
    gloo->devices.push_back(
        interface ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                  : c10d::ProcessGroupGloo::createDeviceForHostname(own_address(host, port)));
    auto group = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, gloo);
    return new ct_group_box{store, group};
  }, static_cast<ct_group>(nullptr));
}

void ct_group_leave(ct_group group) {
  // A broken connection may complain; nobody is left to hear it.
  (void)status([&] { delete group; });
}

int ct_group_sum(ct_group group, ct_tensor tensor) {
  return status([&] {
    std::vector<at::Tensor> tensors{unbox(tensor)};
    group->gloo->allreduce(tensors)->wait();
  });
}

int ct_group_broadcast(ct_group group, ct_tensor tensor, int root) {
  return status([&] {
    std::vector<at::Tensor> tensors{unbox(tensor)};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    group->gloo->broadcast(tensors, options)->wait();
  });
}

int ct_group_tell(ct_group group, const char *key, const char *value) {
  return status([&] {
    group->store->set(std::string(key), std::string(value));
  });
}

int ct_group_knows(ct_group group, const char *key) {
  return caught([&] { return group->store->check({key}) ? 1 : 0; }, -1);
}

// Gradients that are summed in buckets while the backward pass goes on.
//
// A weight's gradient is ready when its accumulator has run; a bucket sets off when all of its weights are, in the
// buckets' order, which is the same in every process. (Li and others, "PyTorch Distributed", 2020.)
struct Bucket {
  std::vector<size_t> weights;
  size_t waiting = 0;
  at::Tensor flat;
  c10::intrusive_ptr<c10d::Work> work;
};

struct ct_reduction_box {
  ct_group group;
  std::vector<at::Tensor> weights;
  std::vector<size_t> bucket_of;
  std::vector<Bucket> buckets;
  // Releases of libtorch differ in how they count a node's owners.
  using Accumulator = decltype(torch::autograd::impl::grad_accumulator(at::Tensor()));
  std::vector<std::pair<Accumulator, uintptr_t>> hooks;
  size_t next = 0;
  bool armed = false;

  void arm() {
    for (auto &bucket : buckets) bucket.waiting = bucket.weights.size();
    next = 0;
    armed = true;
  }

  void ready(size_t weight) {
    if (!armed) return;
    buckets[bucket_of[weight]].waiting--;
    while (next < buckets.size() && buckets[next].waiting == 0) launch(buckets[next++]);
  }

  void launch(Bucket &bucket) {
    at::NoGradGuard no_grad;
    std::vector<at::Tensor> parts;
    for (size_t index : bucket.weights) {
      const auto &gradient = weights[index].grad();
      // A weight that this process' rows do not reach adds nothing.
      parts.push_back(
          gradient.defined() ? gradient.reshape({-1}).to(at::kFloat) : at::zeros({weights[index].numel()}, at::kFloat));
    }
    bucket.flat = at::cat(parts);
    std::vector<at::Tensor> tensors{bucket.flat};
    bucket.work = group->gloo->allreduce(tensors);
  }

  void finish() {
    at::NoGradGuard no_grad;
    if (!armed) arm();
    armed = false;
    while (next < buckets.size()) launch(buckets[next++]);
    for (auto &bucket : buckets) {
      bucket.work->wait();
      int64_t place = 0;
      for (size_t index : bucket.weights) {
        auto &weight = weights[index];
        const auto sum = bucket.flat.narrow(0, place, weight.numel()).view(weight.sizes());
        if (weight.grad().defined()) {
          weight.mutable_grad().copy_(sum);
        } else {
          weight.mutable_grad() = sum.to(weight.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
        }
        place += weight.numel();
      }
      bucket.work.reset();
      bucket.flat.reset();
    }
  }
};

ct_reduction ct_reduction_make(ct_group group, const ct_tensor *weights, size_t count, int64_t bytes) {
  return caught([&]() -> ct_reduction {
    auto *reduction = new ct_reduction_box{};
    reduction->group = group;
    reduction->bucket_of.resize(count);
    for (size_t index = 0; index < count; index++) reduction->weights.push_back(unbox(weights[index]));
    int64_t filled = bytes;
    // The last layers' gradients come first.
    for (size_t index = count; index-- > 0;) {
      if (filled >= bytes) {
        reduction->buckets.emplace_back();
        filled = 0;
      }
      reduction->buckets.back().weights.push_back(index);
      reduction->bucket_of[index] = reduction->buckets.size() - 1;
      filled += reduction->weights[index].numel() * 4;
    }
    for (size_t index = 0; index < count; index++) {
      auto accumulator = torch::autograd::impl::grad_accumulator(reduction->weights[index]);
      const auto key = accumulator->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
          [reduction, index](const torch::autograd::variable_list &outputs, const torch::autograd::variable_list &) {
            reduction->ready(index);
            return outputs;
          }));
      reduction->hooks.emplace_back(std::move(accumulator), key);
    }
    return reduction;
  }, static_cast<ct_reduction>(nullptr));
}

void ct_reduction_arm(ct_reduction reduction) { reduction->arm(); }
int ct_reduction_finish(ct_reduction reduction) {
  return status([&] { reduction->finish(); });
}
void ct_reduction_free(ct_reduction reduction) {
  (void)status([&] {
    for (auto &[accumulator, key] : reduction->hooks) accumulator->del_post_hook(key);
    delete reduction;
  });
}

#else

using namespace ctorch;

namespace {
constexpr const char *absent = "this build has no process groups: they need libtorch's Gloo, on Linux";
}

bool ct_has_groups(void) { return false; }
ct_group ct_group_join(const char *, int, int, int, bool, const char *, int64_t) {
  remember(absent);
  return nullptr;
}
void ct_group_leave(ct_group) {}
int ct_group_sum(ct_group, ct_tensor) { return 1; }
int ct_group_broadcast(ct_group, ct_tensor, int) { return 1; }
int ct_group_tell(ct_group, const char *, const char *) { return 1; }
int ct_group_knows(ct_group, const char *) { return -1; }
ct_reduction ct_reduction_make(ct_group, const ct_tensor *, size_t, int64_t) {
  remember(absent);
  return nullptr;
}
void ct_reduction_arm(ct_reduction) {}
int ct_reduction_finish(ct_reduction) { return 1; }
void ct_reduction_free(ct_reduction) {}

#endif
