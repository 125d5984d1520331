// Which rows of a matrix are read.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace ctorch {

/// The rows of a matrix `[O, I]` that are named by `ids` `[…]`, or all where it is undefined.
struct WantedRows {
  at::Tensor ids;              // whole numbers, contiguous
  std::vector<int64_t> shape;  // of what is read: [O, I] or […, I]

  WantedRows(const at::Tensor &given, int64_t outputs, int64_t inputs) : shape{outputs, inputs} {
    if (!given.defined()) return;
    TORCH_CHECK(given.scalar_type() == at::kLong && given.is_cpu(), "rows are named by whole numbers on the CPU");
    ids = given.contiguous();
    for (int64_t i = 0; i < ids.numel(); i++) {
      const int64_t id = ids.const_data_ptr<int64_t>()[i];
      TORCH_CHECK(id >= 0 && id < outputs, "row ", id, " of ", outputs);
    }
    shape = given.sizes().vec();
    shape.push_back(inputs);
  }

  /// How many they are.
  int64_t count() const { return ids.defined() ? ids.numel() : shape[0]; }

  /// The row of the matrix that is read as number `place`.
  int64_t operator[](int64_t place) const { return ids.defined() ? ids.const_data_ptr<int64_t>()[place] : place; }
};

}  // namespace ctorch
