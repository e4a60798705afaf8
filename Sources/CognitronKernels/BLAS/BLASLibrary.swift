// Which library multiplies the matrices, and whether it is one that is good at it.

import COpenBLAS

/// The library that `cblas_sgemm` comes from.
///
/// Programs are linked with `-lopenblas`, whose soname (`libopenblas.so.0`) Debian's alternatives for `libblas.so.3` do
/// not touch: without OpenBLAS a program does not start. But `libblas.so.3`, the reference BLAS, defines `cblas_sgemm`
/// too, and the dynamic linker takes the first there is: preloaded, or linked before OpenBLAS by another package of
/// the program, the reference multiplies while `openblas_get_config` still answers for OpenBLAS. So asking OpenBLAS
/// about itself, or looking for its symbols, proves nothing; what counts is whether both functions lie in one file.
/// Where they do not, the other library may still be a good one (BLIS, MKL): it is timed.
package struct BLASLibrary: Equatable, Sendable {
    /// `OpenBLAS 0.3.21`, or that it is another one.
    package var name: String
    /// The processor that OpenBLAS chose its kernels for, as it calls it; nil for another library.
    package var core: String?
    /// The file that products come from; nil where the system does not say.
    package var path: String?
    /// Plain loops, or no faster.
    package var isReference: Bool

    package init(name: String, core: String?, path: String?, isReference: Bool) {
        (self.name, self.core, self.path, self.isReference) = (name, core, path, isReference)
    }

    package static let current: BLASLibrary = {
        let sgemm = file(of: cognitron_address_of_sgemm())
        let openBLAS = file(of: cognitron_address_of_openblas())
        guard sgemm?.base == openBLAS?.base else {
            let isReference = productRate() < slowestGoodRate
            return BLASLibrary(
                name: isReference ? "reference BLAS" : "another library than OpenBLAS", core: nil,
                path: sgemm?.path,
                isReference: isReference)
        }
        let configuration = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
        return BLASLibrary(
            name: configuration.split(separator: " ").prefix(2).joined(separator: " "),
            core: openblas_get_corename().map { String(cString: $0) } ?? "unknown", path: sgemm?.path,
            isReference: false)
    }()

    /// Threads that OpenBLAS itself would use for a product, once it is prepared for ours.
    package static var ownThreads: Int {
        _ = BLAS.isPrepared
        return Int(openblas_get_num_threads())
    }

    /// Whether small products read their operands where they lie instead of packing them first: OpenBLAS has had kernels
    /// for that since 0.3.18, for processors with AVX-512.
    static let multipliesUnpacked: Bool = {
        guard let core = current.core, ["SkylakeX", "Cooperlake", "SapphireRapids"].contains(core) else {
            return false
        }
        // Named after the core in a library for several; older ones have neither.
        let permit = "sgemm_small_matrix_permit"
        return dlsym(nil, "\(permit)_\(core.uppercased())") != nil || dlsym(nil, permit) != nil
    }()

    /// OpenBLAS, or another library in its place.
    package var isOpenBLAS: Bool { core != nil }

    /// Name and kernels, for people.
    package var description: String { core.map { "\(name), \($0) kernels" } ?? name }

    /// Whether the kernels use no AVX2: those of x86 processors before 2013, and what OpenBLAS falls back to for one
    /// that it does not know (Prescott). A name that is not here is that of a later one.
    package var hasOldKernels: Bool {
        core.map { Self.coresWithoutAVX2.contains($0.lowercased()) } ?? false
    }

    /// OpenBLAS's `driver/others/dynamic.c` and `cpuid_x86.c`.
    private static let coresWithoutAVX2: Set = [
        "generic", "unknown", "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2",
        "penryn",
        "dunnington", "nehalem", "athlon", "opteron", "opteron_sse3", "barcelona", "nano", "sandybridge",
        "bobcat", "bulldozer", "piledriver", "steamroller",
    ]
}

// Finding out.
extension BLASLibrary {
    private static func file(of address: UnsafeRawPointer?) -> (
        base: UnsafeMutableRawPointer?, path: String?
    )? {
        var place = cognitron_place()
        guard let address, cognitron_dladdr(address, &place) != 0 else { return nil }
        return (place.base, place.file.map { String(cString: $0) })
    }

    /// GFLOP/s of one thread. On a Zen 4 core the reference reaches 6 and OpenBLAS's oldest kernels 39.
    private static let slowestGoodRate = 15.0

    /// One product of 256 × 256 matrices, 5 to 20 ms of the reference's time. The better of two, so that a moment in which
    /// another process has the core does not make a good library a slow one.
    private static func productRate() -> Double {
        let size = 256
        let operands = [Float](repeating: 1, count: 2 * size * size)
        var result = [Float](repeating: 0, count: size * size)
        let n = blasint(size)
        let timing = operands.withUnsafeBufferPointer { operands in
            Timing(repetitions: 2) {
                guard let a = operands.baseAddress else { return }
                // Not by BLAS.multiply, which waits for the answer.
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, a + size * size, n, 0,
                    &result, n)
            }
        }
        return 2e-9 * Double(size * size * size) / timing.fastest
    }
}
