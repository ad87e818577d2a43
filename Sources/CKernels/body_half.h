// The two formats of 16 bits: IEEE's binary16, and bfloat16, which is the upper half of a float32. They are computed with
// as float32; only loading and rounding know of them.

typedef uint16_t halves __attribute__((vector_size(32)));

INLINE words load_halves(const uint16_t *p, size_t width) {
  halves v = {};
  __builtin_memcpy(&v, p, width * sizeof(uint16_t));
  return __builtin_convertvector(v, words);
}

static void widen_bfloat16(size_t n, const uint16_t *in, float *out) {
  FOR_EACH_PART(n, { write(out + i, (floats)(load_halves(in + i, width) << 16), width); })
}

// The exponents differ by 112; a product with 2^112 makes normal numbers of subnormal ones, too.
static void widen_float16(size_t n, const uint16_t *in, float *out) {
  FOR_EACH_PART(n, {
    words half = load_halves(in + i, width);
    words size = half & 0x7fffu;
    words wide = (words)((floats)(size << 13) * 0x1p112f);
    wide |= (words)(size >= 0x7c00u) & 0x7f800000u;
    write(out + i, (floats)(wide | (half & 0x8000u) << 16), width);
  })
}

// To the nearest, of two the even one; in place.
static void round_to_bfloat16(size_t n, float *data) {
  FOR_EACH_PART(n, {
    floats x = read(data + i, width);
    words rounded = ((words)x + 0x7fffu + ((words)x >> 16 & 1)) & 0xffff0000u;
    write(data + i, choose(x == x, (floats)rounded, x), width);
  })
}

// Below 2^-14 numbers are 2^-24 apart, as float32 between 1/2 and 1 are; above 65504 there is only infinity.
static void round_to_float16(size_t n, float *data) {
  FOR_EACH_PART(n, {
    floats x = read(data + i, width);
    floats size = magnitude(x);
    floats normal = (floats)(((words)size + 0xfffu + ((words)size >> 13 & 1)) & ~0x1fffu);
    normal = choose(normal > 65504.0f, broadcast(__builtin_inff()), normal);
    floats rounded = choose(size < 0x1p-14f, (size + 0.5f) - 0.5f, normal);
    write(data + i, choose(x == x, with_sign_of(rounded, x), x), width);
  })
}
