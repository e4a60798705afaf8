// Which of OpenBLAS's kernels to multiply with.
//
// A library that is older than its processor may not recognise it and take kernels for an earlier one, half as wide.
// OpenBLAS can be told to choose again while the program runs; what decides whether that is done stands here, apart
// from the doing (OpenBLASKernels.swift), so that tests can describe any library and processor.

/// A library and the processor it runs on.
struct KernelSituation {
    /// `0.3.21`
    var version: String
    /// The processor that OpenBLAS chose its kernels for, as it calls it.
    var core: String
    var processor: Processor
    /// Whether OPENBLAS_CORETYPE names the kernels.
    var isSetByUser: Bool
    /// Whether the library exports what choosing again needs.
    var canChooseAgain: Bool
    /// Whether the library has kernels for a core: one with several of them, not one that was built for a single core.
    var hasKernels: @Sendable (_ core: String) -> Bool
}

/// What follows from a situation.
enum KernelChoice: Equatable {
    /// The library's own choice suits the processor, or nothing is known against it.
    case keep
    /// The user's choice is one for an earlier processor.
    case respectUser
    /// Kernels for these cores run here and suit better; the first is to be taken unless another is clearly faster.
    case tryCores([String])
    /// The kernels are for an earlier processor and stay so in this program.
    case refuse(KernelRefusal)
}

/// Why kernels for an earlier processor stay.
enum KernelRefusal: Equatable {
    /// Nobody has tried choosing again with this version.
    case untestedVersion
    /// The library does not export the functions: it is linked statically, or was built for one core.
    case noWayToChoose
    /// The library has no others for this processor, or those that were tried multiply wrongly or slower.
    case noBetterKernels
}

extension KernelChoice {
    /// Versions with which choosing again was tried: it leaves OpenBLAS's memory and threads as they are, and products
    /// stay right. 0.3.21 is Debian 12's: on x86-64, and on ARM in an emulator.
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

    /// Whether a core is earlier than the processor: its vectors are narrower, or it is the one that OpenBLAS takes for an
    /// ARM processor that it does not know. A core that is not known here is a later one.
    private static func isBehind(_ core: String, _ processor: Processor) -> Bool {
        if let width = vectorWidth(ofCore: core), let widest = processor.vectorWidth { return width < widest }
        return core.lowercased() == "armv8" && !cores(for: processor).isEmpty
    }

    /// Cores whose kernels run on a processor and use all that it has, the first as OpenBLAS would choose itself.
    static func cores(for processor: Processor) -> [String] {
        if processor.hasAVX512BFloat16 { return ["Cooperlake", "SkylakeX"] }
        if processor.hasAVX512 { return ["SkylakeX"] }
        if processor.hasAVX2 { return ["Haswell", "Zen"] }
        if processor.hasSVE { return ["NEOVERSEV1", "NEOVERSEN2", "NEOVERSEN1"] }
        return processor.hasNeoverseInstructions ? ["NEOVERSEN1"] : []
    }

    /// Floats in a vector of the sgemm kernels of an x86 core, by OpenBLAS's `driver/others/dynamic.c` and `cpuid_x86.c`;
    /// eight that are not multiplied and added in one instruction count as four. nil for a core that is not known here.
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
