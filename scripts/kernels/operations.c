#include "operations.h"

#include <string.h>

static uint64_t state;

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
static uint32_t random_bits(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (uint32_t)(z >> 32);
}
static float of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static const uint32_t special[] = {
    0x00000000, 0x80000000,                          // zeros
    0x00000001, 0x80000001, 0x007fffff, 0x00400000,  // subnormal
    0x00800000, 0x7f7fffff, 0xff7fffff,              // the smallest normal, the largest
    0x3f800000, 0xbf800000, 0x3f000000, 0x4b800000,  // 1, -1, 0.5, 2^24
    0x7f800000, 0xff800000,                          // infinities
    0x42b20000, 0xc2d00000, 0x49800000, 0x49800008,  // 89, -104, 2^20, a little more
    0x7fc00000, 0xffc00000, 0x7fc12345, 0xffc54321,  // quiet NaN
    0x7f800001, 0xffa00000,                          // signalling NaN
};
enum { SPECIALS = sizeof special / sizeof *special, NUMBERS = SPECIALS - 6 };

static float calm(void) { return (float)(int32_t)random_bits() * 0x1p-29f; }

// All pairs of special values come by, then bits of every kind.
static float extreme(int index, int count) {
  if (index >= 0) return of_bits(special[index % count]);
  float x = of_bits(random_bits());
  return count == NUMBERS && x != x ? 0.0f : x;
}

void fill(struct arena *arena, const char *kind) {
  state = 1;
  bool has_nan = strcmp(kind, "infinite") != 0, is_mixed = strcmp(kind, "mixed") == 0;
  bool is_calm = strcmp(kind, "calm") == 0;
  int count = has_nan ? SPECIALS : NUMBERS;
  for (int i = 0; i < COUNT; i++) {
    bool listed = i < count * count;
    bool calm_here = is_calm || (is_mixed && i % 97 != 0);
    arena->a[i] = calm_here ? calm() : extreme(listed ? i : -1, count);
    arena->b[i] = is_calm || (is_mixed && i % 97 != 40) ? calm() : extreme(listed ? i / count : -1, count);
  }
}

#define OPERATION(identifier, statement) \
  static void identifier(const struct ck_kernels *k, struct arena *r) { statement; }

#define APPLY(identifier, f) OPERATION(identifier, k->apply(f, COUNT, r->a, r->out))
APPLY(apply_exp, CK_EXP)
APPLY(apply_log, CK_LOG)
APPLY(apply_tanh, CK_TANH)
APPLY(apply_sigmoid, CK_SIGMOID)
APPLY(apply_sin, CK_SIN)
APPLY(apply_relu, CK_RELU)
APPLY(apply_gelu, CK_GELU)

#define GRADIENT(identifier, f) OPERATION(identifier, k->gradient(f, COUNT, r->a, r->b, r->out))
GRADIENT(tanh_gradient, CK_TANH_GRADIENT)
GRADIENT(sigmoid_gradient, CK_SIGMOID_GRADIENT)
GRADIENT(relu_gradient, CK_RELU_GRADIENT)
GRADIENT(gelu_gradient, CK_GELU_GRADIENT)
OPERATION(tanh_cell_gradient, k->cell_gradient(CK_TANH_GRADIENT, COUNT, r->a, r->b, r->out))

// The first numbers of the output of these are the second input's at first.
static void begin(struct arena *r, size_t count) { memcpy(r->out, r->b, count * sizeof(float)); }
#define ON_COPY(identifier, call) OPERATION(identifier, begin(r, COUNT); call)
ON_COPY(add, k->add(COUNT, r->a, r->out))
ON_COPY(scale, k->scale(COUNT, 0.37f, r->out))
ON_COPY(scale_by_nan, k->scale(COUNT, of_bits(0xffc00001), r->out))
ON_COPY(affine, k->affine(COUNT, 0.37f, -1.5f, r->out))
OPERATION(add_rows, begin(r, 1024); k->add_rows(4, 1024, r->a, r->out))
ON_COPY(scale_and_sum_squares, r->number = k->scale_and_sum_squares(COUNT, 0.37f, r->out))
OPERATION(repeat_row, k->repeat_row(4, 1024, r->a, r->out))
OPERATION(squared_error, r->number = k->squared_error(COUNT, r->a, r->b, 0.25f, r->out))
OPERATION(transpose, k->transpose(4, 1024, r->a, r->out))

// All shapes up to 9 × 20 × 40, one after the other through the inputs; results are folded, so that none is lost.
static void products(const struct ck_kernels *k, struct arena *r, bool transposed, bool accumulate, bool packed) {
  float c[9 * 40], panels[20 * (40 + CK_PANEL)];
  int index = 0, offset = 0;
  for (int m = 1; m <= 9; m += 2)
    for (int inner = 1; inner <= 20; inner += 3)
      for (int n = 1; n <= 40; n += 3) {
        offset = (offset + 61) % (COUNT - 20 * 40);
        memcpy(c, r->b + offset, sizeof c);
        size_t row_stride = transposed ? 1 : (size_t)inner, k_stride = transposed ? (size_t)m : 1;
        const float *a = r->a + offset, *b = r->b + offset;
        if (packed) k->pack((size_t)inner, (size_t)n, b, false, panels);
        k->product((size_t)m, (size_t)n, (size_t)inner, a, row_stride, k_stride, packed ? panels : b, packed,
                   accumulate ? c : NULL, accumulate ? (size_t)n : 0, c);
        for (int i = 0; i < m * n; i++) {
          uint32_t old, new;
          memcpy(&old, r->out + index, 4);
          // a NaN counts as it is, any other result mixes with what another shape has left here
          memcpy(&new, c + i, 4);
          bool is_nan = (new & 0x7fffffff) > 0x7f800000 || (old & 0x7fffffff) > 0x7f800000;
          new = is_nan ? new : ((old << 5 | old >> 27) ^ new) & 0xbfffffff;
          memcpy(r->out + index, &new, 4);
          index = (index + 1) % COUNT;
        }
      }
}
OPERATION(product, products(k, r, false, false, false))
OPERATION(product_added, products(k, r, false, true, false))
OPERATION(product_transposed, products(k, r, true, false, false))
OPERATION(product_packed, products(k, r, false, false, true))

OPERATION(product_narrow, k->product(300, 5, 13, r->a, 1, 300, r->b, false, NULL, 0, r->out))

// Two time steps of three rows and 37 units; the second is computed, from the first and into what stands behind it. What
// is only looked at has the canonical NaN, as it would have come from an earlier step.
enum { ROWS = 3, HIDDEN = 37, UNITS = 2 * ROWS * HIDDEN };
static void begin_canonical(struct arena *r) {
  for (int i = 0; i < COUNT; i++) r->out[i] = r->b[i] == r->b[i] ? r->b[i] : __builtin_nanf("");
}
static void lstm(const struct ck_kernels *k, struct arena *r) {
  float *gates = r->out, *memory = gates + 4 * UNITS, *bounded = memory + UNITS, *state = bounded + UNITS;
  float *carried = state + UNITS, *gradients = carried + UNITS;
  begin_canonical(r);
  k->lstm_forward(ROWS, ROWS, HIDDEN, gates, r->a, memory, bounded, state);
  k->lstm_backward(ROWS, ROWS, HIDDEN, 0, r->a + 7, gates, r->a, memory, bounded, carried, gradients);
}
static void gru(const struct ck_kernels *k, struct arena *r) {
  float *gates = r->out, *state = gates + 3 * UNITS, *direct = state + UNITS, *by_input = direct + UNITS;
  float *by_hidden = by_input + 3 * UNITS;
  begin_canonical(r);
  k->gru_forward(0, ROWS, HIDDEN, gates, r->a, r->a + 11, state);
  k->gru_forward(ROWS, ROWS, HIDDEN, gates, r->a, r->a + 11, state);
  k->gru_backward(ROWS, ROWS, HIDDEN, 0, r->a + 5, gates, r->a, r->a + 11, state, direct, by_input, by_hidden);
}

// Pictures of side 4, five at once, from 3 channels to 10.
enum { SIDE = 4, BATCH = 5, CHANNELS = 3, OUTPUTS = 10, FRAMED = SIDE * (SIDE + 2) * BATCH };
static void convolution(const struct ck_kernels *k, struct arena *r) {
  uint32_t offsets[9 * CHANNELS];
  memset(r->out, 0, sizeof r->out);
  k->convolve(OUTPUTS, CHANNELS, SIDE, BATCH, r->a + 500, r->a, r->b, offsets, NULL, r->out);
}
static void finished_convolution(const struct ck_kernels *k, struct arena *r) {
  uint32_t offsets[9 * CHANNELS];
  struct ck_finish finish = {.function = CK_TANH};
  memset(r->out, 0, sizeof r->out);
  k->convolve(OUTPUTS, CHANNELS, SIDE, BATCH, r->a + 500, r->a, r->b, offsets, &finish, r->out);
}
static void convolution_with_slope(const struct ck_kernels *k, struct arena *r) {
  uint32_t offsets[9 * CHANNELS];
  struct ck_finish finish = {.gradient = CK_RELU_GRADIENT, .state = r->b};
  memset(r->out, 0, sizeof r->out);
  k->convolve(OUTPUTS, CHANNELS, SIDE, BATCH, r->a + 500, NULL, r->b, offsets, &finish, r->out);
}
OPERATION(rotate_weights, k->rotate_weights(OUTPUTS, CHANNELS, r->a, r->out))
static void convolution_gradient(const struct ck_kernels *k, struct arena *r) {
  static float lanes[1152 * CHANNELS];
  begin(r, OUTPUTS * 9 * CHANNELS);
  k->convolution_weight_gradient(OUTPUTS, CHANNELS, SIDE, BATCH, r->a, r->b, lanes, r->out);
}
static void framing(const struct ck_kernels *k, struct arena *r) {
  k->frame(CHANNELS, SIDE, BATCH, r->a, r->out);
  k->unframe(CHANNELS, SIDE, BATCH, r->b, r->out + 1000);
}
static void pooling(const struct ck_kernels *k, struct arena *r) {
  float framed[CHANNELS * FRAMED];
  k->frame(CHANNELS, SIDE, BATCH, r->a, framed);
  k->pool(CHANNELS, SIDE, BATCH, framed, r->out);
  k->spread(CHANNELS, SIDE, BATCH, r->b, r->out + 1000);
}

// Parameters, then what the optimizer remembers of them.
enum { PARAMETERS = 1003 };
static void sgd(const struct ck_kernels *k, struct arena *r) {
  struct ck_sgd options = {.rate = 0.1f, .momentum = 0.9f, .share = 0.7f, .decay = 0.01f, .nesterov = true};
  begin(r, 3 * PARAMETERS);
  r->number = k->sgd(PARAMETERS, &options, r->a, r->out + PARAMETERS, r->out);
  r->number += k->sgd(PARAMETERS, &options, r->a, NULL, r->out + 2 * PARAMETERS);
}
static void adam(const struct ck_kernels *k, struct arena *r) {
  struct ck_adam options = {.mean_share = 0.1f, .square_kept = 0.999f, .square_share = 0.001f, .size = -0.01f,
                            .root = 0.3f, .epsilon = 1e-8f, .decay = 0.1f, .shrink = 0.99f};
  begin(r, 3 * PARAMETERS);
  r->number = k->adam(PARAMETERS, &options, r->a, r->out + PARAMETERS, r->out + 2 * PARAMETERS, r->out);
}
OPERATION(rmsprop, begin(r, 2 * PARAMETERS);
          r->number = k->rmsprop(PARAMETERS, 0.01f, 0.99f, 0.01f, 1e-8f, r->a, r->out + PARAMETERS, r->out))

#define NUMBER(identifier, expression) OPERATION(identifier, r->number = (double)(expression))
NUMBER(sum, k->sum(COUNT, r->a))
NUMBER(sum_of_magnitudes, k->sum_of_magnitudes(COUNT, r->a))
NUMBER(sum_of_squares, k->sum_of_squares(COUNT, r->a))
NUMBER(sum_of_powers, k->sum_of_powers(COUNT, r->a, 2.5))
NUMBER(largest_magnitude, k->largest_magnitude(COUNT, r->a))
NUMBER(smallest_magnitude, k->smallest_magnitude(COUNT, r->a))
NUMBER(magnitudes_above, k->count_magnitudes_above(COUNT, r->a, 1.0f))
NUMBER(zeros, k->count_zeros(COUNT, r->a))
NUMBER(nonfinite, k->count_nonfinite(COUNT, r->a))

// Uniform values from 0 to 1 in steps of 2^-24, as the generator draws them.
static void normal(const struct ck_kernels *k, struct arena *r) {
  for (int i = 0; i < COUNT; i++) {
    uint32_t bits;
    memcpy(&bits, r->a + i, 4);
    r->out[i] = (float)(bits & 0xffffff) * 0x1p-24f;
  }
  k->normal(COUNT / 16 * 16, 0.5f, 2.0f, r->out);
}

#define ROW(identifier) {#identifier, identifier, false}
#define MOVE(identifier) {#identifier, identifier, true}
const struct operation operations[] = {
    ROW(apply_exp), ROW(apply_log), ROW(apply_tanh), ROW(apply_sigmoid), ROW(apply_sin), ROW(apply_relu),
    ROW(apply_gelu), ROW(tanh_gradient), ROW(sigmoid_gradient), ROW(relu_gradient), ROW(gelu_gradient), ROW(add),
    ROW(scale), ROW(scale_by_nan), ROW(affine), MOVE(transpose), ROW(product), ROW(product_added),
    ROW(product_transposed), ROW(product_packed), ROW(product_narrow), ROW(lstm), ROW(gru), ROW(convolution),
    ROW(finished_convolution), ROW(convolution_with_slope), ROW(convolution_gradient), ROW(pooling), MOVE(framing),
    MOVE(rotate_weights), ROW(sgd), ROW(adam), ROW(rmsprop), ROW(tanh_cell_gradient), ROW(add_rows), MOVE(repeat_row),
    ROW(scale_and_sum_squares), ROW(squared_error), ROW(sum), ROW(sum_of_magnitudes), ROW(sum_of_squares),
    ROW(sum_of_powers), ROW(largest_magnitude), ROW(smallest_magnitude), ROW(magnitudes_above), ROW(zeros),
    ROW(nonfinite), ROW(normal),
};
const int operation_count = sizeof operations / sizeof *operations;
