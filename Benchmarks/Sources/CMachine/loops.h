// The loops for one instruction set; the including file defines NAME(loop), LANES and MULTIPLY_ADD.

#define REGISTERS 12  // more than latency times units, and with two constants no more than AVX2's 16 registers

typedef float NAME(vector) __attribute__((vector_size(LANES * 4)));
typedef float NAME(unaligned) __attribute__((vector_size(LANES * 4), aligned(4)));

float NAME(multiply_add)(size_t rounds) {
  NAME(vector) sums[REGISTERS], factor = 0.999f - (NAME(vector)){}, term = 0.001f - (NAME(vector)){};
#pragma clang loop unroll(full)
  for (int i = 0; i < REGISTERS; i++) sums[i] = (float)i - (NAME(vector)){};
  for (size_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < REGISTERS; i++) sums[i] = MULTIPLY_ADD(sums[i], factor, term);
  }
  NAME(vector) total = sums[0];
  for (int i = 1; i < REGISTERS; i++) total += sums[i];
  float result = 0;
  for (int lane = 0; lane < LANES; lane++) result += total[lane];
  return result;
}

float NAME(read)(size_t n, const float *data) {
  NAME(vector) sums[4] = {};
  for (size_t i = 0; i < n; i += 4 * LANES)
    for (int v = 0; v < 4; v++) sums[v] += *(const NAME(unaligned) *)(data + i + v * LANES);
  float result = 0;
  for (int lane = 0; lane < LANES; lane++) result += sums[0][lane] + sums[1][lane] + sums[2][lane] + sums[3][lane];
  return result;
}

void NAME(update)(size_t n, float *data) {
  for (size_t i = 0; i < n; i += 4 * LANES)
    for (int v = 0; v < 4; v++) {
      NAME(unaligned) *place = (NAME(unaligned) *)(data + i + v * LANES);
      *place = -*place;
    }
}

#undef REGISTERS
#undef NAME
#undef LANES
#undef MULTIPLY_ADD
