// The most multiplications and additions that one core can do: fused ones on vectors that stay in registers. What
// OpenBLAS's products are compared with. In C, because Swift compiles a file for one set of instructions only.

#include "CProcessor.h"

#if defined(__x86_64__)

#include <immintrin.h>

// Sixteen chains: two units with a latency of four cycles keep eight busy, the rest is slack.
#define CHAINS 16
#define LOOP(type, set, fma)                                                  \
    type sums[CHAINS];                                                        \
    const type half = set(0.5f);                                              \
    for (int i = 0; i < CHAINS; i++) sums[i] = set((float)i);                 \
    for (long round = 0; round < rounds; round++) {                           \
        for (int i = 0; i < CHAINS; i++) sums[i] = fma(sums[i], half, half);  \
    }                                                                         \
    type sum = sums[0];                                                       \
    for (int i = 1; i < CHAINS; i++) sum += sums[i];                          \
    return sum[0];

__attribute__((target("avx512f"))) static float multiply_add_16(long rounds) {
    LOOP(__m512, _mm512_set1_ps, _mm512_fmadd_ps)
}

__attribute__((target("avx2,fma"))) static float multiply_add_8(long rounds) {
    LOOP(__m256, _mm256_set1_ps, _mm256_fmadd_ps)
}

int cognitron_multiply_add_lanes(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return 16;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 8 : 0;
}

long cognitron_multiply_add(int lanes, long rounds, float *result) {
    *result = lanes == 16 ? multiply_add_16(rounds) : multiply_add_8(rounds);
    return 2 * CHAINS * lanes * rounds;
}

#elif defined(__aarch64__)

#include <arm_neon.h>

#define CHAINS 16

int cognitron_multiply_add_lanes(void) { return 4; }

long cognitron_multiply_add(int lanes, long rounds, float *result) {
    float32x4_t sums[CHAINS];
    const float32x4_t half = vdupq_n_f32(0.5f);
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_f32((float)i);
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < CHAINS; i++) sums[i] = vfmaq_f32(half, sums[i], half);
    }
    float32x4_t sum = sums[0];
    for (int i = 1; i < CHAINS; i++) sum = vaddq_f32(sum, sums[i]);
    *result = vgetq_lane_f32(sum, 0);
    return 2 * CHAINS * lanes * rounds;
}

#else

int cognitron_multiply_add_lanes(void) { return 0; }

long cognitron_multiply_add(int lanes, long rounds, float *result) {
    (void)lanes, (void)rounds;
    *result = 0;
    return 0;
}

#endif
