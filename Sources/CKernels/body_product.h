// Products. Each element of a result is one lane that takes in a[i, k] · b[k, j] by fused multiply-add, k = 0, 1, … in
// order. Only where aᵀ · b goes over more than LONGEST_CHAIN rows, as the gradient of a weight does, is the sum made in
// parts of K_AT_ONCE rows, each from zero, which are added up in order: a chain of 20,000 roundings leaves the true sum by
// more than a hundred times as much as one of its parts. That is the whole definition, the same on every processor, so blocks
// may be cut as registers and caches allow. A block of rows × vectors is
// kept in registers; every value of b is loaded once per block, every value of a is broadcast from memory.
//
// VECTOR_LANES, VECTORS and ROWS_OF_… come from the instruction set. Loads are what is scarce: with the 32 registers of
// AVX-512, 6 × 4 vectors take 10 loads for 24 multiply-adds, 8 × 2 would take 10 for 16.

typedef float vector __attribute__((vector_size(VECTOR_LANES * 4)));
typedef float unaligned_vector __attribute__((vector_size(VECTOR_LANES * 4), aligned(4)));
typedef int32_t int_vector __attribute__((vector_size(VECTOR_LANES * 4)));

#if HARDWARE_FMA
#define VECTOR_FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
typedef double wide_vector __attribute__((vector_size(VECTOR_LANES * 8)));
typedef int64_t long_vector __attribute__((vector_size(VECTOR_LANES * 8)));
typedef uint64_t unsigned_long_vector __attribute__((vector_size(VECTOR_LANES * 8)));
DEFINE_SOFTWARE_FMA(software_vector_fma, vector, int_vector, wide_vector, long_vector, unsigned_long_vector)
#define VECTOR_FMA(a, b, c) software_vector_fma(a, b, c)
#endif

INLINE vector load_lanes(const float *p, size_t lanes) {
  if (lanes == VECTOR_LANES) return *(const unaligned_vector *)p;
#ifdef LOAD_SOME
  return LOAD_SOME(p, lanes);
#else
  vector v = {};
  for (size_t i = 0; i < lanes; i++) v[i] = p[i];
  return v;
#endif
}
INLINE void store_lanes(float *p, vector v, size_t lanes) {
#ifdef CANONICAL
  v = CANONICAL(v, NOT_A_NUMBER - (vector){});
#else
  int_vector number = v == v;  // as `canonical`
  v = (vector)((number & (int_vector)v) | (~number & (int_vector)(NOT_A_NUMBER - (vector){})));
#endif
  if (lanes == VECTOR_LANES) {
    *(unaligned_vector *)p = v;
    return;
  }
#ifdef STORE_SOME
  STORE_SOME(p, v, lanes);
#else
  for (size_t i = 0; i < lanes; i++) p[i] = v[i];
#endif
}

#define UNROLL _Pragma("clang loop unroll(full)")
// Keeps the compiler from making one long chain of additions out of several addresses.
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))

// How the values of a lie: those of one row side by side, those of one k side by side, or, for the weights of a
// convolution, those of one row in runs, the rows of b being where a table says.
enum order { BY_ROW, BY_COLUMN, IN_RUNS };

struct operands {
  const float *a;
  size_t a_stride;  // from row to row; BY_COLUMN from k to k
  size_t k;         // IN_RUNS the length of one run
  const float *b;
  size_t b_stride;
  float *c;
  size_t c_stride;
  const float *start;  // what the sums begin with, NULL for zeros
  size_t start_stride;
  bool start_is_column;  // IN_RUNS: one number for each row, side by side
  bool adds;             // the sums begin with zeros, and are added to what is in c
  size_t runs, jump;        // IN_RUNS: their number, and how far apart they begin in a
  const uint32_t *offsets;  // IN_RUNS: where the rows of b are, `jump` for each run
};

// One more k. The values to broadcast lie at `bases`, three rows to each, which is what an address can express without
// arithmetic of its own.
#define TAKE_IN(b, offset)                                                                                      \
  do {                                                                                                          \
    vector right[VECTORS];                                                                                      \
    UNROLL for (int v = 0; v < vectors; v++)                                                                    \
      right[v] = load_lanes((b) + v * VECTOR_LANES, v == vectors - 1 ? lanes : VECTOR_LANES);                   \
    UNROLL for (int r = 0; r < rows; r++) {                                                                     \
      vector left = (order == BY_COLUMN ? bases[0][r] : bases[r / 3][(r % 3) * row + (offset)]) - (vector){};   \
      UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = VECTOR_FMA(left, right[v], sums[r][v]);             \
    }                                                                                                           \
  } while (0)
#define FOR_BASES UNROLL for (int r = 0; r < rows; r += 3)

// One block of rows × vectors, the last vector of `lanes` lanes. With these constant the inner loops vanish.
INLINE void block(const int rows, const int vectors, const enum order order, size_t lanes, const struct operands *o,
                  const float *a, const float *start, float *c) {
  vector sums[16][VECTORS];
  if (order == IN_RUNS && o->start_is_column) {
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = start[r] - (vector){};
  } else if (start != NULL) {
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++)
      sums[r][v] = load_lanes(start + r * o->start_stride + v * VECTOR_LANES, v == vectors - 1 ? lanes : VECTOR_LANES);
  } else {
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = (vector){};
  }
  const size_t row = o->a_stride, stride = o->b_stride;
  const float *b = o->b;
  const float *bases[6];
  FOR_BASES bases[r / 3] = order == BY_COLUMN ? a : a + r * row;
  size_t k = o->k;
  if (order == BY_COLUMN) {
    for (; k > 0; k--) {
      TAKE_IN(b, 0);
      bases[0] += row;
      b += stride;
    }
  } else if (order == BY_ROW) {
    for (; k >= 4; k -= 4) {
      FOR_BASES OPAQUE(bases[r / 3]);
      TAKE_IN(b, 0);
      TAKE_IN(b + stride, 1);
      b += 2 * stride;
      TAKE_IN(b, 2);
      TAKE_IN(b + stride, 3);
      b += 2 * stride;
      FOR_BASES bases[r / 3] += 4;
    }
    for (; k > 0; k--) {
      TAKE_IN(b, 0);
      b += stride;
      FOR_BASES bases[r / 3] += 1;
    }
  } else {
    const uint32_t *offsets = o->offsets;
    for (size_t run = 0; run < o->runs; run++) {
      for (size_t i = 0; i < k; i += 3) {
        FOR_BASES OPAQUE(bases[r / 3]);
        TAKE_IN(b + offsets[i], 0);
        TAKE_IN(b + offsets[i + 1], 1);
        TAKE_IN(b + offsets[i + 2], 2);
        FOR_BASES bases[r / 3] += 3;
      }
      offsets += o->jump;
      FOR_BASES bases[r / 3] += o->jump - k;
    }
  }
  if (order == BY_COLUMN && o->adds) {
    UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++)
      sums[r][v] += load_lanes(c + r * o->c_stride + v * VECTOR_LANES, v == vectors - 1 ? lanes : VECTOR_LANES);
  }
  UNROLL for (int r = 0; r < rows; r++) UNROLL for (int v = 0; v < vectors; v++)
    store_lanes(c + r * o->c_stride + v * VECTOR_LANES, sums[r][v], v == vectors - 1 ? lanes : VECTOR_LANES);
}

// One function per shape of block, not inlined: the compiler then plans the registers of each on its own. It makes
// `count` blocks, one below the other.
typedef void (*block_function)(size_t count, size_t lanes, const struct operands *o, size_t row);
#define DEFINE_BLOCK(name, rows, vectors, order, width)                                                            \
  static __attribute__((noinline)) void name(size_t count, size_t lanes, const struct operands *o, size_t row) {   \
    const float *a = o->a + row * (order == BY_COLUMN ? 1 : o->a_stride);                                          \
    const float *start = o->start == NULL ? NULL : o->start + row * o->start_stride;                               \
    float *c = o->c + row * o->c_stride;                                                                           \
    (void)lanes;                                                                                                   \
    for (; count > 0; count--) {                                                                                   \
      block(rows, vectors, order, width, o, a, start, c);                                                          \
      a += rows * (order == BY_COLUMN ? 1 : o->a_stride);                                                          \
      if (start != NULL) start += rows * o->start_stride;                                                          \
      c += rows * o->c_stride;                                                                                     \
    }                                                                                                              \
  }
#define DEFINE_BLOCKS(rows, vectors)                                                       \
  DEFINE_BLOCK(by_row_##rows##x##vectors, rows, vectors, BY_ROW, VECTOR_LANES)             \
  DEFINE_BLOCK(by_column_##rows##x##vectors, rows, vectors, BY_COLUMN, VECTOR_LANES)       \
  DEFINE_BLOCK(in_runs_##rows##x##vectors, rows, vectors, IN_RUNS, VECTOR_LANES)           \
  DEFINE_BLOCK(by_row_##rows##x##vectors##_part, rows, vectors, BY_ROW, lanes)             \
  DEFINE_BLOCK(by_column_##rows##x##vectors##_part, rows, vectors, BY_COLUMN, lanes)       \
  DEFINE_BLOCK(in_runs_##rows##x##vectors##_part, rows, vectors, IN_RUNS, lanes)
#define BLOCKS(rows, vectors)                                                              \
  {rows,                                                                                   \
   {{by_row_##rows##x##vectors, by_row_##rows##x##vectors##_part},                         \
    {by_column_##rows##x##vectors, by_column_##rows##x##vectors##_part},                   \
    {in_runs_##rows##x##vectors, in_runs_##rows##x##vectors##_part}}}

// How many rows a block takes, and its functions: [order][is the last vector a part].
struct blocks {
  size_t rows;
  block_function functions[3][2];
};

// For so many vectors, the highest first.
#define DEFINE_HEIGHTS(vectors, first) \
  DEFINE_BLOCKS(first, vectors)        \
  DEFINE_BLOCKS(4, vectors)            \
  DEFINE_BLOCKS(2, vectors)            \
  DEFINE_BLOCKS(1, vectors)            \
  static const struct blocks HEIGHTS_##vectors[] = {BLOCKS(first, vectors), BLOCKS(4, vectors), BLOCKS(2, vectors), BLOCKS(1, vectors)};

#if VECTORS == 4
DEFINE_HEIGHTS(4, 6)
DEFINE_HEIGHTS(3, 8)
DEFINE_HEIGHTS(2, 12)
DEFINE_HEIGHTS(1, 16)
static const struct blocks *const HEIGHTS[] = {HEIGHTS_1, HEIGHTS_2, HEIGHTS_3, HEIGHTS_4};
#else
DEFINE_HEIGHTS(2, 6)
DEFINE_HEIGHTS(1, 12)
static const struct blocks *const HEIGHTS[] = {HEIGHTS_1, HEIGHTS_2};
#endif

// `rows` rows of `columns` columns, at most CK_PANEL.
static void panel_product(enum order order, size_t rows, size_t columns, struct operands o) {
  while (columns > 0) {
    size_t lanes = columns < VECTORS * VECTOR_LANES ? columns : VECTORS * VECTOR_LANES;
    size_t vectors = (lanes + VECTOR_LANES - 1) / VECTOR_LANES;
    size_t last = lanes - (vectors - 1) * VECTOR_LANES;
    const struct blocks *blocks = HEIGHTS[vectors - 1];
    for (size_t i = 0; i < rows;) {
      // Eight rows are two blocks of four: one of two has too few sums that do not wait for each other.
      while (blocks->rows > rows - i || (blocks->rows == 6 && rows - i == 8)) blocks++;
      size_t count = (rows - i) / blocks->rows;
      if (blocks->rows == 6 && (rows - i) % 6 == 2) count--;
      blocks->functions[order][last < VECTOR_LANES](count, last, &o, i);
      i += count * blocks->rows;
    }
    columns -= lanes;
    o.b += lanes;
    o.c += lanes;
    if (o.start != NULL && !o.start_is_column) o.start += lanes;
  }
}

// Long sums are made in parts, and the columns of a wide b copied side by side, so that what is read again and again
// stays in the first cache.
#define K_AT_ONCE 128
#define LONGEST_CHAIN (4 * K_AT_ONCE)

// With few columns, BY_COLUMN, where vectors along them would be all but empty: cᵀ = bᵀ · a, the products being
// the same, with vectors along the rows of c.
static void narrow_product(size_t m, size_t n, size_t k, const float *a, size_t a_stride, const float *b,
                           const float *start, size_t start_stride, float *c) {
  float transposed[LANES * CK_PANEL];
  for (size_t row = 0; row < m; row += CK_PANEL) {
    size_t width = m - row < CK_PANEL ? m - row : CK_PANEL;
    for (size_t j = 0; j < n; j++)
      for (size_t i = 0; i < width; i++)
        transposed[j * width + i] = start == NULL ? 0 : start[(row + i) * start_stride + j];
    size_t part = k > LONGEST_CHAIN ? K_AT_ONCE : k;
    for (size_t first = 0; first == 0 || first < k; first += part) {
      struct operands o = {.a = b + first * n, .a_stride = n, .k = first + part < k ? part : k - first,
                           .b = a + row + first * a_stride, .b_stride = a_stride, .c = transposed, .c_stride = width,
                           .start = first == 0 ? transposed : NULL, .start_stride = width, .adds = first > 0};
      panel_product(BY_COLUMN, n, width, o);
      if (k == 0) break;
    }
    for (size_t j = 0; j < n; j++)
      for (size_t i = 0; i < width; i++) c[(row + i) * n + j] = transposed[j * width + i];
  }
}

static void product(size_t m, size_t n, size_t k, const float *a, size_t row_stride, size_t k_stride, const float *b,
                    bool is_packed, const float *start, size_t start_stride, float *c) {
  enum order order = k_stride == 1 ? BY_ROW : BY_COLUMN;
  if (order == BY_COLUMN && n < LANES && n < m && !is_packed)
    return narrow_product(m, n, k, a, k_stride, b, start, start_stride, c);
  bool copies = !is_packed && m >= 24 && (n > CK_PANEL || n % 16 != 0);
  bool adds = k > LONGEST_CHAIN && order == BY_COLUMN;
  size_t part = copies || adds ? K_AT_ONCE : k;
  float panel[K_AT_ONCE * CK_PANEL] __attribute__((aligned(64)));
  for (size_t first = 0; first == 0 || first < k; first += part) {
    size_t length = first + part < k ? part : k - first;
    for (size_t column = 0; column < n; column += CK_PANEL) {
      size_t width = column + CK_PANEL < n ? CK_PANEL : n - column;
      struct operands o = {.a = a + first * k_stride, .a_stride = order == BY_ROW ? row_stride : k_stride, .k = length,
                           .b = b + first * n + column, .b_stride = n, .c = c + column, .c_stride = n,
                           .start = start == NULL ? NULL : start + column, .start_stride = start_stride,
                           .adds = adds && first > 0};
      if (is_packed) {
        o.b = b + column * k + first * CK_PANEL;
        o.b_stride = CK_PANEL;
      } else if (copies) {
        for (size_t row = 0; row < length; row++)
          for (size_t j = 0; j < width; j++) panel[row * CK_PANEL + j] = o.b[row * n + j];
        o.b = panel;
        o.b_stride = CK_PANEL;
      }
      panel_product(order, m, width, o);
    }
    start = adds ? NULL : c;
    start_stride = n;
    if (k == 0) break;
  }
}

// Rows and columns of 16 × 16 exchanged: four times, vectors i and i + 8 are interleaved into 2 i and 2 i + 1.
INLINE void transpose_tile(const float *in, size_t stride, float *out, size_t out_stride) {
  floats a[16], b[16];
  UNROLL for (int i = 0; i < 16; i++) a[i] = load(in + i * stride);
#define INTERLEAVE(from, to)                                                                                        \
  UNROLL for (int i = 0; i < 8; i++) {                                                                              \
    to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23); \
    to[2 * i + 1] =                                                                                                 \
        __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);   \
  }
  INTERLEAVE(a, b)
  INTERLEAVE(b, a)
  INTERLEAVE(a, b)
  INTERLEAVE(b, a)
  UNROLL for (int i = 0; i < 16; i++) put(out + i * out_stride, a[i]);
}

// out[j, i] = in[i, j], rows of the two being so far apart.
static void transpose_strided(size_t rows, size_t columns, const float *in, size_t stride, float *out,
                              size_t out_stride) {
  size_t tall = rows - rows % 16, wide = columns - columns % 16;
  for (size_t i = 0; i < tall; i += 16)
    for (size_t j = 0; j < wide; j += 16)
      transpose_tile(in + i * stride + j, stride, out + j * out_stride + i, out_stride);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = i < tall ? wide : 0; j < columns; j++) out[j * out_stride + i] = in[i * stride + j];
}
static void transpose(size_t rows, size_t columns, const float *in, float *out) {
  transpose_strided(rows, columns, in, columns, out, rows);
}

// packed: panels of CK_PANEL columns, one after the other, each k × CK_PANEL; zeros behind the last column.
static void pack(size_t k, size_t n, const float *b, bool is_transposed, float *packed) {
  for (size_t column = 0; column < n; column += CK_PANEL, packed += k * CK_PANEL) {
    size_t width = n - column < CK_PANEL ? n - column : CK_PANEL;
    if (width < CK_PANEL) __builtin_memset(packed, 0, k * CK_PANEL * sizeof(float));
    if (is_transposed) transpose_strided(width, k, b + column * k, k, packed, CK_PANEL);
    else
      for (size_t row = 0; row < k; row++)
        __builtin_memcpy(packed + row * CK_PANEL, b + row * n + column, width * sizeof(float));
  }
}
