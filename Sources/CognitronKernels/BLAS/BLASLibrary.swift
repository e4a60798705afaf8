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
    /// The processor whose kernels multiply, as OpenBLAS calls it; nil for another library.
    package var core: String?
    /// The one that OpenBLAS chose by itself.
    package var ownCore: String?
    /// The file that products come from; nil where the system does not say.
    package var path: String?
    /// Plain loops, or no faster.
    package var isReference: Bool
    /// What was decided about the kernels.
    var choice = KernelChoice.keep

    package init(name: String, core: String?, path: String?, isReference: Bool) {
        (self.name, self.core, self.path, self.isReference) = (name, core, path, isReference)
        ownCore = core
    }

    /// The library of this program. OpenBLAS's kernels are chosen the first time that it is asked for.
    package static let current: BLASLibrary = {
        let sgemm = file(of: cognitron_address_of_sgemm())
        let openBLAS = file(of: cognitron_address_of_openblas())
        guard sgemm?.base == openBLAS?.base else {
            let isReference = (ProductRate.measure() ?? 0) < slowestGoodRate
            return BLASLibrary(
                name: isReference ? "reference BLAS" : "another library than OpenBLAS", core: nil,
                path: sgemm?.path, isReference: isReference)
        }
        // "OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY Cooperlake MAX_THREADS=64"
        let words = openblas_get_config().map { String(cString: $0) }?.split(separator: " ") ?? []
        openblas_set_num_threads(1)
        let ownCore = OpenBLASKernels.core
        let outcome = OpenBLASKernels.choose(version: words.dropFirst().first.map(String.init) ?? "unknown")
        var library = BLASLibrary(
            name: words.isEmpty ? "OpenBLAS" : words.prefix(2).joined(separator: " "), core: outcome.core,
            path: sgemm?.path, isReference: false)
        library.ownCore = ownCore
        library.choice = outcome.choice
        return library
    }()

    /// Threads that OpenBLAS itself would use for a product, once it is prepared for ours.
    package static var ownThreads: Int {
        _ = BLAS.isPrepared
        return Int(openblas_get_num_threads())
    }

    /// Whether the library multiplies matrices as small as `ProductPieces` makes them where they lie instead of packing
    /// them first: OpenBLAS has had kernels for that since 0.3.18, for processors with AVX-512.
    static let multipliesUnpacked: Bool = {
        guard let core = current.core else { return false }
        // Named after the core in a library for several; older ones have neither.
        let name = "sgemm_small_matrix_permit"
        guard let permit = dlsym(nil, "\(name)_\(core.uppercased())") ?? dlsym(nil, name) else {
            return false
        }
        typealias Permit = @convention(c) (CInt, CInt, Int, Int, Int, Float, Float) -> CInt
        let piece = ProductPieces.largest
        return unsafeBitCast(permit, to: Permit.self)(0, 0, piece.columns, piece.rows, piece.terms, 1, 0) != 0
    }()

    /// OpenBLAS, or another library in its place.
    package var isOpenBLAS: Bool { core != nil }

    /// Name and kernels, for people: `OpenBLAS 0.3.21, SkylakeX kernels (its own choice: Haswell)`.
    package var description: String {
        guard let core else { return name }
        let own = ownCore.flatMap { $0 == core ? nil : " (its own choice: \($0))" } ?? ""
        return "\(name), \(core) kernels\(own)"
    }

    /// Whether the kernels' vectors are narrower than the processor's. Those of a core that is not known here are not:
    /// it is a later one.
    package func isNarrow(on processor: Processor) -> Bool {
        guard let core, let width = KernelChoice.vectorWidth(ofCore: core), let most = processor.vectorWidth
        else { return false }
        return width < most
    }

    /// What to do about narrow kernels, for people.
    package var remedy: String {
        let wider = KernelChoice.cores(for: .current).first ?? "SkylakeX"
        return switch choice {
        case .respectUser: "unset OPENBLAS_CORETYPE"
        case .refuse(.untestedVersion), .refuse(.noWayToChoose):
            "start with OPENBLAS_CORETYPE=\(wider), or install a newer libopenblas"
        default: "install a newer libopenblas"
        }
    }
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
}
