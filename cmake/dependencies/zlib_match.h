/* The innermost loop of deflate: how far two strings are equal, eight bytes at a time. What it says
 * is what zlib's own loop says, so the compressed bytes are the same (zlib.cmake). */
#include <stdint.h>
#include <string.h>

/* The first byte behind `scan` that differs from its partner behind `match`; at most `end`, which
 * stands 256 bytes behind `scan`. Reads up to `end`, as zlib does. */
static unsigned char* waymark_skip_equal(unsigned char* scan, const unsigned char* match,
                                         unsigned char* end) {
  while (++scan, ++match, scan < end) {
    uint64_t a, b;
    memcpy(&a, scan, sizeof a);
    memcpy(&b, match, sizeof b);
    if (a != b) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
      scan += __builtin_ctzll(a ^ b) / 8;
#else
      while (*scan == *match) ++scan, ++match;
#endif
      return scan < end ? scan : end;
    }
    scan += sizeof a - 1;
    match += sizeof a - 1;
  }
  return end;
}
