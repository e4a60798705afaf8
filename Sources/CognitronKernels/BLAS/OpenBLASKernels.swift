// Making OpenBLAS choose its kernels again.

import COpenBLAS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The kernels of the OpenBLAS that this program is linked with.
///
/// Called once, before the first product of this package: while OpenBLAS chooses again it has no kernels at all, so that
/// a product that another part of the program makes at that very moment would crash. That can only happen where the
/// library's own choice was too narrow.
enum OpenBLASKernels {
    /// What was found and done.
    struct Outcome {
        /// The core whose kernels multiply from here on.
        var core: String
        var choice: KernelChoice
    }

    /// The core that OpenBLAS uses kernels for.
    static var core: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

    /// Chooses kernels as wide as the processor where OpenBLAS has not, and where that is possible.
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

    /// Takes the first of `cores` unless another, or the library's own, is clearly faster: times that differ by
    /// noise alone must not decide, since the kernels decide the last bits of every result.
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

    /// How many times as fast is worth other kernels than the preferred ones. Half the width costs half the speed; on
    /// processors that take AVX-512 in two halves both are alike.
    private static let clearly = 1.25

    /// Makes OpenBLAS use the kernels for `core`; false where it does not.
    private static func use(_ wanted: String) -> Bool {
        guard let functions else { return false }
        setenv(variable, wanted, 1)
        functions.quit()
        functions.initialize()
        unsetenv(variable)  // not a user's choice to the programs that this one starts
        return core.lowercased() == wanted.lowercased()
    }

    private static let variable = "OPENBLAS_CORETYPE"

    private typealias Function = @convention(c) () -> Void

    /// `gotoblas_dynamic_quit` forgets which kernels are used, `gotoblas_dynamic_init` chooses. nil where the library
    /// has one kind of kernels only, or does not show its functions.
    private static let functions: (quit: Function, initialize: Function)? = {
        guard let quit = dlsym(nil, "gotoblas_dynamic_quit"),
            let initialize = dlsym(nil, "gotoblas_dynamic_init")
        else { return nil }
        return (unsafeBitCast(quit, to: Function.self), unsafeBitCast(initialize, to: Function.self))
    }()
}

/// How fast one thread multiplies with the library as it is, and whether rightly.
enum ProductRate {
    private static let size = 256

    /// GFLOP/s of a product of 256 × 256 matrices, the best of some, so that a moment in which another process has the
    /// core does not count; nil where the product is wrong. About 1 ms, or 20 with plain loops.
    static func measure() -> Double? {
        // Row i of a holds i % 8 + 1, column j of b holds j % 4 + 1: sums are exact, and any misplaced number shows.
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
                // Not by BLAS.multiply, which waits for the answer.
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
