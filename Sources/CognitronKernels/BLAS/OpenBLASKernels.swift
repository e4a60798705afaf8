// Makes OpenBLAS choose its kernels again.

import COpenBLAS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The kernels of the OpenBLAS that this program is linked with.
///
/// Runs once, before the first product of this package: while OpenBLAS chooses again it has no kernels, so a
/// product on another thread at that moment would crash. This can only happen where the library's own choice
/// is too narrow.
enum OpenBLASKernels {
    /// The result of choosing kernels.
    struct Outcome {
        /// The core whose kernels are used from now on.
        var core: String
        var choice: KernelChoice
    }

    /// The core whose kernels OpenBLAS uses.
    static var core: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

    /// Chooses kernels as wide as the processor's vectors where OpenBLAS did not, if possible.
    static func choose(version: String) -> Outcome {
        let own = core
        let choice = KernelChoice(
            KernelSituation(
                version: version, core: own, processor: .current, isSetByUser: getenv(variable) != nil,
                canChooseAgain: functions != nil,
                hasKernels: { dlsym(nil, "gotoblas_\($0.uppercased())") != nil }))
        guard case .tryCores(let cores) = choice else { return Outcome(core: own, choice: choice) }
        return choose(among: cores, insteadOf: own, choice)
    }

    /// Takes the first of `cores` unless another, or the library's own, is clearly faster: noise in the
    /// timings must not decide, since the kernels determine the last bits of every result.
    private static func choose(among cores: [String], insteadOf own: String, _ choice: KernelChoice)
        -> Outcome
    {
        var rates = [(core: own, rate: ProductRate.measure() ?? 0)]
        for core in cores where use(core) {
            if let rate = ProductRate.measure() { rates.append((core, rate)) }
        }
        let fastest = rates.map(\.rate).max() ?? 0
        let preferred = rates.dropFirst() + rates.prefix(1)
        let best = preferred.first { $0.rate * clearly >= fastest } ?? rates[0]
        let isUsed = use(best.core)
        return Outcome(
            core: core, choice: isUsed && best.core != own ? choice : .refuse(.noBetterKernels))
    }

    /// The speed-up that justifies kernels other than the preferred ones. Half the width costs half the
    /// speed; on processors that execute AVX-512 in two halves both are equal.
    private static let clearly = 1.25

    /// Makes OpenBLAS use the kernels for `core`; false if it does not.
    private static func use(_ wanted: String) -> Bool {
        guard let functions else { return false }
        setenv(variable, wanted, 1)
        functions.quit()
        functions.initialize()
        unsetenv(variable)  // child processes must not inherit it
        return core.lowercased() == wanted.lowercased()
    }

    private static let variable = "OPENBLAS_CORETYPE"

    private typealias Function = @convention(c) () -> Void

    /// `gotoblas_dynamic_quit` drops the chosen kernels, `gotoblas_dynamic_init` chooses. nil where the
    /// library was built for one core, or does not export its functions.
    private static let functions: (quit: Function, initialize: Function)? = {
        guard let quit = dlsym(nil, "gotoblas_dynamic_quit"),
            let initialize = dlsym(nil, "gotoblas_dynamic_init")
        else { return nil }
        return (unsafeBitCast(quit, to: Function.self), unsafeBitCast(initialize, to: Function.self))
    }()
}

/// Measures the speed of single-threaded products with the current kernels, and checks the result.
enum ProductRate {
    private static let size = 256

    /// GFLOP/s of a product of 256 × 256 matrices, the best of several runs, so that other processes matter
    /// less; nil where the product is wrong. Takes about 1 ms, or 20 with plain loops.
    static func measure() -> Double? {
        // Row i of a holds i % 8 + 1, column j of b holds j % 4 + 1: sums are exact, and misplaced values
        // change the result.
        var operands = [Float](repeating: 0, count: 2 * size * size)
        for i in 0..<size * size {
            operands[i] = Float(i / size % 8 + 1)
            operands[size * size + i] = Float(i % size % 4 + 1)
        }
        var result = [Float](repeating: 0, count: size * size)
        let n = blasint(size)
        let timing = operands.withUnsafeBufferPointer { operands in
            Timing(repetitions: 3) {
                guard let a = operands.baseAddress else { return }
                // BLAS.multiply would wait for this very measurement.
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, a + size * size, n, 0,
                    &result, n)
            }
        }
        let isRight = result.indices.allSatisfy {
            result[$0] == Float(size * ($0 / size % 8 + 1) * ($0 % size % 4 + 1))
        }
        return isRight ? 2e-9 * Double(size * size * size) / timing.fastest : nil
    }
}
