// Prints for each kernel and each kind of input a digest of the bits that come out:
//
//     digests NAME        OPERATION INPUTS DIGEST NAN UNUSUAL
//
// NAN counts results that are NaN; UNUSUAL those of them that are not the canonical NaN, 0x7fc00000, though they were
// computed. The digest takes every NaN for the canonical one, so that it tells other differences by themselves.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "operations.h"

struct tally { uint64_t digest; int nans, unusual; };

static void count(struct tally *tally, uint64_t bits, uint64_t infinity, uint64_t canonical) {
  bool is_nan = (bits & (infinity | (infinity - 1))) > infinity;
  tally->nans += is_nan;
  tally->unusual += is_nan && bits != canonical;
  tally->digest = (tally->digest ^ (is_nan ? canonical : bits)) * 0x9fb21c651e98df25u;
  tally->digest ^= tally->digest >> 29;
}

int main(int argc, char **argv) {
  const struct ck_kernels *kernels = argc == 2 ? ck_find(argv[1]) : NULL;
  if (kernels == NULL) {
    fprintf(stderr, "digests: give the name of kernels that this processor has\n");
    return 2;
  }
  static struct arena arena;
  const char *kinds[] = {"calm", "infinite", "mixed", "special"};
  for (int i = 0; i < operation_count; i++)
    for (int kind = 0; kind < 4; kind++) {
      fill(&arena, kinds[kind]);
      memset(arena.out, 0, sizeof arena.out);
      arena.number = 0;
      operations[i].run(kernels, &arena);
      struct tally tally = {1, 0, 0};
      uint64_t bits = 0;
      for (int j = 0; j < COUNT; j++) {
        bits = 0;
        memcpy(&bits, arena.out + j, 4);
        count(&tally, bits, 0x7f800000, 0x7fc00000);
      }
      memcpy(&bits, &arena.number, 8);
      count(&tally, bits, 0x7ff0000000000000u, 0x7ff8000000000000u);
      printf("%-22s %-8s %016" PRIx64 " %6d %6d\n", operations[i].name, kinds[kind], tally.digest, tally.nans,
             operations[i].moves ? 0 : tally.unusual);
    }
  return 0;
}
