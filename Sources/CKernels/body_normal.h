// Normal draws as PyTorch makes them 16 and more at a time (Box, Muller 1958): of 16 uniform values, 8 give the radius
// and 8 the angle. Logarithm, sine and cosine are Cephes' float32 ones (Moshier; logf, sinf, cosf), with a fused
// multiply-add wherever PyTorch's build contracts a product and a sum. They are good to about 4 ulp, and here only the
// same bits count; everything else uses body_functions.h.

#define EIGHTH_TURNS 0x1.45f306p+0f  // 4 / π

// log of x from 2^-24 to 1
INLINE floats cephes_log(floats x) {
  ints exponent = (ints)((words)x >> 23) - 126;
  // exponents are small: 2^23 + 2^22 + e is exact
  floats e = (floats)(exponent + (ints)broadcast(ROUNDER)) - ROUNDER;
  floats m = (floats)(((words)x & 0x807fffffu) | 0x3f000000u);
  ints low = m < 0.707106781186547524f;
  e = e - choose(low, broadcast(1.0f), broadcast(0.0f));
  m = (m - 1.0f) + choose(low, m, broadcast(0.0f));
  floats z = m * m;
  const float c[9] = {3.3333331174e-1f, -2.4999993993e-1f, 2.0000714765e-1f, -1.6668057665e-1f, 1.4249322787e-1f,
                      -1.2420140846e-1f, 1.1676998740e-1f, -1.1514610310e-1f, 7.0376836292e-2f};
  floats p = broadcast(c[8]);
  for (int i = 7; i >= 0; i--) p = FMA(p, m, broadcast(c[i]));
  p = FMA(p * m, z, e * -2.12194440e-4f);
  p = p - 0.5f * z;
  return FMA(e, broadcast(0.693359375f), m + p);
}

struct circle_point { floats sine, cosine; };

// sine and cosine of x from 0 to 2π
INLINE struct circle_point cephes_circle(floats x) {
  // the whole number below x · 4 / π, which is not negative and below 9: rounded, less one where that went up
  floats turns = x * EIGHTH_TURNS;
  floats rounded = (turns + ROUNDER) - ROUNDER;
  floats whole = rounded - choose(rounded > turns, broadcast(1.0f), broadcast(0.0f));
  ints j = (ints)(whole + ROUNDER) - (ints)broadcast(ROUNDER);
  j = (j + 1) & ~1;
  floats n = (floats)(j + (ints)broadcast(ROUNDER)) - ROUNDER;
  floats r = FMA(n, broadcast(-0.78515625f), x);
  r = FMA(n, broadcast(-2.4187564849853515625e-4f), r);
  r = FMA(n, broadcast(-3.77489497744594108e-8f), r);
  floats z = r * r;
  floats c = FMA(broadcast(2.443315711809948e-5f), z, broadcast(-1.388731625493765e-3f));
  c = FMA(c, z, broadcast(4.166664568298827e-2f));
  c = FMA(c * z, z, -(0.5f * z)) + 1.0f;
  floats s = FMA(broadcast(-1.9515295891e-4f), z, broadcast(8.3321608736e-3f));
  s = FMA(s, z, broadcast(-1.6666654611e-1f));
  s = FMA(s * z, r, r);
  ints swap = (j & 2) != 0;
  words sine_sign = ((words)j & 4u) << 29;
  words cosine_sign = (~(words)(j - 2) & 4u) << 29;
  return (struct circle_point){(floats)((words)choose(swap, c, s) ^ sine_sign),
                               (floats)((words)choose(swap, s, c) ^ cosine_sign)};
}

static void normal(size_t n, float mean, float deviation, float *data) {
  for (size_t i = 0; i + LANES <= n; i += LANES) {
    floats uniform = load(data + i);
    // lanes 0…7 give the radii, 8…15 the angles; both halves are computed twice, which is cheaper than it sounds
    floats first = __builtin_shufflevector(uniform, uniform, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
    floats second =
        __builtin_shufflevector(uniform, uniform, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    floats radius = root(-2.0f * cephes_log(1.0f - first));
    struct circle_point point = cephes_circle(0x1.921fb6p+2f * second);
    floats direction = __builtin_shufflevector(point.cosine, point.sine, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29,
                                               30, 31);
    store(data + i, FMA(radius * direction, broadcast(deviation), broadcast(mean)));
  }
}
