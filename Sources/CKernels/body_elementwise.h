// Whole-array operations. A loop over full vectors, then the same over what is left in a padded one, so that the place
// of an element never changes what is computed for it.

#define FOR_EACH_VECTOR(n, FULL, PART)              \
  do {                                              \
    size_t i = 0;                                   \
    for (; i + LANES <= (n); i += LANES) { FULL; }  \
    size_t rest = (n) - i;                          \
    if (rest > 0) { PART; }                         \
  } while (0)

#define MAP(n, in, out, expression)                                                          \
  FOR_EACH_VECTOR(n, floats x = load((in) + i); store((out) + i, expression),                \
                  floats x = load_part((in) + i, rest); store_part((out) + i, expression, rest))

#define MAP_TWO(n, first, second, out, expression)                                                      \
  FOR_EACH_VECTOR(n, floats x = load((first) + i); floats y = load((second) + i);                       \
                  store((out) + i, expression),                                                         \
                  floats x = load_part((first) + i, rest); floats y = load_part((second) + i, rest);    \
                  store_part((out) + i, expression, rest))

static void apply(enum ck_function f, size_t n, const float *in, float *out) {
  switch (f) {
  case CK_EXP: MAP(n, in, out, exp_floats(x)); break;
  case CK_LOG: MAP(n, in, out, log_floats(x)); break;
  case CK_TANH: MAP(n, in, out, tanh_floats(x)); break;
  case CK_SIGMOID: MAP(n, in, out, sigmoid_floats(x)); break;
  case CK_SIN: MAP(n, in, out, sin_floats(x)); break;
  case CK_COS: MAP(n, in, out, cos_floats(x)); break;
  case CK_ERF: MAP(n, in, out, erf_floats(x)); break;
  case CK_RELU: MAP(n, in, out, relu_floats(x)); break;
  case CK_GELU: MAP(n, in, out, gelu_floats(x)); break;
  }
}

// x is the state, y the upstream gradient; the order of the products is PyTorch's.
static void gradient(enum ck_gradient f, size_t n, const float *state, const float *upstream, float *out) {
  switch (f) {
  case CK_TANH_GRADIENT: MAP_TWO(n, state, upstream, out, y * (1.0f - x * x)); break;
  case CK_SIGMOID_GRADIENT: MAP_TWO(n, state, upstream, out, y * (1.0f - x) * x); break;
  // threshold_backward: zero where x <= 0, so a NaN state lets the upstream gradient through
  case CK_RELU_GRADIENT: MAP_TWO(n, state, upstream, out, choose(x <= 0.0f, broadcast(0.0f), y)); break;
  case CK_GELU_GRADIENT: MAP_TWO(n, state, upstream, out, y * gelu_slope_floats(x)); break;
  }
}

static void power(size_t n, const float *base, float exponent, float *out) {
  MAP(n, base, out, power_floats(x, exponent));
}
static void add(size_t n, const float *a, float *out) { MAP_TWO(n, a, out, out, y + x); }
static void add_scaled(size_t n, const float *a, float s, float *out) {
  MAP_TWO(n, a, out, out, FMA(x, broadcast(s), y));
}
static void scale(size_t n, float s, float *out) { MAP(n, out, out, x * s); }
static void affine(size_t n, float s, float offset, float *out) {
  MAP(n, out, out, FMA(x, broadcast(s), broadcast(offset)));
}
static void multiply(size_t n, const float *a, const float *b, float *out) { MAP_TWO(n, a, b, out, x * y); }
static void add_product(size_t n, const float *a, const float *b, float *out) {
  FOR_EACH_VECTOR(n, store(out + i, FMA(load(a + i), load(b + i), load(out + i))),
                  store_part(out + i, FMA(load_part(a + i, rest), load_part(b + i, rest), load_part(out + i, rest)),
                             rest));
}

// out[n] += the sum of the rows of in: some rows first, then these sums, which keeps more digits than one after the other.
#define ROWS_TOGETHER 16
static void add_rows(size_t rows, size_t n, const float *in, float *out) {
  for (size_t first = 0; first < rows; first += ROWS_TOGETHER) {
    size_t last = first + ROWS_TOGETHER < rows ? first + ROWS_TOGETHER : rows;
    size_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES) {
      floats a = {}, b = {}, c = {}, d = {};
      for (size_t row = first; row < last; row++) {
        const float *x = in + row * n + i;
        a += load(x), b += load(x + LANES), c += load(x + 2 * LANES), d += load(x + 3 * LANES);
      }
      store(out + i, load(out + i) + a), store(out + i + LANES, load(out + i + LANES) + b);
      store(out + i + 2 * LANES, load(out + i + 2 * LANES) + c);
      store(out + i + 3 * LANES, load(out + i + 3 * LANES) + d);
    }
    for (; i < n; i += LANES) {
      size_t width = n - i < LANES ? n - i : LANES;
      floats sum = {};
      for (size_t row = first; row < last; row++) sum += read(in + row * n + i, width);
      write(out + i, read(out + i, width) + sum, width);
    }
  }
}
// Each row of out = row.
static void repeat_row(size_t rows, size_t n, const float *row, float *out) {
  for (size_t i = 0; i < rows; i++, out += n) __builtin_memcpy(out, row, n * sizeof(float));
}
