/* The innermost loops of deflate, where time counts before bytes of code. What they say is what
 * zlib's own say, so the compressed bytes are the same (zlib.cmake). */
#include <stdint.h>
#include <string.h>

/* How far two strings are equal, eight bytes at a time: the first byte behind `scan` that differs
 * from its partner behind `match`; at most `end`, which stands 256 bytes behind `scan`. Reads up to
 * `end`, as zlib does. */
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

/* Whether the string at `match` cannot be equal to that at `scan` for more than `best` bytes, as
 * far as one look at its end and one at its beginning tell. Reads up to `best` and the seven bytes
 * behind `scan`, of which zlib keeps more than it compares. */
static int waymark_no_better(const unsigned char* scan, const unsigned char* match, int best) {
  if (best >= 7) {
    uint64_t a, b;
    memcpy(&a, scan + best - 7, sizeof a);
    memcpy(&b, match + best - 7, sizeof b);
    if (a != b) return 1;
    memcpy(&a, scan, sizeof a);
    memcpy(&b, match, sizeof b);
    return a != b;
  } else if (best >= 3) {
    uint32_t a, b;
    memcpy(&a, scan + best - 3, sizeof a);
    memcpy(&b, match + best - 3, sizeof b);
    if (a != b) return 1;
    memcpy(&a, scan, sizeof a);
    memcpy(&b, match, sizeof b);
    return a != b;
  }
  return match[best] != scan[best] || match[0] != scan[0] || match[1] != scan[1];
}

/* Takes `by` off the `count` places of a table as the window slides; a place before it is none.
 * Forward, so that compilers make vectors of it. 0. */
static unsigned waymark_slide(unsigned short* table, unsigned count, unsigned by) {
  for (unsigned i = 0; i < count; ++i) {
    const unsigned short place = table[i];
    table[i] = (unsigned short)(place >= by ? place - by : 0);
  }
  return 0;
}
