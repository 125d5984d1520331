// The whole of libtorch that Orchard sees: a C interface, so that C++ never reaches Swift's type checker.
//
// Conventions. A function that returns a tensor returns NULL on failure; one that returns a status returns 0 on
// success. The message of the last failure on this thread is in ct_error(). A tensor that is returned belongs to the
// caller, who gives it back with ct_free(). Shapes are passed as a pointer and a count. Nothing here keeps a pointer
// that it was passed, unless it says so.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor_box *ct_tensor;

typedef enum {
  CT_FLOAT32 = 0,
  CT_BFLOAT16 = 1,
  CT_FLOAT16 = 2,
  CT_FLOAT64 = 3,
  CT_INT64 = 4,
  CT_INT32 = 5,
  CT_INT16 = 6,
  CT_INT8 = 7,
  CT_UINT8 = 8,
  CT_BOOL = 9,
  CT_OTHER_DTYPE = 99
} ct_dtype;

typedef enum { CT_CPU = 0, CT_CUDA = 1, CT_MPS = 2, CT_OTHER_DEVICE = 99 } ct_device_kind;

typedef struct {
  int32_t kind;   // a ct_device_kind
  int32_t index;  // which of them, from 0
} ct_device;

// Engine.cpp: errors, threads, devices, random state.
const char *ct_error(void);
const char *ct_version(void);
const char *ct_capability(void);
int ct_threads(void);
int ct_set_threads(int count);
bool ct_has_cuda(void);
int ct_cuda_count(void);
bool ct_has_mps(void);
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool on);
int ct_manual_seed(uint64_t seed);
ct_tensor ct_random_state(void);
int ct_set_random_state(ct_tensor state);
void ct_flush_denormals(bool on);
// Training steps and batches of texts take the same large blocks again. glibc would give each back to the system and
// have it cleared, page by page, at its next use: a tenth of a step's time. Backward passes call this by themselves.
void ct_keep_freed_memory(void);
// Gives large blocks back to the system at once, from now on: slower, but what is freed leaves no holes that are held.
void ct_give_back_freed_memory(void);
int ct_synchronize(ct_device device);

// MemoryMeter.cpp: the bytes that this thread's tensors on the CPU take from begin to end, after each block that comes
// or goes; those of before are not counted. ct_meter_end stops watching and fills `levels`, ct_meter_count many.
int ct_meter_begin(void);
size_t ct_meter_count(void);
void ct_meter_end(int64_t *levels);

// Creation.cpp
typedef void (*ct_release)(void *context);
ct_tensor ct_from_data(const void *data, const int64_t *shape, size_t rank, int dtype);
ct_tensor ct_from_borrowed(
    void *data, const int64_t *shape, size_t rank, int dtype, void *context, ct_release release);
ct_tensor ct_empty(const int64_t *shape, size_t rank, int dtype, ct_device device);
ct_tensor ct_full(const int64_t *shape, size_t rank, double value, int dtype, ct_device device);
ct_tensor ct_arange(int64_t start, int64_t end, int64_t step, int dtype, ct_device device);
ct_tensor ct_normal(const int64_t *shape, size_t rank, double mean, double deviation, int dtype, ct_device device);
ct_tensor ct_uniform(const int64_t *shape, size_t rank, double low, double high, int dtype, ct_device device);
ct_tensor ct_like(ct_tensor self, double value);

// Info.cpp
void ct_free(ct_tensor self);
ct_tensor ct_share(ct_tensor self);  // another box of the same tensor
size_t ct_rank(ct_tensor self);
int64_t ct_size(ct_tensor self, size_t dimension);
int64_t ct_count(ct_tensor self);
int ct_dtype_of(ct_tensor self);
ct_device ct_device_of(ct_tensor self);
bool ct_is_contiguous(ct_tensor self);
void *ct_data(ct_tensor self);
bool ct_shares_storage(ct_tensor a, ct_tensor b);
int ct_read(ct_tensor self, void *into, size_t bytes);
int ct_item(ct_tensor self, double *value);
int ct_item_int(ct_tensor self, int64_t *value);

// Gradients.cpp
bool ct_requires_grad(ct_tensor self);
int ct_set_requires_grad(ct_tensor self, bool on);
int ct_backward(ct_tensor self, ct_tensor gradient_or_null, bool keep_graph);
ct_tensor ct_grad(ct_tensor self);
int ct_set_grad(ct_tensor self, ct_tensor gradient_or_null);
ct_tensor ct_detach(ct_tensor self);

// Recompute.cpp: work of which only the inputs are kept for the backward pass, where it is done again. The body gets
// the inputs for good and gives its result for good; NULL is a failure.
typedef ct_tensor (*ct_work)(void *context, const ct_tensor *inputs, size_t count);
ct_tensor ct_recomputed(const ct_tensor *inputs, size_t count, ct_work body, void *context, void (*release)(void *));

// Shape.cpp
ct_tensor ct_to(ct_tensor self, int dtype, ct_device device, bool copy);
ct_tensor ct_clone(ct_tensor self);
ct_tensor ct_contiguous(ct_tensor self);
ct_tensor ct_reshape(ct_tensor self, const int64_t *shape, size_t rank);
ct_tensor ct_expand(ct_tensor self, const int64_t *shape, size_t rank);
ct_tensor ct_permute(ct_tensor self, const int64_t *order, size_t rank);
ct_tensor ct_transpose(ct_tensor self, int64_t a, int64_t b);
ct_tensor ct_squeeze(ct_tensor self, int64_t dimension);
ct_tensor ct_unsqueeze(ct_tensor self, int64_t dimension);
ct_tensor ct_slice(ct_tensor self, int64_t dimension, int64_t start, int64_t end, int64_t step);
ct_tensor ct_select(ct_tensor self, int64_t dimension, int64_t index);
ct_tensor ct_index_select(ct_tensor self, int64_t dimension, ct_tensor indices);
ct_tensor ct_gather(ct_tensor self, int64_t dimension, ct_tensor indices);
ct_tensor ct_scatter(ct_tensor self, int64_t dimension, ct_tensor indices, ct_tensor source);
ct_tensor ct_cat(const ct_tensor *tensors, size_t count, int64_t dimension);
ct_tensor ct_stack(const ct_tensor *tensors, size_t count, int64_t dimension);
ct_tensor ct_repeat_interleave(ct_tensor self, int64_t times, int64_t dimension);
ct_tensor ct_flip(ct_tensor self, int64_t dimension);
ct_tensor ct_pad(ct_tensor self, int64_t before, int64_t after, double value);
ct_tensor ct_triangle(ct_tensor self, int64_t diagonal, bool upper);

// Arithmetic.cpp
ct_tensor ct_add(ct_tensor a, ct_tensor b);
ct_tensor ct_subtract(ct_tensor a, ct_tensor b);
ct_tensor ct_multiply(ct_tensor a, ct_tensor b);
ct_tensor ct_divide(ct_tensor a, ct_tensor b);
ct_tensor ct_add_scalar(ct_tensor a, double b);
ct_tensor ct_multiply_scalar(ct_tensor a, double b);
ct_tensor ct_power_scalar(ct_tensor a, double b);
ct_tensor ct_floor_divide_scalar(ct_tensor a, double b);
ct_tensor ct_minimum(ct_tensor a, ct_tensor b);
ct_tensor ct_maximum(ct_tensor a, ct_tensor b);
ct_tensor ct_clamp(ct_tensor a, double low, double high);
ct_tensor ct_negate(ct_tensor a);
ct_tensor ct_absolute(ct_tensor a);
ct_tensor ct_sign(ct_tensor a);
ct_tensor ct_exp(ct_tensor a);
ct_tensor ct_log(ct_tensor a);
ct_tensor ct_sqrt(ct_tensor a);
ct_tensor ct_rsqrt(ct_tensor a);
ct_tensor ct_cos(ct_tensor a);
ct_tensor ct_sin(ct_tensor a);
ct_tensor ct_tanh(ct_tensor a);
ct_tensor ct_sigmoid(ct_tensor a);
ct_tensor ct_relu(ct_tensor a);
ct_tensor ct_silu(ct_tensor a);
ct_tensor ct_gelu(ct_tensor a, bool tanh_form);
ct_tensor ct_where(ct_tensor condition, ct_tensor yes, ct_tensor no);
ct_tensor ct_masked_fill(ct_tensor self, ct_tensor mask, double value);
ct_tensor ct_compare(ct_tensor a, ct_tensor b, int relation);
ct_tensor ct_compare_scalar(ct_tensor a, double b, int relation);
ct_tensor ct_logical_and(ct_tensor a, ct_tensor b);
ct_tensor ct_logical_or(ct_tensor a, ct_tensor b);
ct_tensor ct_logical_not(ct_tensor a);
ct_tensor ct_is_finite(ct_tensor a);

// Reductions.cpp
ct_tensor ct_sum_all(ct_tensor self);
ct_tensor ct_mean_all(ct_tensor self);
ct_tensor ct_sum(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_mean(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_amax(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_amin(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_argmax(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_all(ct_tensor self);
ct_tensor ct_any(ct_tensor self);
ct_tensor ct_cumulative_sum(ct_tensor self, int64_t dimension);
ct_tensor ct_log_sum_exp(ct_tensor self, int64_t dimension, bool keep);
ct_tensor ct_softmax(ct_tensor self, int64_t dimension);
ct_tensor ct_log_softmax(ct_tensor self, int64_t dimension);
int ct_top_k(ct_tensor self, int64_t k, int64_t dimension, bool sorted, ct_tensor *values, ct_tensor *indices);
int ct_sort(ct_tensor self, int64_t dimension, bool descending, ct_tensor *values, ct_tensor *indices);

// Linear.cpp
ct_tensor ct_matmul(ct_tensor a, ct_tensor b);
int ct_singular_values(ct_tensor self, ct_tensor *left, ct_tensor *values, ct_tensor *right);
ct_tensor ct_embedding(ct_tensor weight, ct_tensor ids);
ct_tensor ct_layer_norm(ct_tensor input, ct_tensor weight_or_null, ct_tensor bias_or_null, double epsilon);
ct_tensor ct_dropout(ct_tensor input, double probability);
ct_tensor ct_scaled_dot_product_attention(
    ct_tensor query, ct_tensor key, ct_tensor value, ct_tensor mask_or_null, double dropout, bool causal, double scale);
ct_tensor ct_cross_entropy(ct_tensor logits, ct_tensor targets, int64_t ignored, double smoothing);

// InPlace.cpp: only parameters, optimisers and caches change contents.
int ct_copy_into(ct_tensor self, ct_tensor source);
int ct_add_into(ct_tensor self, ct_tensor other, double scale);
int ct_multiply_into(ct_tensor self, double factor);
int ct_fill(ct_tensor self, double value);
int ct_index_copy_into(ct_tensor self, int64_t dimension, ct_tensor indices, ct_tensor source);
int ct_gradient_norm(const ct_tensor *gradients, size_t count, double *norm);
int ct_scale_all(const ct_tensor *tensors, size_t count, double factor);

// Fused operations with gradients of their own (Fused/*.cpp); each has a composed form in Swift that it is checked
// against.
ct_tensor ct_rms_norm(ct_tensor input, ct_tensor weight, double epsilon);
// 0: ReLU, 1: GELU, 2: GELU in its tanh form, 3: SiLU.
ct_tensor ct_gated_activation(ct_tensor gate, ct_tensor up, int activation, double dropout);
// x·Wᵀ + b and what follows it in one pass; -1 for no activation.
ct_tensor ct_linear_activated(ct_tensor input, ct_tensor weight, ct_tensor bias_or_null, int activation);
ct_tensor ct_linear_added(ct_tensor residual, ct_tensor input, ct_tensor weight, ct_tensor bias_or_null);
ct_tensor ct_rotary(ct_tensor input, ct_tensor cosine, ct_tensor sine);
ct_tensor ct_linear_cross_entropy(
    ct_tensor hidden, ct_tensor weight, ct_tensor bias_or_null, ct_tensor targets, ct_tensor coefficients,
    double scale, double cap, double smoothing, int64_t chunk,  // a cap of 0: none
    ct_tensor *losses_or_null);                                 // each row's, without its coefficient or gradients
ct_tensor ct_linear_token_losses(
    ct_tensor hidden, ct_tensor weight, ct_tensor bias_or_null, ct_tensor targets, double scale, double cap,
    double smoothing, int64_t chunk);
ct_tensor ct_biased_attention(
    ct_tensor query, ct_tensor key, ct_tensor value, ct_tensor bias_or_null, ct_tensor mask_or_null, bool causal,
    double scale, double dropout);
ct_tensor ct_dropout_add(ct_tensor residual, ct_tensor branch, double probability);
ct_tensor ct_dropout_fast(ct_tensor input, double probability);

// Kernels/*.cpp: hand-written CPU kernels.
int ct_adamw_step(
    ct_tensor parameter, ct_tensor master_or_null, ct_tensor gradient, ct_tensor first, ct_tensor second, double rate,
    double beta1, double beta2, double epsilon, double decay, double correction1, double correction2,
    double gradient_scale);

// Decoding.cpp: a few rows times weights, and caches. ct_linear chooses by itself; ct_few_rows_linear takes the cases for
// which ct_takes_few_rows is true. Lengths are one number a row.
ct_tensor ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias_or_null);
bool ct_takes_few_rows(ct_tensor input, ct_tensor weight);
int ct_few_rows_linear(
    ct_tensor input, const ct_tensor *weights, const ct_tensor *biases_or_nulls, size_t count, ct_tensor *results);
int ct_cache_append(ct_tensor cache, ct_tensor rows, const int64_t *lengths);
int ct_cache_move_rows(
    ct_tensor cache, const int64_t *from, const int64_t *to, const bool *exchanges, const int64_t *lengths,
    size_t count);

// The likeliest token of each row of logits [N, V] and its log-probability, one of each a row.
int ct_likeliest(ct_tensor logits, int64_t *tokens, float *log_probabilities);

// One row of logits in memory: its greatest number; exp(value - greatest) with the sum and the sum of weight times
// difference; for each of 16 falling edges the weight of the keys that are not below it.
float ct_row_greatest(const float *values, int64_t count);
void ct_row_exponentials(
    const float *values, float *weights, int64_t count, float greatest, double *sum, double *moment);
void ct_row_masses(const float *keys, const float *weights, int64_t count, const float *edges, double *masses);

// Quantized.cpp: weights of 8 or 4 bits (Kernels/Quantized.hpp tells how they lie in memory).
typedef struct {
  ct_tensor codes, scales;
  double unit;
  int64_t bits, outputs, inputs;
} ct_quantized;
int ct_quantize(ct_tensor weight, int64_t bits, ct_quantized *made);
ct_tensor ct_dequantize(ct_quantized matrix, ct_tensor rows_or_null, int dtype);
ct_tensor ct_quantized_linear_recorded(ct_tensor input, ct_quantized matrix, ct_tensor bias_or_null);
int ct_quantized_linear(
    ct_tensor input, const ct_quantized *weights, const ct_tensor *biases_or_nulls, size_t count,
    ct_tensor residual_or_null, ct_tensor *results);
ct_tensor ct_quantized_gated(
    ct_tensor input, ct_quantized gate, ct_tensor gate_bias_or_null, ct_quantized up, ct_tensor up_bias_or_null,
    int activation);
void ct_quantized_plainly(bool on);

// NormalFloat.cpp: weights in the 16 levels of NF4 (Kernels/NormalFloat.hpp tells how they lie in memory).
typedef struct {
  ct_tensor codes, scales, steps;
  double offset;
  int64_t outputs, inputs;
} ct_normal_float;
int ct_normal_float_make(ct_tensor weight, ct_normal_float *made);
ct_tensor ct_normal_float_dequantize(ct_normal_float matrix, ct_tensor rows_or_null, int dtype);
ct_tensor ct_normal_float_linear(ct_tensor input, ct_normal_float matrix, ct_tensor bias_or_null);

// Steps.cpp: one new token of every row through all layers in one call (Kernels/StepProgram.hpp tells how).
typedef struct {
  ct_tensor scale_or_null, shift_or_null;  // no scale: no norm
  double epsilon, offset;
  bool is_centred;
} ct_step_norm;
typedef struct {
  ct_tensor plain_or_null;
  ct_quantized quantized;
  ct_tensor bias_or_null;
} ct_step_weight;
typedef struct {
  int64_t buffer, start, stride;
} ct_step_heads;
typedef struct {
  ct_step_heads query, key, value;
  ct_step_norm query_norm, key_norm;
  ct_tensor keys, values, bias_or_null, cosine_or_null, sine_or_null;
  const int64_t *lengths;
  int64_t heads, window;
  double scale, cap;  // a window or cap of 0: none
  bool appends;
} ct_step_attention;
typedef struct {
  ct_tensor down_or_null, up;  // [R, I] and, transposed, [R, O], both fp32; null: nothing is learned there
  double scale;
} ct_step_low_rank;
typedef struct {
  int kind;  // 0 norm, 1 product, 2 gated product, 3 attention, 4 low rank, 5 activation
  int64_t input, residual, factor;  // buffers; -1: none
  int64_t outputs[3];
  ct_step_norm norm;
  ct_step_weight weights[3];
  int64_t count;
  int activation;  // -1: none
  ct_step_attention attention;
  const ct_step_low_rank *low_ranks;
  int64_t low_rank_count;
  const int64_t *choices;  // for each row one of them or -1 for none; null: the first for all
} ct_step;
ct_tensor ct_run_steps(const ct_step *steps, size_t count, ct_tensor input);

// Encoding.cpp: whole texts of any lengths side by side.
// Queries, keys and values side by side in `projected` [N, 3·H·D]; text r has lengths[r] tokens from row starts[r] on.
bool ct_takes_text_attention(ct_tensor projected, int64_t heads);
ct_tensor ct_text_attention(
    ct_tensor projected, const int64_t *starts, const int64_t *lengths, int64_t texts, int64_t heads, double scale);

// Processes.cpp: several processes that compute together.
typedef struct ct_group_box *ct_group;
typedef struct ct_reduction_box *ct_reduction;
bool ct_has_groups(void);
// Process `rank` of `size` meets the others at host:port, where one of them (or a launcher) keeps the store; NULL where
// they do not come within so many milliseconds.
ct_group ct_group_join(
    const char *host, int port, int rank, int size, bool hosts_store, const char *prefix, int64_t timeout);
void ct_group_leave(ct_group group);
int ct_group_sum(ct_group group, ct_tensor tensor);  // in place
int ct_group_broadcast(ct_group group, ct_tensor tensor, int root);  // in place
int ct_group_tell(ct_group group, const char *key, const char *value);
int ct_group_knows(ct_group group, const char *key);  // 1, 0; -1 where the store is gone
// Sums the gradients of weights over the group in buckets of about so many bytes. Once armed, each bucket sets off as
// soon as the backward pass has its gradients; finishing sends what is left and waits.
ct_reduction ct_reduction_make(ct_group group, const ct_tensor *weights, size_t count, int64_t bytes);
void ct_reduction_arm(ct_reduction reduction);
int ct_reduction_finish(ct_reduction reduction);
void ct_reduction_free(ct_reduction reduction);

// The CPU instruction sets this process uses, as text: "avx512 bf16 vnni", "avx2", "neon", "plain".
const char *ct_cpu_features(void);

#ifdef __cplusplus
}
#endif
#endif
