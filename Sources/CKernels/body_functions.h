// Elementary functions over vectors. Numbers are turned into integers by adding 1.5·2^23 (1.5·2^52), never by a
// conversion: a conversion out of range is undefined in C and different on every processor.
//
// What is computed for every element of every step (exp, tanh, sigmoid) stays in float32; the rest is computed in
// float64 and rounded once, which is simpler and closer.

#define ROUNDER 0x1.8p23f
#define ROUNDER_DOUBLE 0x1.8p52

// x · 2^n for |n| <= 252 in two factors: only the second product can round, so subnormal results round once.
INLINE floats times_power_of_two(floats x, ints n) {
  ints half = n >> 1;
  floats first = (floats)((half + 127) << 23);
  floats second = (floats)((n - half + 127) << 23);
  return x * first * second;
}

INLINE floats exp_floats(floats x) {
  floats bounded = choose(x < -104.0f, broadcast(-104.0f), x);
  bounded = choose(bounded > 89.0f, broadcast(89.0f), bounded);
  floats shifted = FMA(bounded, broadcast(0x1.715476p0f), broadcast(ROUNDER));
  floats n = shifted - ROUNDER;
  // ln 2 = 0x1.62e4p-1 + 0x1.7f7d1cp-20: n times the first part is exact
  floats r = FMA(n, broadcast(-0x1.62e4p-1f), bounded);
  r = FMA(n, broadcast(-0x1.7f7d1cp-20f), r);
  floats p = broadcast(EXP_FLOAT[5]);
  for (int i = 4; i >= 0; i--) p = FMA(p, r, broadcast(EXP_FLOAT[i]));
  p = FMA(p, r * r, r) + 1.0f;
  floats y = times_power_of_two(p, (ints)shifted - (ints)broadcast(ROUNDER));
  return choose(x != x, x, y);
}

// 1 / (1 + e) or e / (1 + e) with e = exp(-|x|): neither overflows, and small results keep their digits. The reciprocal
// of d = 1 + e, which is 1 to 2, begins with the best line and gets three times the digits twice, which is cheaper than
// a division; the quotient is corrected by its remainder and by what 1 + e lost.
INLINE floats sigmoid_floats(floats x) {
  floats e = exp_floats((floats)((words)x | 0x80000000u));
  floats numerator = choose(x < 0.0f, e, broadcast(1.0f));
  floats divisor = 1.0f + e;
  floats lost = e - (divisor - 1.0f);
  floats reciprocal = FMA(divisor, broadcast(-0x1.e1e1e2p-2f), broadcast(0x1.69696ap0f));
  for (int i = 0; i < 2; i++) {
    floats error = FMA(-divisor, reciprocal, broadcast(1.0f));
    reciprocal = FMA(reciprocal, FMA(error, error, error), reciprocal);
  }
  floats quotient = numerator * reciprocal;
  floats remainder = FMA(-quotient, lost, FMA(-quotient, divisor, numerator));
  return choose(x != x, broadcast(NOT_A_NUMBER), FMA(remainder, reciprocal, quotient));
}

#ifndef LOOK_UP
// table[i mod 16]
INLINE floats look_up(const float *table, ints i) {
  floats v;
  for (int l = 0; l < LANES; l++) v[l] = table[i[l] & 15];
  return v;
}
#else
#define look_up LOOK_UP
#endif

// A polynomial for each of 16 pieces; from 9.0109 on the result is 1.
INLINE floats tanh_floats(floats x) {
  floats a = magnitude(x);
  floats bounded = choose(a < 9.1875f, a, broadcast(9.1875f));
  floats shifted = FMA(bounded, broadcast(0x1.af286cp0f), broadcast(ROUNDER));
  floats t = FMA(shifted - ROUNDER, broadcast(-0.59375f), bounded);
  ints piece = (ints)shifted;
  floats y = look_up(TANH_PIECES[7], piece);
  for (int i = 6; i >= 0; i--) y = FMA(y, t, look_up(TANH_PIECES[i], piece));
  y = choose(a > 9.0109f, broadcast(1.0f), y);
  return choose(x != x, broadcast(NOT_A_NUMBER), with_sign_of(y, x));
}

// exp of |x| <= 700; anything may come out of a NaN
INLINE doubles exp_doubles(doubles x) {
  doubles shifted = x * 0x1.71547652b82fep0 + ROUNDER_DOUBLE;
  doubles n = shifted - ROUNDER_DOUBLE;
  // the first part of ln 2 has 32 bits, n at most 11: their product is exact
  doubles r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
  doubles p = broadcast_double(EXP_DOUBLE[10]);
  for (int i = 9; i >= 0; i--) p = p * r + EXP_DOUBLE[i];
  p = 1.0 + (r + r * r * p);
  longs exponent = ((longs)shifted - (longs)broadcast_double(ROUNDER_DOUBLE) + 1023) << 52;
  return p * (doubles)exponent;
}

// log of a positive normal number; anything may come out of the rest
INLINE doubles log_doubles(doubles x) {
  // 2^k · m with m from √½ to √2; the biased exponent becomes a float64 through the last bits of 2^52
  const int64_t root_half = 0x3fe6a09e667f3bcd;
  long_words above = (long_words)x - root_half + (0x400ull << 52);
  long_words biased = above >> 52;
  doubles k = (doubles)(biased | 0x4330000000000000ull) - (0x1p52 + 1024.0);
  doubles m = (doubles)((longs)x - (((longs)biased - 0x400) << 52));
  doubles s = (m - 1.0) / (m + 1.0);
  doubles z = s * s;
  doubles p = broadcast_double(LOG_DOUBLE[7]);
  for (int i = 6; i >= 0; i--) p = p * z + LOG_DOUBLE[i];
  return k * 0x1.62e42feep-1 + (2.0 * s + (s * z * p + k * 0x1.a39ef35793c76p-33));
}

INLINE floats log_floats(floats x) {
  floats y = narrow(log_doubles(widen(x)));
  y = choose(x == __builtin_inff(), x, y);
  y = choose(x == 0.0f, broadcast(-__builtin_inff()), y);
  y = choose(x < 0.0f, broadcast(NOT_A_NUMBER), y);
  return choose(x != x, x, y);
}

// for |x| <= 2^20 (then both products with n are exact enough), NaN beyond
INLINE floats sin_floats(floats x) {
  doubles wide = widen(choose(magnitude(x) <= 0x1p20f, x, broadcast(0.0f)));
  doubles shifted = wide * 0x1.45f306dc9c883p-1 + ROUNDER_DOUBLE;
  doubles n = shifted - ROUNDER_DOUBLE;
  // π / 2 in two parts, the first of 33 bits
  doubles r = (wide - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34;
  doubles z = r * r;
  doubles s = broadcast_double(SIN_DOUBLE[6]);
  doubles c = broadcast_double(COS_DOUBLE[6]);
  for (int i = 5; i >= 0; i--) {
    s = s * z + SIN_DOUBLE[i];
    c = c * z + COS_DOUBLE[i];
  }
  s = r + r * z * s;
  c = (1.0 - 0.5 * z) + z * z * c;
  longs quadrant = (longs)shifted;
  doubles y = choose_double(-(quadrant & 1), c, s);
  y = (doubles)((longs)y ^ ((quadrant & 2) << 62));
  floats sine = choose(magnitude(x) <= 0x1p20f, narrow(y), broadcast(NOT_A_NUMBER));
  // sin(-0) is -0, which the reduction would lose
  return choose(x == 0.0f, x, sine);
}

// erfc(|x|) = exp(-x²) P(t) / (1 + |x|), from 1 on; beyond 10 it is below anything float32 holds beside 1
INLINE doubles erfc_doubles(doubles a) {
  a = choose_double(a < 10.0, a, broadcast_double(10.0));
  doubles t = (a - 2.0) / (a + 2.0);
  doubles p = broadcast_double(ERFC_DOUBLE[20]);
  for (int i = 19; i >= 0; i--) p = p * t + ERFC_DOUBLE[i];
  return exp_doubles(-(a * a)) * p / (1.0 + a);
}
INLINE doubles erf_below_one(doubles x) {
  doubles z = x * x;
  doubles p = broadcast_double(ERF_DOUBLE[12]);
  for (int i = 11; i >= 0; i--) p = p * z + ERF_DOUBLE[i];
  return x * p;
}

// Φ(x) = ½ (1 + erf(x / √2)), without cancellation on the negative side
INLINE doubles normal_distribution(doubles x) {
  doubles u = x * 0x1.6a09e667f3bcdp-1;
  doubles a = magnitude_double(u);
  doubles tail = 0.5 * erfc_doubles(a);
  doubles outer = choose_double(u < 0.0, tail, 1.0 - tail);
  return choose_double(a < 1.0, 0.5 + 0.5 * erf_below_one(u), outer);
}
// From here on Φ(-x) · x is below the smallest float32 beside x, and x² would overflow exp_doubles.
#define GELU_BOUND 14.0f

// x Φ(x) (Hendrycks, Gimpel 2016; the exact form, PyTorch's default). -inf gives NaN, as there: -inf · 0.
INLINE floats gelu_floats(floats x) {
  floats y = narrow(widen(x) * normal_distribution(widen(x)));
  y = choose(x > GELU_BOUND, x, y);
  y = choose(x < -GELU_BOUND, x * 0.0f, y);
  return choose(x != x, x, y);
}
// Φ(x) + x φ(x)
INLINE floats gelu_slope_floats(floats x) {
  floats inside = choose(magnitude(x) <= GELU_BOUND, x, broadcast(0.0f));
  doubles wide = widen(inside);
  doubles density = exp_doubles(-0.5 * wide * wide) * 0x1.9884533d43651p-2;
  floats y = narrow(normal_distribution(wide) + wide * density);
  y = choose(x > GELU_BOUND, broadcast(1.0f), y);
  y = choose(x < -GELU_BOUND, broadcast(0.0f), y);
  // PyTorch multiplies x by the density, which is infinity · 0 here
  return choose(x - x != 0.0f, broadcast(NOT_A_NUMBER), y);
}

// NaN stays NaN and -0 stays -0, as in PyTorch
INLINE floats relu_floats(floats x) { return choose(x < 0.0f, broadcast(0.0f), x); }

// |x|^y in float64 for float32 x: exact enough that rounding to float32 is the only error that counts
INLINE doubles power_of_magnitude(floats x, double y) {
  doubles a = magnitude_double(widen(x));
  doubles exponent = log_doubles(a) * y;
  // beyond ±200 float32 is long at infinity or zero
  exponent = choose_double(exponent > 200.0, broadcast_double(200.0), exponent);
  exponent = choose_double(exponent < -200.0, broadcast_double(-200.0), exponent);
  doubles value = exp_doubles(exponent);
  double at_zero = y > 0 ? 0.0 : __builtin_inf();
  double at_infinity = y > 0 ? __builtin_inf() : 0.0;
  value = choose_double(a == 0.0, broadcast_double(at_zero), value);
  value = choose_double(a == __builtin_inf(), broadcast_double(at_infinity), value);
  value = choose_double(a != a, a, value);
  if (y == 0) value = broadcast_double(1.0);
  if (y != y) value = broadcast_double(y);
  if (y - y != 0 && y == y) value = choose_double(a == 1.0, broadcast_double(1.0), value);
  return value;
}
