// Identifies the BLAS library in use and checks its speed.

import COpenBLAS

/// The library that `cblas_sgemm` comes from.
///
/// Programs are linked with `-lopenblas`, whose soname (`libopenblas.so.0`) Debian's alternatives for
/// `libblas.so.3` do not change: without OpenBLAS a program does not start. But `libblas.so.3`, the reference
/// BLAS, defines `cblas_sgemm` too, and the dynamic linker takes the first definition: if the reference is
/// preloaded, or linked before OpenBLAS by another package, it computes the products while
/// `openblas_get_config` still reports OpenBLAS. So neither OpenBLAS's own report nor the presence of its
/// symbols is enough; both functions must come from the same file. If they do not, the other library may
/// still be fast (BLIS, MKL), so it is timed.
package struct BLASLibrary: Equatable, Sendable {
    /// Name and version, such as `OpenBLAS 0.3.21`; for other libraries, only that it is not OpenBLAS.
    package var name: String
    /// The processor whose kernels run, by OpenBLAS's name; nil for another library.
    package var core: String?
    /// The core that OpenBLAS chose by default.
    package var ownCore: String?
    /// The file that provides the products; nil where the system does not report it.
    package var path: String?
    /// Whether it is the reference BLAS, or as slow.
    package var isReference: Bool
    /// The decision about the kernels.
    var choice = KernelChoice.keep

    package init(name: String, core: String?, path: String?, isReference: Bool) {
        (self.name, self.core, self.path, self.isReference) = (name, core, path, isReference)
        ownCore = core
    }

    /// The library of this program. The first access chooses OpenBLAS's kernels.
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

    /// Threads that OpenBLAS itself uses per product, once prepared.
    package static var ownThreads: Int {
        _ = BLAS.isPrepared
        return Int(openblas_get_num_threads())
    }

    /// Whether the library multiplies matrices of `ProductPieces`'s size without packing them: OpenBLAS has
    /// had such kernels for processors with AVX-512 since 0.3.18.
    static let multipliesUnpacked: Bool = {
        guard let core = current.core else { return false }
        // Libraries with several cores append the core's name; older ones have neither symbol.
        let name = "sgemm_small_matrix_permit"
        guard let permit = dlsym(nil, "\(name)_\(core.uppercased())") ?? dlsym(nil, name) else {
            return false
        }
        typealias Permit = @convention(c) (CInt, CInt, Int, Int, Int, Float, Float) -> CInt
        let piece = ProductPieces.largest
        return unsafeBitCast(permit, to: Permit.self)(0, 0, piece.columns, piece.rows, piece.terms, 1, 0) != 0
    }()

    /// Whether the library is OpenBLAS.
    package var isOpenBLAS: Bool { core != nil }

    /// Name and kernels for messages: `OpenBLAS 0.3.21, SkylakeX kernels (its own choice: Haswell)`.
    package var description: String {
        guard let core else { return name }
        let own = ownCore.flatMap { $0 == core ? nil : " (its own choice: \($0))" } ?? ""
        return "\(name), \(core) kernels\(own)"
    }

    /// Whether the kernels' vectors are narrower than the processor's. False for unknown cores, which are
    /// later ones.
    package func isNarrow(on processor: Processor) -> Bool {
        guard let core, let width = KernelChoice.vectorWidth(ofCore: core), let most = processor.vectorWidth
        else { return false }
        return width < most
    }

    /// Advice about narrow kernels for messages.
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

// Detection.
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
