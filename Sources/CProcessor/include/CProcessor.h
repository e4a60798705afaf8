// What Swift does not reach of the processor: the instructions that the program may use, the floating-point
// control word, and stores past the caches.
#pragma once

// The widest vectors that the compiler was allowed (-march): AVX-512, AVX2, SSE2, NEON.
const char *cognitron_instructions(void);

// Vectors that this processor can fuse a multiplication and an addition of: 16, 8 or 4 floats; 0 where that is not known.
int cognitron_multiply_add_lanes(void);

// Does `rounds` rounds of independent fused multiplications and additions of vectors of `lanes` floats, no more than
// cognitron_multiply_add_lanes says. Returns how many operations those were; `result` keeps the compiler from leaving
// them out.
long cognitron_multiply_add(int lanes, long rounds, float *result);

// The floating-point control word. The C library (fegetenv, fesetenv) saves and loads the whole environment
// with it, which takes longer than the small loops it would stand around. In assembly, volatile and with a
// clobber of memory, so that the compiler neither drops an access nor moves one across another or across loads
// and stores: to it the intrinsics are plain functions of their arguments.
#if defined(__x86_64__)

// MXCSR: flush to zero, denormals are zero.
#define COGNITRON_FLUSH_DENORMALS 0x8040UL
static inline unsigned long cognitron_float_control(void) {
    unsigned word;
    __asm__ volatile("stmxcsr %0" : "=m"(word) : : "memory");
    return word;
}
static inline void cognitron_set_float_control(unsigned long word) {
    unsigned low = (unsigned)word;
    __asm__ volatile("ldmxcsr %0" : : "m"(low) : "memory");
}

#elif defined(__aarch64__)

// FPCR: flush to zero.
#define COGNITRON_FLUSH_DENORMALS 0x1000000UL
static inline unsigned long cognitron_float_control(void) {
    unsigned long word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word) : : "memory");
    return word;
}
static inline void cognitron_set_float_control(unsigned long word) {
    __asm__ volatile("msr fpcr, %0" : : "r"(word) : "memory");
}

#else

#define COGNITRON_FLUSH_DENORMALS 0UL
static inline unsigned long cognitron_float_control(void) { return 0; }
static inline void cognitron_set_float_control(unsigned long word) { (void)word; }

#endif

// Eight floats are written to memory without a look into the caches; `p` is a multiple of 32 bytes.
typedef float cognitron_eight_floats __attribute__((ext_vector_type(8)));
static inline __attribute__((always_inline)) void cognitron_stream(float *p, cognitron_eight_floats v) {
    __builtin_nontemporal_store(v, (cognitron_eight_floats *)p);
}

// What was so written comes before all that this thread writes from here on.
static inline __attribute__((always_inline)) void cognitron_stream_end(void) {
#if defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}

// Tell ThreadSanitizer, where the program runs under it, that a lock is held from here on or is given up; `lock` is
// an address that belongs to the lock.
void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));
static inline void cognitron_lock_taken(void *lock) {
    if (__tsan_acquire) __tsan_acquire(lock);
}
static inline void cognitron_lock_returned(void *lock) {
    if (__tsan_release) __tsan_release(lock);
}
