// Whether the processor has the instructions that this program was compiled for. In C, because a function of Swift's cannot run
// before all others; compiled with the same -march as they are.

#include "CProcessor.h"

#if defined(__AVX512F__)
#define INSTRUCTIONS "AVX-512"
#elif defined(__AVX2__)
#define INSTRUCTIONS "AVX2"
#elif defined(__AVX__)
#define INSTRUCTIONS "AVX"
#elif defined(__x86_64__)
#define INSTRUCTIONS "SSE2"
#elif defined(__aarch64__)
#define INSTRUCTIONS "NEON"
#else
#define INSTRUCTIONS "no vectors"
#endif

const char *cognitron_instructions(void) { return INSTRUCTIONS; }

#if defined(__AVX__) && defined(__linux__)

#include <unistd.h>

// Ends the program with a message where the processor, or the system, lacks what it was compiled for. Without it the end would
// come as well, at the first instruction that is not there, and say nothing. Runs when the program is loaded; its own
// instructions are those of every x86-64.
__attribute__((constructor, target("no-avx"))) static void require_instructions(void) {
    static const char message[] =
        "error: this program was built for processors with " INSTRUCTIONS ", which this one lacks: build it on this machine, "
        "or with COGNITRON_MARCH=x86-64 for any\n";
    __builtin_cpu_init();
    int suits = __builtin_cpu_supports("avx");
#if defined(__AVX2__)
    suits = suits && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#if defined(__AVX512F__)
    suits = suits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
    if (suits) return;
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    _exit(written < 0 ? 2 : 1);
}

#endif
