// Reductions. Element i goes to lane i mod 16 in order, then lane l and lane l + 8 are added, then l and l + 4, …
// The lanes are float64: a sum of 2^29 float32 squares is then off by less than half a float32 ulp.

INLINE floats load_padded(const float *p, size_t n, float padding) {
  floats v = broadcast(padding);
  __builtin_memcpy(&v, p, n * sizeof(float));
  return v;
}

#define REDUCE(n, a, padding, statement)                                    \
  FOR_EACH_VECTOR(n, floats x = load((a) + i); statement,                   \
                  floats x = load_padded((a) + i, rest, padding); statement)

INLINE double tree(doubles lanes) {
  for (int half = 8; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
  return lanes[0] == lanes[0] ? lanes[0] : (double)NOT_A_NUMBER;
}

static double sum(size_t n, const float *a) {
  doubles total = {};
  REDUCE(n, a, 0.0f, total += widen(x));
  return tree(total);
}

static double sum_of_magnitudes(size_t n, const float *a) {
  doubles total = {};
  REDUCE(n, a, 0.0f, total += widen(magnitude(x)));
  return tree(total);
}

// Where the float32 value is zero, subnormal, infinite or NaN it counts as it is, because that is what PyTorch's norm
// becomes there; elsewhere the float64 value is closer to the truth.
INLINE doubles in_range(doubles exact, floats rounded) {
  floats size = magnitude(rounded);
  ints normal = (size >= 0x1p-126f) & (size <= 0x1.fffffep127f);
  longs wide = __builtin_convertvector(normal, longs);
  return choose_double(wide, exact, widen(rounded));
}

// Squares are summed in parts of 512 elements. Of a part, vector v goes to chain v mod 4, so that no sum waits for the one
// before it; then the chains are added in pairs.
#define CHAINS 4
#define SQUARES_AT_ONCE 512
// As many side by side as there are registers for.
#define CHAINS_AT_ONCE (VECTORS == 4 ? CHAINS : VECTOR_LANES == 8 ? 2 : 1)

INLINE doubles add_square(doubles total, floats x) {
  doubles wide = widen(x);
#if HARDWARE_FMA
  return __builtin_elementwise_fma(wide, wide, total);  // the same bits: the product is exact
#else
  return total + wide * wide;
#endif
}
INLINE doubles add_square_in_range(doubles total, floats x) {
  doubles wide = widen(x);
  return total + in_range(wide * wide, x * x);
}

// The sum over a part of n elements, in lanes.
#define DEFINE_PART(name, add)                                                                                    \
  INLINE doubles name(size_t n, const float *a) {                                                                 \
    doubles chains[CHAINS] = {};                                                                                  \
    UNROLL for (int first = 0; first < CHAINS; first += CHAINS_AT_ONCE) {                                         \
      size_t i = 0;                                                                                               \
      for (; i + CHAINS * LANES <= n; i += CHAINS * LANES)                                                        \
        UNROLL for (int c = first; c < first + CHAINS_AT_ONCE; c++) chains[c] = add(chains[c], load(a + i + c * LANES)); \
      UNROLL for (int c = first; c < first + CHAINS_AT_ONCE; c++) {                                               \
        size_t at = i + (size_t)c * LANES;                                                                        \
        if (at < n) chains[c] = add(chains[c], read(a + at, n - at < LANES ? n - at : LANES));                    \
      }                                                                                                           \
    }                                                                                                             \
    return (chains[0] + chains[1]) + (chains[2] + chains[3]);                                                     \
  }
DEFINE_PART(squares_of_part, add_square)
DEFINE_PART(squares_in_range, add_square_in_range)

// Where each lane of the sum is 0 or well within what float32 can hold, `in_range` would change no square that counts.
INLINE doubles part_squares(size_t n, const float *a) {
  doubles quick = squares_of_part(n, a);
  longs usual = (quick == 0.0) | ((quick > 0x1p-90) & (quick < 0x1p127));
  return __builtin_reduce_and(usual) ? quick : squares_in_range(n, a);
}

static double sum_of_squares(size_t n, const float *a) {
  doubles total = {};
  for (size_t i = 0; i < n; i += SQUARES_AT_ONCE)
    total += part_squares(n - i < SQUARES_AT_ONCE ? n - i : SQUARES_AT_ONCE, a + i);
  return tree(total);
}

static double scale_and_sum_squares(size_t n, float s, float *out) {
  doubles total = {};
  for (size_t i = 0; i < n; i += SQUARES_AT_ONCE) {
    size_t length = n - i < SQUARES_AT_ONCE ? n - i : SQUARES_AT_ONCE;
    scale(length, s, out + i);
    total += part_squares(length, out + i);
  }
  return tree(total);
}

// The sum of the squared differences, each rounded to float32; gradient = slope · difference.
static double squared_error(size_t n, const float *a, const float *target, float slope, float *gradient) {
  doubles total = {};
  FOR_EACH_PART(n, {
    floats difference = read(a + i, width) - read(target + i, width);
    total += widen(difference * difference);
    write(gradient + i, slope * difference, width);
  })
  return tree(total);
}

static double sum_of_powers(size_t n, const float *a, double exponent) {
  doubles total = {};
  // 0^negative is infinite: the padding must not count, so it is taken out by its own value
  FOR_EACH_VECTOR(n, doubles wide = power_of_magnitude(load(a + i), exponent); total += in_range(wide, narrow(wide)),
                  doubles wide = power_of_magnitude(load_padded(a + i, rest, 1.0f), exponent);
                  wide = in_range(wide, narrow(wide));
                  for (size_t l = rest; l < LANES; l++) wide[l] = 0.0;
                  total += wide);
  return tree(total);
}

static float largest_magnitude(size_t n, const float *a) {
  floats largest = {};
  ints bad = {};
  REDUCE(n, a, 0.0f, floats size = magnitude(x); largest = choose(size > largest, size, largest); bad |= x != x);
  float result = largest[0];
  for (int l = 0; l < LANES; l++) {
    if (bad[l]) return NOT_A_NUMBER;
    if (largest[l] > result) result = largest[l];
  }
  return result;
}

static float smallest_magnitude(size_t n, const float *a) {
  floats smallest = broadcast(__builtin_inff());
  ints bad = {};
  REDUCE(n, a, __builtin_inff(), floats size = magnitude(x); smallest = choose(size < smallest, size, smallest);
         bad |= x != x);
  float result = smallest[0];
  for (int l = 0; l < LANES; l++) {
    if (bad[l]) return NOT_A_NUMBER;
    if (smallest[l] < result) result = smallest[l];
  }
  return result;
}

// Each lane counts down by its masks; more than 2^31 · 16 elements would be needed to overflow one.
INLINE size_t total_count(ints lanes) {
  size_t total = 0;
  for (int l = 0; l < LANES; l++) total += (size_t)-(int64_t)lanes[l];
  return total;
}

static size_t count_magnitudes_above(size_t n, const float *a, float bound) {
  ints lanes = {};
  size_t extra = 0;
  FOR_EACH_VECTOR(n, lanes += magnitude(load(a + i)) > bound,
                  for (size_t l = 0; l < rest; l++) extra += __builtin_fabsf(a[i + l]) > bound);
  return total_count(lanes) + extra;
}

static size_t count_zeros(size_t n, const float *a) {
  ints lanes = {};
  REDUCE(n, a, 1.0f, lanes += x == 0.0f);
  return total_count(lanes);
}

static size_t count_nonfinite(size_t n, const float *a) {
  ints lanes = {};
  REDUCE(n, a, 1.0f, lanes += x - x != 0.0f);
  return total_count(lanes);
}
