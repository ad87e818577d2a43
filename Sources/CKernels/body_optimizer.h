// The optimizers' updates of one parameter. Each returns the sum of the squares of what it changed, for the length of the
// step: the difference, its square and eight squares one after the other in float32, these sums in float64.

#define CHANGES_TOGETHER (8 * LANES)
#define UPDATE_VECTOR(weight, ...)                                                                \
  floats w = read((weight) + i, width);                                                           \
  floats before = w;                                                                              \
  __VA_ARGS__;                                                                                    \
  write((weight) + i, w, width);                                                                  \
  floats change = w - before
#define UPDATE(n, weight, ...)                                                                    \
  doubles total = {};                                                                             \
  size_t i = 0;                                                                                   \
  while (i < (n)) {                                                                               \
    floats squares = {};                                                                          \
    if ((n) - i >= CHANGES_TOGETHER) {                                                            \
      const size_t width = LANES;                                                                 \
      for (size_t end = i + CHANGES_TOGETHER; i < end; i += LANES) {                              \
        UPDATE_VECTOR(weight, __VA_ARGS__);                                                       \
        squares += change * change;                                                               \
      }                                                                                           \
    } else {                                                                                      \
      for (; i < (n); i += LANES) {                                                               \
        size_t width = (n) - i < LANES ? (n) - i : LANES;                                         \
        UPDATE_VECTOR(weight, __VA_ARGS__);                                                       \
        /* what stands behind the end may be anything: without ε, 0 / 0 */                        \
        change = first_of(change, width);                                                         \
        squares += change * change;                                                               \
      }                                                                                           \
    }                                                                                             \
    total += widen(squares);                                                                      \
  }                                                                                               \
  return tree(total);

// d = g + λ w; b = μ b + (1 - τ) d, the first time b = d; w -= lr (nesterov ? d + μ b : b). Without momentum b is d.
static double sgd(size_t n, const struct ck_sgd *o, const float *gradient, float *momentum, float *weight) {
  floats rate = broadcast(-o->rate);
  UPDATE(n, weight, {
    floats d = read(gradient + i, width);
    if (o->decay != 0) d = FMA(w, broadcast(o->decay), d);
    if (momentum != NULL) {
      floats b = o->is_first ? d : FMA(d, broadcast(o->share), read(momentum + i, width) * o->momentum);
      write(momentum + i, b, width);
      d = o->nesterov ? FMA(b, broadcast(o->momentum), d) : b;
    }
    w = FMA(d, rate, w);
  })
}

// torch.lerp goes from whichever end is nearer.
INLINE floats mixed(floats start, floats end, float share) {
  return share < 0.5f ? start + share * (end - start) : end - (end - start) * (1.0f - share);
}

// g += λ w; m += (1 - β₁)(g - m); v = β₂ v + (1 - β₂) g²; w += size · m / (√v / root + ε). `shrink` comes first.
static double adam(size_t n, const struct ck_adam *o, const float *gradient, float *mean, float *square, float *weight) {
  UPDATE(n, weight, {
    w = w * o->shrink;
    floats g = read(gradient + i, width);
    if (o->decay != 0) g = g + o->decay * w;
    floats m = mixed(read(mean + i, width), g, o->mean_share);
    floats v = o->square_kept * read(square + i, width) + o->square_share * g * g;
    write(mean + i, m, width);
    write(square + i, v, width);
    w = w + o->size * (m / (root(v) / o->root + o->epsilon));
  })
}

// v = α v + (1 - α) g²; w -= lr g / (√v + ε)
static double rmsprop(size_t n, float rate, float kept, float share, float epsilon, const float *gradient, float *square,
                      float *weight) {
  UPDATE(n, weight, {
    floats g = read(gradient + i, width);
    floats v = kept * read(square + i, width) + share * g * g;
    write(square + i, v, width);
    w = w - rate * (g / (root(v) + epsilon));
  })
}
