// Numbers below 2⁻¹²⁶ cost a hundred cycles each and matter to no network: the workers treat them as zero.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

enum Denormals {
    /// Makes this thread flush denormals to zero and returns what `restore` needs to undo it.
    static func flush() -> fenv_t {
        var environment = fenv_t()
        fegetenv(&environment)
        var flushing = environment
        #if arch(x86_64) && canImport(Glibc)
            flushing.__mxcsr |= 0x8040  // flush to zero, denormals are zero
        #elseif arch(x86_64)
            flushing.__mxcsr |= 0x8040
        #elseif arch(arm64)
            flushing.__fpcr |= 1 << 24
        #endif
        fesetenv(&flushing)
        return environment
    }

    static func restore(_ environment: fenv_t) {
        var environment = environment
        fesetenv(&environment)
    }
}
