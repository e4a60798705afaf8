// Properties of the build.

import CProcessor

package enum Build {
    /// `release` or `debug`.
    package static var mode: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// Whether the arithmetic is optimised: in a checkout of this package in debug builds too, elsewhere only
    /// in release builds.
    package static var isOptimized: Bool { !_isDebugAssertConfiguration() }

    /// The widest vector instructions of the build: `AVX-512`, `AVX2`, `SSE2`, `NEON`. In a checkout of this
    /// package they are those of the processor that compiled it.
    package static let instructions = String(cString: cognitron_instructions())

    /// Whether a register holds eight floats or more.
    package static let hasWideVectors = instructions.hasPrefix("AVX")
}
