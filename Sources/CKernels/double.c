// Elementary functions in float64, one value at a time: for single normal draws and for norms of float64 values.
// Only + - · / and bits; the compiler may not fuse any of it, so the bits are the same everywhere.

#include "include/CKernels.h"
#include "polynomials.h"

#pragma STDC FP_CONTRACT OFF

#define NOT_A_NUMBER __builtin_nan("")
#define INFINITE __builtin_inf()
#define LN2_HIGH 0x1.62e42feep-1  // 32 bits: a product with an exponent is exact
#define LN2_LOW 0x1.a39ef35793c76p-33

// An unevaluated sum of two float64, the second at most half an ulp of the first.
struct sum { double high, low; };

static int64_t bits_of(double x) {
  int64_t bits;
  __builtin_memcpy(&bits, &x, sizeof bits);
  return bits;
}
static double from_bits(int64_t bits) {
  double x;
  __builtin_memcpy(&x, &bits, sizeof x);
  return x;
}
static double magnitude(double x) { return from_bits(bits_of(x) & INT64_MAX); }
static double power_of_two(int64_t n) { return from_bits((n + 1023) << 52); }

// a + b exactly (Knuth)
static struct sum exact_sum(double a, double b) {
  double high = a + b;
  double part = high - a;
  return (struct sum){high, (a - (high - part)) + (b - part)};
}
// a · b exactly (Dekker; the factors split in halves of 26 bits), below 2^996
static struct sum exact_product(double a, double b) {
  double high = a * b;
  double a_split = a * 134217729.0, b_split = b * 134217729.0;
  double a_high = a_split - (a_split - a), b_high = b_split - (b_split - b);
  double a_low = a - a_high, b_low = b - b_high;
  return (struct sum){high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

double ck_fma_double(double a, double b, double c) {
  struct sum product = exact_product(a, b);
  struct sum total = exact_sum(product.high, c);
  return total.high + (total.low + product.low);
}

static double canonical(double x) { return x == x ? x : NOT_A_NUMBER; }

double ck_sqrt_double(double x) { return canonical(__builtin_elementwise_sqrt(x)); }

static double polynomial(const double *c, int degree, double x) {
  double p = c[degree];
  for (int i = degree - 1; i >= 0; i--) p = p * x + c[i];
  return p;
}

// exp(x.high + x.low)
static double exp_of_sum(struct sum x) {
  if (x.high != x.high) return NOT_A_NUMBER;
  if (x.high > 710.0) return INFINITE;
  if (x.high < -746.0) return 0.0;
  double shifted = x.high * 0x1.71547652b82fep0 + 0x1.8p52;
  double n = shifted - 0x1.8p52;
  double r = (x.high - n * LN2_HIGH) - (n * LN2_LOW - x.low);
  double value = 1.0 + (r + r * r * polynomial(EXP_DOUBLE, 10, r));
  int64_t exponent = bits_of(shifted) - bits_of(0x1.8p52);
  return value * power_of_two(exponent >> 1) * power_of_two(exponent - (exponent >> 1));
}

double ck_exp_double(double x) { return exp_of_sum((struct sum){x, 0.0}); }

// log of a positive finite number: k ln 2 + log m, m from √½ to √2; log m = 2 s + s³ P(s²), s = (m - 1) / (m + 1).
// The second part of s and of the sum keep 60 bits and more, which a power of many times needs.
static struct sum log_as_sum(double x) {
  int64_t k = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    k = -54;
  }
  int64_t above = bits_of(x) - 0x3fe6a09e667f3bcd;
  int64_t shift = above >> 52;
  double m = from_bits(bits_of(x) - shift * (1ll << 52));
  double count = (double)(k + shift);
  double numerator = m - 1.0;
  struct sum denominator = exact_sum(m, 1.0);
  double s = numerator / denominator.high;
  struct sum product = exact_product(s, denominator.high);
  double s_low = (((numerator - product.high) - product.low) - s * denominator.low) / denominator.high;
  double z = s * s;
  double tail = 2.0 * s_low + (s * z * polynomial(LOG_DOUBLE, 7, z) + count * LN2_LOW);
  struct sum total = exact_sum(count * LN2_HIGH, 2.0 * s);
  return exact_sum(total.high, total.low + tail);
}

double ck_log_double(double x) {
  if (x != x || x == INFINITE) return canonical(x);
  if (x == 0.0) return -INFINITE;
  if (x < 0.0) return NOT_A_NUMBER;
  return log_as_sum(x).high;
}

double ck_log1p_double(double x) {
  if (magnitude(x) < 0x1p-54) return x;  // also keeps -0
  double u = 1.0 + x;
  if (u - u != 0.0 || u <= 0.0) return ck_log_double(u);
  // what 1 + x lost, as far as the logarithm feels it
  return ck_log_double(u) + (x - (u - 1.0)) / u;
}

// sin(x + quarters · π / 2)
static double sine(double x, int64_t quarters) {
  if (!(magnitude(x) <= 0x1p20)) return NOT_A_NUMBER;
  double shifted = x * 0x1.45f306dc9c883p-1 + 0x1.8p52;
  double n = shifted - 0x1.8p52;
  // π / 2 in two parts, the first of 33 bits, so that n · first is exact
  double first = x - n * 0x1.921fb544p0;
  struct sum r = exact_sum(first, -(n * 0x1.0b4611a626331p-34));
  double z = r.high * r.high;
  int64_t quadrant = bits_of(shifted) + quarters;
  double y;
  if (quadrant & 1) {
    // 1 - ½ z rounds; what it lost is put back with the small terms
    double half = 0.5 * z, head = 1.0 - half;
    y = head + (((1.0 - head) - half) + (z * z * polynomial(COS_DOUBLE, 6, z) - r.high * r.low));
  } else {
    y = r.high + (r.high * z * polynomial(SIN_DOUBLE, 6, z) + r.low);
  }
  return quadrant & 2 ? -y : y;
}
double ck_sin_double(double x) { return x == 0.0 ? x : sine(x, 0); }
double ck_cos_double(double x) { return sine(x, 1); }

static bool is_whole(double size) { return size >= 0x1p52 || (size + 0x1p52) - 0x1p52 == size; }

// The cases of C's pow: 1 for x = 1 or y = 0, even beside a NaN.
double ck_pow_double(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return NOT_A_NUMBER;
  double size = magnitude(x), exponent = magnitude(y);
  bool whole = is_whole(exponent);
  bool odd = whole && exponent < 0x1p53 && !is_whole(exponent * 0.5);
  bool negative = bits_of(x) < 0;
  if (negative && !whole && size != 0.0 && size != INFINITE) return NOT_A_NUMBER;
  double value;
  if (size == 1.0) {
    value = 1.0;
  } else if (size == 0.0 || size == INFINITE || exponent == INFINITE) {
    value = (size > 1.0) == (y > 0.0) ? INFINITE : 0.0;
  } else {
    struct sum logarithm = log_as_sum(size);
    if (exponent > 0x1p64) {
      value = (size > 1.0) == (y > 0.0) ? INFINITE : 0.0;
    } else {
      struct sum product = exact_product(y, logarithm.high);
      value = exp_of_sum((struct sum){product.high, product.low + y * logarithm.low});
    }
  }
  return odd && negative ? -value : value;
}
