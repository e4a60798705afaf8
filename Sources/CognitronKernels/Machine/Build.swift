// How the program was compiled.

package enum Build {
    /// `release` or `debug`.
    package static var mode: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// Whether the arithmetic is optimised: in a checkout of this package also in debug builds, elsewhere only in
    /// release builds.
    package static var isOptimized: Bool { !_isDebugAssertConfiguration() }
}
