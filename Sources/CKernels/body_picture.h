// 3 × 3 convolutions with padding 1 over pictures of side S, a batch of B at once.
//
// Pictures are C × S·(S+2)·B: a row for each channel, in it the pixels line by line with a pixel of zeros before and
// behind each, and for each pixel its value in each picture of the batch. So vectors run over pictures and neighbouring
// pixels alike, and a step to the right is a step of B. There are no lines of zeros above and below: their products are
// left out. Whoever writes pictures leaves those frames as they are.
//
// Weights are O × 9 C as PyTorch has them, k = (c, v, h): channel, line and column of the kernel.

// From and to pictures without frames, C × P·B with P = S².
static void frame(size_t channels, size_t side, size_t batch, const float *in, float *out) {
  size_t line = side * batch;
  for (size_t i = 0; i < channels * side; i++, in += line, out += line + 2 * batch) {
    __builtin_memset(out, 0, batch * sizeof(float));
    __builtin_memcpy(out + batch, in, line * sizeof(float));
    __builtin_memset(out + batch + line, 0, batch * sizeof(float));
  }
}
static void unframe(size_t channels, size_t side, size_t batch, const float *in, float *out) {
  size_t line = side * batch;
  for (size_t i = 0; i < channels * side; i++, in += line + 2 * batch, out += line)
    __builtin_memcpy(out, in + batch, line * sizeof(float));
}
// Three vectors leave registers for eight rows, which divides the usual numbers of channels.
#define PIXELS_AT_ONCE ((VECTORS == 4 ? 3 : VECTORS) * VECTOR_LANES)

// Where the products of an output line find their pixels: offsets[k] for each weight k, behind the first kernel line that
// falls into the picture.
static void set_offsets(size_t channels, size_t side, size_t batch, size_t first, uint32_t *offsets) {
  size_t framed = (side + 2) * batch;
  for (size_t c = 0; c < channels; c++)
    for (size_t v = 0; v < 3; v++)
      for (size_t h = 0; h < 3; h++) *offsets++ = (uint32_t)((c * side + (v < first ? 0 : v - first)) * framed + h * batch);
}

// The same line of each channel.
static void finish_line(size_t channels, size_t next, size_t line, const struct ck_finish *finish, size_t offset,
                        float *out) {
  for (size_t at = offset; channels > 0; channels--, at += next)
    if (finish->state != NULL) gradient(finish->gradient, line, finish->state + at, out + at, out + at);
    else apply(finish->function, line, out + at, out + at);
}

// out = bias + W ∗ in, O and C channels, the products taken in in the order of k; finished.
static void convolve(size_t outputs, size_t channels, size_t side, size_t batch, const float *weight, const float *bias,
                     const float *in, uint32_t *offsets, const struct ck_finish *finish, float *out) {
  size_t line = side * batch, framed = (side + 2) * batch;
  for (size_t i = 0; i < side; i++) {
    // the kernel's lines that fall into the picture
    size_t first = i == 0, last = i + 1 == side ? 2 : 3;
    if (i < 2) set_offsets(channels, side, batch, first, offsets);
    for (size_t j = 0; j < line; j += PIXELS_AT_ONCE) {
      struct operands o = {.a = weight + 3 * first, .a_stride = 9 * channels, .k = 3 * (last - first),
                           .b = in + (i - 1 + first) * framed + j, .c = out + i * framed + batch + j,
                           .c_stride = side * framed, .start = bias, .start_stride = 1,
                           .start_is_column = bias != NULL, .runs = channels, .jump = 9,
                           .offsets = offsets + 3 * first};
      panel_product(IN_RUNS, outputs, line - j < PIXELS_AT_ONCE ? line - j : PIXELS_AT_ONCE, o);
    }
    if (finish != NULL) finish_line(outputs, side * framed, line, finish, i * framed + batch, out);
  }
}

// rotated[C × 9 O]: the weights with which the gradient by the outputs gives that by the inputs, each kernel rotated by
// 180°.
static void rotate_weights(size_t outputs, size_t channels, const float *weight, float *rotated) {
  for (size_t c = 0; c < channels; c++)
    for (size_t o = 0; o < outputs; o++)
      for (size_t k = 0; k < 9; k++) rotated[(c * outputs + o) * 9 + k] = weight[(o * channels + c) * 9 + 8 - k];
}

// Lanes l and l + 8 are added, then l and l + 4, …
INLINE float tree_of_floats(floats v) {
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3);
  return v[0] + v[1];
}

// For so many outputs and the three kernel columns of one (channel, line), 16 sums each: adds what 16 pixels give. The
// outputs lie at `bases`, three to each, as the rows of a product do.
#define ADD_PIXELS(READ)                                                                     \
  do {                                                                                       \
    floats taps[3];                                                                          \
    UNROLL for (int h = 0; h < 3; h++) taps[h] = READ(x + h * batch);                        \
    UNROLL for (int o = 0; o < outputs; o++) {                                               \
      floats slope = READ(bases[o / 3] + o % 3 * next_out);                                  \
      UNROLL for (int h = 0; h < 3; h++) sums[o][h] = FMA(slope, taps[h], sums[o][h]);       \
    }                                                                                        \
  } while (0)
#define READ_REST(p) load_part(p, rest)

INLINE void gradient_block(const int outputs, size_t lines, size_t line, size_t batch, size_t next_out, const float *in,
                           const float *gradient, float *lanes, size_t next_lanes) {
  floats sums[8][3];
  UNROLL for (int o = 0; o < outputs; o++) UNROLL for (int h = 0; h < 3; h++)
    sums[o][h] = load(lanes + o * next_lanes + h * LANES);
  size_t rest = line % LANES;
  for (; lines > 0; lines--, in += line + 2 * batch, gradient += line + 2 * batch) {
    const float *x = in, *bases[3];
    UNROLL for (int o = 0; o < outputs; o += 3) bases[o / 3] = gradient + o * next_out;
    for (size_t j = line / LANES; j > 0; j--) {
      UNROLL for (int o = 0; o < outputs; o += 3) OPAQUE(bases[o / 3]);
      ADD_PIXELS(load);
      x += LANES;
      UNROLL for (int o = 0; o < outputs; o += 3) bases[o / 3] += LANES;
    }
    if (rest > 0) ADD_PIXELS(READ_REST);
  }
  UNROLL for (int o = 0; o < outputs; o++) UNROLL for (int h = 0; h < 3; h++)
    store(lanes + o * next_lanes + h * LANES, sums[o][h]);
}
typedef void (*gradient_function)(size_t lines, size_t line, size_t batch, size_t next_out, const float *in,
                                  const float *gradient, float *lanes, size_t next_lanes);
#define DEFINE_GRADIENT_BLOCK(outputs)                                                                              \
  static __attribute__((noinline)) void gradients_of_##outputs(size_t lines, size_t line, size_t batch,             \
                                                               size_t next_out, const float *in,                    \
                                                               const float *gradient, float *lanes,                 \
                                                               size_t next_lanes) {                                 \
    gradient_block(outputs, lines, line, batch, next_out, in, gradient, lanes, next_lanes);                         \
  }
DEFINE_GRADIENT_BLOCK(1)
DEFINE_GRADIENT_BLOCK(2)
#if VECTORS == 4
DEFINE_GRADIENT_BLOCK(4)
#endif
#if VECTORS * VECTOR_LANES == 64
DEFINE_GRADIENT_BLOCK(8)
#endif
static const struct gradient_blocks {
  size_t outputs;
  gradient_function function;
} GRADIENT_BLOCKS[] = {
#if VECTORS * VECTOR_LANES == 64
    {8, gradients_of_8},
#endif
#if VECTORS == 4
    {4, gradients_of_4},
#endif
    {2, gradients_of_2}, {1, gradients_of_1}};

// Numbers of the gradient that stay in the first cache while all channels pass by.
#define PIXELS_KEPT 6144

// out[O × 9 C] += the gradient by the weights, from the gradient by the outputs and the inputs. Element i of a line goes
// to lane i mod 16, line after line; at last the lanes are added as a tree. `lanes` is scratch: 8 · 9 C sums of 16 lanes.
static void convolution_weight_gradient(size_t outputs, size_t channels, size_t side, size_t batch, const float *in,
                                        const float *gradient, float *lanes, float *out) {
  size_t line = side * batch, framed = (side + 2) * batch;
  const struct gradient_blocks *blocks = GRADIENT_BLOCKS;
  for (size_t o = 0; o < outputs; o += blocks->outputs) {
    while (blocks->outputs > outputs - o) blocks++;
    for (size_t i = 0; i < blocks->outputs * 9 * channels * LANES; i++) lanes[i] = 0;
    size_t at_once = PIXELS_KEPT / (blocks->outputs * line);
    if (at_once == 0) at_once = 1;
    for (size_t begin = 0; begin < side; begin += at_once) {
      size_t end = begin + at_once < side ? begin + at_once : side;
      for (size_t k = 0; k < 3 * channels; k++) {
        size_t c = k / 3, v = k % 3;
        // the lines whose kernel line v falls into the picture
        size_t first = v == 0 && begin == 0 ? 1 : begin, last = v == 2 && end == side ? end - 1 : end;
        if (first >= last) continue;
        blocks->function(last - first, line, batch, side * framed, in + (c * side + first + v - 1) * framed,
                         gradient + (o * side + first) * framed + batch, lanes + 3 * k * LANES, 9 * channels * LANES);
      }
    }
    for (size_t i = 0; i < blocks->outputs * 9 * channels; i++) {
      float *slope = out + o * 9 * channels + i;
      float total = *slope + tree_of_floats(load(lanes + i * LANES));
      *slope = total == total ? total : NOT_A_NUMBER;
    }
  }
}

// torch's avg_pool2d(x, 2): out, of side ⌊S/2⌋, = the means of 2 × 2 pixels; an odd last line or column is left out.
static void pool(size_t channels, size_t side, size_t batch, const float *in, float *out) {
  size_t line = (side + 2) * batch;
  for (size_t c = 0; c < channels; c++, in += side * line)
    for (size_t top = 0; top + 1 < side; top += 2, out += 2 * batch)
      for (size_t left = 0; left + 1 < side; left += 2, out += batch) {
        const float *x = in + top * line + (left + 1) * batch;

        FOR_EACH_PART(batch, floats sum = read(x + i, width) + read(x + batch + i, width);
                      sum = sum + read(x + line + i, width) + read(x + line + batch + i, width);
                      write(out + batch + i, sum * 0.25f, width));
      }
}

// Its gradient by the inputs: a quarter for each of the four pixels.
static void spread(size_t channels, size_t side, size_t batch, const float *gradient, float *out) {
  size_t line = (side + 2) * batch;
  __builtin_memset(out, 0, channels * side * line * sizeof(float));
  for (size_t c = 0; c < channels; c++, out += side * line)
    for (size_t top = 0; top + 1 < side; top += 2, gradient += 2 * batch)
      for (size_t left = 0; left + 1 < side; left += 2, gradient += batch) {
        float *x = out + top * line + (left + 1) * batch;
        FOR_EACH_PART(batch, floats share = read(gradient + batch + i, width) * 0.25f; write(x + i, share, width);
                      write(x + batch + i, share, width); write(x + line + i, share, width);
                      write(x + line + batch + i, share, width));
      }
}
