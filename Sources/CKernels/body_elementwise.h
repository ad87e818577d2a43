// Whole-array operations. A loop over full vectors, then the same over what is left in a padded one, so that the index
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
  case CK_RELU: MAP(n, in, out, relu_floats(x)); break;
  case CK_GELU: MAP(n, in, out, gelu_floats(x)); break;
  }
}

// x is the state, y the upstream gradient; the order of the products is PyTorch's. threshold_backward gives zero where
// x <= 0, so a NaN state lets the upstream gradient through.
#define DEFINE_GRADIENT(name, finished)                                                                     \
  static void name(enum ck_gradient f, size_t n, const float *state, const float *upstream, float *out) {   \
    switch (f) {                                                                                            \
    case CK_TANH_GRADIENT: MAP_TWO(n, state, upstream, out, finished(y * (1.0f - x * x))); break;           \
    case CK_SIGMOID_GRADIENT: MAP_TWO(n, state, upstream, out, finished(y * (1.0f - x) * x)); break;        \
    case CK_RELU_GRADIENT:                                                                                  \
      MAP_TWO(n, state, upstream, out, finished(choose(x <= 0.0f, broadcast(0.0f), y)));                    \
      break;                                                                                                \
    case CK_GELU_GRADIENT: MAP_TWO(n, state, upstream, out, finished(y * gelu_slope_floats(x))); break;     \
    }                                                                                                       \
  }
DEFINE_GRADIENT(gradient, )

// Products with numbers below this would leave the normal range of float32, where processors take a hundred times as
// long; next to any gradient that a parameter gets, such a share of an early time step does not show.
#define TINY 0x1p-100f
INLINE floats without_tiny(floats x) { return choose(magnitude(x) < TINY, broadcast(0.0f), x); }
DEFINE_GRADIENT(cell_gradient, without_tiny)

static void add(size_t n, const float *a, float *out) { MAP_TWO(n, a, out, out, y + x); }
static void scale(size_t n, float s, float *out) { MAP(n, out, out, x * s); }
static void affine(size_t n, float s, float offset, float *out) {
  MAP(n, out, out, FMA(x, broadcast(s), broadcast(offset)));
}

// out[n] += the sum of the rows of in: some rows first, then these sums, which keeps more digits than one after the other.
#define ROWS_TOGETHER 16
// So many columns side by side, the last vector of `lanes` of them.
INLINE void add_columns(const int vectors, size_t lanes, size_t rows, size_t n, const float *in, float *out) {
  floats sums[4] = {};
  for (; rows > 0; rows--, in += n)
    UNROLL for (int v = 0; v < vectors; v++) sums[v] += read(in + v * LANES, v == vectors - 1 ? lanes : LANES);
  UNROLL for (int v = 0; v < vectors; v++) {
    size_t width = v == vectors - 1 ? lanes : LANES;
    write(out + v * LANES, read(out + v * LANES, width) + sums[v], width);
  }
}
#define ADD_COLUMNS(vectors)                                                    \
  case vectors:                                                                 \
    if (lanes == LANES) add_columns(vectors, LANES, count, n, from, out + i);   \
    else add_columns(vectors, lanes, count, n, from, out + i);                  \
    break
static void add_row_groups(size_t rows, size_t n, size_t columns, const float *in, float *out) {
  for (size_t first = 0; first < rows; first += ROWS_TOGETHER) {
    size_t count = first + ROWS_TOGETHER < rows ? ROWS_TOGETHER : rows - first;
    for (size_t i = 0; i < columns; i += 4 * LANES) {
      const float *from = in + first * n + i;
      size_t width = columns - i < 4 * LANES ? columns - i : 4 * LANES;
      size_t vectors = (width + LANES - 1) / LANES, lanes = width - (vectors - 1) * LANES;
      switch (vectors) {
        ADD_COLUMNS(1);
        ADD_COLUMNS(2);
        ADD_COLUMNS(3);
        ADD_COLUMNS(4);
      }
    }
  }
}
// Of more rows than these, so many at a time are added up from zero first: a long chain of roundings leaves the true sum.
#define ROWS_IN_A_CHAIN 512
static void add_rows(size_t rows, size_t n, const float *in, float *out) {
  if (rows <= ROWS_IN_A_CHAIN) {
    add_row_groups(rows, n, n, in, out);
    return;
  }
  for (size_t first = 0; first < rows; first += ROWS_IN_A_CHAIN, in += ROWS_IN_A_CHAIN * n) {
    size_t count = rows - first < ROWS_IN_A_CHAIN ? rows - first : ROWS_IN_A_CHAIN;
    for (size_t i = 0; i < n; i += 64 * LANES) {
      float part[64 * LANES] = {0};
      size_t width = n - i < 64 * LANES ? n - i : 64 * LANES;
      add_row_groups(count, n, width, in + i, part);
      for (size_t j = 0; j < width; j++) out[i + j] += part[j];
    }
  }
}
// Each row of out = row.
static void repeat_row(size_t rows, size_t n, const float *row, float *out) {
  for (size_t i = 0; i < rows; i++, out += n) __builtin_memcpy(out, row, n * sizeof(float));
}
