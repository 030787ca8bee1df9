// The same checksum on processors with carry-less multiplication, as nearly all tills have: 64
// bytes take one step. Of the three forms of crc32.h the build links one; this one stands on zlib's
// for short texts and old processors.
//
// The way is that of Gopal and others, "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction" (Intel, 2009): what stands far ahead is folded onto what stands behind it,
// modulo the polynomial; the constants are theirs for the reflected one of gzip.
#include <smmintrin.h>
#include <wmmintrin.h>
#include <zlib.h>

#include "codec/crc32.h"

namespace waymark {
namespace {

constexpr size_t kStepBytes = 64;
constexpr size_t kLaneBytes = 16;

[[gnu::target("pclmul,sse4.1")]] __m128i Load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// `lane`, moved ahead by the distance that `factors` stand for, onto `next`.
[[gnu::target("pclmul,sse4.1")]] __m128i Fold(__m128i lane, __m128i factors, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(lane, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(lane, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

// 128 bits to 64, to 32 by Barrett's reduction.
[[gnu::target("pclmul,sse4.1")]] uint32_t Reduce(__m128i lane, __m128i by_lane) {
  const __m128i low_words = _mm_setr_epi32(~0, 0, ~0, 0);
  __m128i moved = _mm_clmulepi64_si128(lane, by_lane, 0x10);
  lane = _mm_xor_si128(_mm_srli_si128(lane, 8), moved);
  const __m128i last = _mm_set_epi64x(0, 0x163cd6124);
  moved = _mm_srli_si128(lane, 4);
  lane = _mm_clmulepi64_si128(_mm_and_si128(lane, low_words), last, 0x00);
  lane = _mm_xor_si128(lane, moved);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  moved = _mm_clmulepi64_si128(_mm_and_si128(lane, low_words), polynomial, 0x10);
  moved = _mm_clmulepi64_si128(_mm_and_si128(moved, low_words), polynomial, 0x00);
  return static_cast<uint32_t>(_mm_extract_epi32(_mm_xor_si128(lane, moved), 1));
}

// Of a text of 64 bytes or more, in whole lanes. Both checksums are the inverted ones.
[[gnu::target("pclmul,sse4.1")]] uint32_t FoldAll(std::string_view bytes, uint32_t crc) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  __m128i lanes[4];
  for (size_t i = 0; i < 4; ++i) lanes[i] = Load(at + i * kLaneBytes);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(static_cast<int>(crc)));
  const __m128i by_step = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  for (at += kStepBytes; at + kStepBytes <= end; at += kStepBytes) {
    for (size_t i = 0; i < 4; ++i) lanes[i] = Fold(lanes[i], by_step, Load(at + i * kLaneBytes));
  }
  const __m128i by_lane = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  __m128i lane = lanes[0];
  for (size_t i = 1; i < 4; ++i) lane = Fold(lane, by_lane, lanes[i]);
  for (; at < end; at += kLaneBytes) lane = Fold(lane, by_lane, Load(at));
  return Reduce(lane, by_lane);
}

}  // namespace

uint32_t Crc32(std::string_view bytes, uint32_t crc) {
  if (bytes.size() >= kStepBytes && __builtin_cpu_supports("pclmul") &&
      __builtin_cpu_supports("sse4.1")) {
    const size_t whole = bytes.size() / kLaneBytes * kLaneBytes;
    crc = ~FoldAll(bytes.substr(0, whole), ~crc);
    bytes.remove_prefix(whole);
  }
  return static_cast<uint32_t>(
      crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace waymark
