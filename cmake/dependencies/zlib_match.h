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

/* Puts the strings inside a match, up to that at `last`, into the table of strings: half of all the
 * work where most of what comes has come before. Their count is used up, so that zlib's own loop,
 * which keeps its place in memory, ends. 0. */
static int waymark_insert_all(deflate_state* s, unsigned last) {
  const unsigned char* const window = s->window;
  Pos* const head = s->head;
  Pos* const prev = s->prev;
  unsigned hash = s->ins_h;
  unsigned at = s->strstart;
  s->strstart += s->prev_length;
  s->prev_length = 1;
  if (last > s->strstart) last = s->strstart;
  while (at < last) {
    ++at;
    hash = (hash << 5 ^ window[at + 2]) & 32767u;
    prev[at & 32767u] = head[hash];
    head[hash] = (Pos)at;
  }
  s->ins_h = hash;
  return 0;
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
