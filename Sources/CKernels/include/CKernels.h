// The arithmetic loops of Numerics.
//
// Goals, in order of priority: the same bits on every processor, at every vector width and optimisation level; then
// speed at the sizes of small networks; then short code. Given up for it: rounding a long sum better by reordering it,
// and the fastest possible baseline (without hardware fused multiply-add it is computed exactly in software).
//
// One body (body*.h) is compiled once per instruction set; which of them runs is chosen at start and can be changed.
// All arrays are dense, matrices row-major; counts are in elements. Inputs and the output may not overlap unless said.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// out[i] = f(in[i]); in place is allowed.
enum ck_function {
  CK_EXP, CK_LOG, CK_TANH, CK_SIGMOID, CK_SIN, CK_RELU, CK_GELU
};
// out[i] = upstream[i] · f'(…); in place is allowed. Tanh, sigmoid and ReLU from the output, GELU from the input.
enum ck_gradient {
  CK_TANH_GRADIENT, CK_SIGMOID_GRADIENT, CK_RELU_GRADIENT, CK_GELU_GRADIENT
};

// How many columns of a packed matrix stand together.
#define CK_PANEL 64

// torch.optim.SGD: rate lr, momentum μ, share 1 - τ of a new gradient, decay λ; is_first where b is to become d.
struct ck_sgd {
  float rate, momentum, share, decay;
  bool nesterov, is_first;
};
// torch.optim.Adam, AdamW: mean_share 1 - β₁, square_kept β₂, square_share 1 - β₂, size -lr / (1 - β₁ᵗ), root
// √(1 - β₂ᵗ), decay λ (Adam), shrink 1 - lr λ (AdamW; else 1).
struct ck_adam {
  float mean_share, square_kept, square_share, size, root, epsilon, decay, shrink;
};

// What becomes of a convolution's output, line by line while it is in the first cache: f of it, or, where state is not
// NULL, the gradient with the state at the same pixel.
struct ck_finish {
  enum ck_function function;
  enum ck_gradient gradient;
  const float *state;
};

struct ck_kernels {
  const char *name;
  // c[m×n] = start + a · b; a[i, k] is at a[i·row_stride + k·k_stride], one of the strides being 1, so that the
  // transposed a needs no copy. b is k×n, or packed. start is NULL for zeros; its rows are start_stride apart, 0 where
  // each is the same, such as a bias; it may be c.
  void (*product)(size_t m, size_t n, size_t k, const float *a, size_t row_stride, size_t k_stride, const float *b,
                  bool is_packed, const float *start, size_t start_stride, float *c);
  // b[k×n], or its transpose [n×k], in panels of CK_PANEL columns, each k×CK_PANEL.
  void (*pack)(size_t k, size_t n, const float *b, bool is_transposed, float *packed);
  // 3 × 3 convolutions with padding 1, see body_picture.h; offsets is scratch of 9 × channels, lanes of 1152 × channels;
  // finish may be NULL.
  void (*frame)(size_t channels, size_t side, size_t batch, const float *in, float *out);
  void (*unframe)(size_t channels, size_t side, size_t batch, const float *in, float *out);
  void (*convolve)(size_t outputs, size_t channels, size_t side, size_t batch, const float *weight, const float *bias,
                   const float *in, uint32_t *offsets, const struct ck_finish *finish, float *out);
  void (*rotate_weights)(size_t outputs, size_t channels, const float *weight, float *rotated);
  void (*convolution_weight_gradient)(size_t outputs, size_t channels, size_t side, size_t batch, const float *in,
                                      const float *gradient, float *lanes, float *out);
  void (*pool)(size_t channels, size_t side, size_t batch, const float *in, float *out);
  void (*spread)(size_t channels, size_t side, size_t batch, const float *gradient, float *out);
  // The gated cells between their products, see body_recurrent.h.
  void (*lstm_forward)(size_t first, size_t rows, size_t hidden, float *gates, const float *initial, float *memory,
                       float *bounded, float *state);
  void (*lstm_backward)(size_t first, size_t rows, size_t hidden, size_t first_gradient, const float *state_gradient,
                        const float *gates, const float *initial, const float *memory, const float *bounded,
                        float *carried, float *gate_gradients);
  void (*gru_forward)(size_t first, size_t rows, size_t hidden, float *gates, const float *from_hidden,
                      const float *initial, float *state);
  void (*gru_backward)(size_t first, size_t rows, size_t hidden, size_t first_gradient, const float *state_gradient,
                       const float *gates, const float *from_hidden, const float *initial, const float *state,
                       float *direct, float *by_input, float *by_hidden);
  // The optimizers, see body_optimizer.h; momentum may be NULL. They return the sum of the squared changes.
  double (*sgd)(size_t n, const struct ck_sgd *options, const float *gradient, float *momentum, float *weight);
  double (*adam)(size_t n, const struct ck_adam *options, const float *gradient, float *mean, float *square,
                 float *weight);
  double (*rmsprop)(size_t n, float rate, float kept, float share, float epsilon, const float *gradient, float *square,
                    float *weight);
  void (*apply)(enum ck_function f, size_t n, const float *in, float *out);
  void (*gradient)(enum ck_gradient f, size_t n, const float *state, const float *upstream, float *out);
  // The same inside a recurrent cell: what is below 2^-100 becomes 0.
  void (*cell_gradient)(enum ck_gradient f, size_t n, const float *state, const float *upstream, float *out);
  void (*add)(size_t n, const float *a, float *out);                            // out += a
  void (*scale)(size_t n, float s, float *out);                                 // out *= s
  void (*affine)(size_t n, float s, float offset, float *out);                  // out = fma(out, s, offset)
  void (*add_rows)(size_t rows, size_t n, const float *in, float *out);         // out[n] += the sum of the rows of in, 16 and 512 at a time
  void (*repeat_row)(size_t rows, size_t n, const float *row, float *out);      // each row of out = row
  void (*transpose)(size_t rows, size_t columns, const float *in, float *out);  // out[columns×rows] = inᵀ
  // Sums in float64: 16 lanes, element i in lane i mod 16, the lanes added as a tree.
  double (*sum)(size_t n, const float *a);
  double (*sum_of_magnitudes)(size_t n, const float *a);
  double (*sum_of_squares)(size_t n, const float *a);                  // as float32 squares over- and underflow
  double (*scale_and_sum_squares)(size_t n, float s, float *out);      // out *= s, and sum_of_squares of that
  // of a - target, in float32; gradient = slope · (a - target)
  double (*squared_error)(size_t n, const float *a, const float *target, float slope, float *gradient);
  double (*sum_of_powers)(size_t n, const float *a, double exponent);  // of |a|, as float32 powers do
  float (*largest_magnitude)(size_t n, const float *a);                // 0 of nothing; NaN if there is one
  float (*smallest_magnitude)(size_t n, const float *a);               // infinity of nothing; NaN if there is one
  size_t (*count_magnitudes_above)(size_t n, const float *a, float bound);
  size_t (*count_zeros)(size_t n, const float *a);
  size_t (*count_nonfinite)(size_t n, const float *a);
  // Box-Muller over uniform values in place, n a multiple of 16, in the float32 arithmetic of PyTorch on AVX2.
  void (*normal)(size_t n, float mean, float deviation, float *data);
  // Numbers of 16 bits as float32, and float32 rounded to what such numbers can be, see body_half.h.
  void (*widen_float16)(size_t n, const uint16_t *in, float *out);
  void (*widen_bfloat16)(size_t n, const uint16_t *in, float *out);
  void (*round_to_float16)(size_t n, float *data);
  void (*round_to_bfloat16)(size_t n, float *data);
};

// The selected kernels. Every selection computes the same bits.
const struct ck_kernels *ck_active(void);
// The kernels of that name, or NULL if this build or this processor lacks them.
const struct ck_kernels *ck_find(const char *name);
void ck_select(const struct ck_kernels *kernels);

// Double precision, one value at a time, relative error below 1e-15.
double ck_exp_double(double x);
double ck_sqrt_double(double x);  // the instruction; a call of C's sqrt would need its library for negative values
double ck_log_double(double x);
double ck_log1p_double(double x);
double ck_sin_double(double x);  // |x| <= 2^20, otherwise NaN
double ck_cos_double(double x);  // |x| <= 2^20, otherwise NaN
double ck_pow_double(double x, double y);
double ck_fma_double(double a, double b, double c);  // a · b + c, nearly always rounded once

#endif
