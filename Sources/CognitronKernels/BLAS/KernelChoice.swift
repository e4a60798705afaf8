// Decides which OpenBLAS kernels to use.
//
// A library older than its processor may not recognise it and choose kernels for an earlier one, half as
// wide. OpenBLAS can choose again at run time. The decision is here, apart from its execution
// (OpenBLASKernels.swift), so that tests can cover any library and processor.

/// A library and the processor it runs on.
struct KernelSituation {
    /// `0.3.21`
    var version: String
    /// The processor whose kernels OpenBLAS chose, by OpenBLAS's name.
    var core: String
    var processor: Processor
    /// Whether OPENBLAS_CORETYPE selects the kernels.
    var isSetByUser: Bool
    /// Whether the library exports the functions for choosing again.
    var canChooseAgain: Bool
    /// Whether the library has kernels for a core: true only for libraries built for several cores.
    var hasKernels: @Sendable (_ core: String) -> Bool
}

/// The decision for a situation.
enum KernelChoice: Equatable {
    /// The library's choice suits the processor, or nothing better is known.
    case keep
    /// The user chose kernels for an earlier processor.
    case respectUser
    /// Kernels for these cores run here and are wider; use the first unless another is clearly faster.
    case tryCores([String])
    /// The kernels are for an earlier processor and cannot be changed.
    case refuse(KernelRefusal)
}

/// The reason for keeping kernels of an earlier processor.
enum KernelRefusal: Equatable {
    /// Choosing again is untested with this version.
    case untestedVersion
    /// The library does not export the functions: it is linked statically, or built for one core.
    case noWayToChoose
    /// The library has no other kernels for this processor, or those tested give wrong results or are slower.
    case noBetterKernels
}

extension KernelChoice {
    /// Versions with which choosing again was tested: OpenBLAS's memory and threads stay as they are, and
    /// products stay right. 0.3.21 is Debian 12's: on x86-64, and on ARM in an emulator.
    static let testedVersions: Set = ["0.3.21"]

    init(_ situation: KernelSituation) {
        guard Self.isBehind(situation.core, situation.processor) else {
            self = .keep
            return
        }
        let cores = Self.cores(for: situation.processor).filter(situation.hasKernels)
        if situation.isSetByUser {
            self = .respectUser
        } else if !situation.canChooseAgain {
            self = .refuse(.noWayToChoose)
        } else if !Self.testedVersions.contains(situation.version) {
            self = .refuse(.untestedVersion)
        } else if cores.isEmpty {
            self = .refuse(.noBetterKernels)
        } else {
            self = .tryCores(cores)
        }
    }

    /// Whether a core is earlier than the processor: its vectors are narrower, or it is OpenBLAS's default
    /// for unknown ARM processors. Unknown cores count as later ones.
    private static func isBehind(_ core: String, _ processor: Processor) -> Bool {
        if let width = vectorWidth(ofCore: core), let widest = processor.vectorWidth { return width < widest }
        return core.lowercased() == "armv8" && !cores(for: processor).isEmpty
    }

    /// Cores whose kernels run on a processor and use its widest vectors; first the one that OpenBLAS itself
    /// would choose.
    static func cores(for processor: Processor) -> [String] {
        if processor.hasAVX512BFloat16 { return ["Cooperlake", "SkylakeX"] }
        if processor.hasAVX512 { return ["SkylakeX"] }
        if processor.hasAVX2 { return ["Haswell", "Zen"] }
        if processor.hasSVE { return ["NEOVERSEV1", "NEOVERSEN2", "NEOVERSEN1"] }
        return processor.hasNeoverseInstructions ? ["NEOVERSEN1"] : []
    }

    /// Floats per vector of the sgemm kernels of an x86 core, from OpenBLAS's `driver/others/dynamic.c` and
    /// `cpuid_x86.c`; eight without fused multiply-add count as four. nil for unknown cores.
    static func vectorWidth(ofCore core: String) -> Int? { widths[core.lowercased()] }

    private static let widths: [String: Int] = {
        let narrow = [
            "generic", "unknown", "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2",
            "penryn", "dunnington", "nehalem", "athlon", "opteron", "opteron_sse3", "barcelona", "nano",
            "sandybridge", "bobcat", "bulldozer", "piledriver", "steamroller",
        ]
        let wide = ["skylakex", "cooperlake", "sapphirerapids"]
        return Dictionary(uniqueKeysWithValues: narrow.map { ($0, 4) })
            .merging(["haswell": 8, "zen": 8, "excavator": 8]) { $1 }
            .merging(wide.map { ($0, 16) }) { $1 }
    }()
}
