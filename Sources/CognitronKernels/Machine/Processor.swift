// What Linux tells about the processor; other systems leave it unknown.

package struct Processor: Equatable, Sendable {
    package private(set) var name: String
    /// The instruction sets that the first processor has, as /proc/cpuinfo spells them.
    private let features: Set<Substring>

    /// - Parameter information: the text of /proc/cpuinfo, of which the first processor counts.
    init(information: String) {
        func value(_ key: String) -> Substring? {
            information.split(separator: "\n").first { $0.hasPrefix(key) }?
                .split(separator: ":", maxSplits: 1).dropFirst().first
        }
        func text(_ key: String) -> String? { value(key).map { String($0.drop { $0 == " " }) } }
        name = text("model name") ?? "unknown processor"
        if let family = text("cpu family"), let model = text("model\t") {
            // Virtual machines give processors of several kinds one name.
            name += ", family \(family) model \(model)"
        }
        features = Set((value("flags") ?? value("Features") ?? "").split(separator: " "))
    }

    package static let current = Processor(information: Host.contents("/proc/cpuinfo") ?? "")

    package var hasAVX2: Bool { features.isSuperset(of: ["avx2", "fma"]) }

    /// The parts of AVX-512 that OpenBLAS's kernels for it use.
    package var hasAVX512: Bool {
        hasAVX2 && features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"])
    }

    /// What OpenBLAS's Cooperlake kernels use beyond `hasAVX512`.
    var hasAVX512BFloat16: Bool {
        hasAVX512 && features.isSuperset(of: ["avx512_vnni", "avx512_bf16"])
    }

    /// What OpenBLAS's kernels for ARM's Neoverse N1 use beyond every 64-bit ARM, and those for later ones beyond that.
    var hasNeoverseInstructions: Bool { features.isSuperset(of: ["asimd", "asimddp", "atomics"]) }
    var hasSVE: Bool { hasNeoverseInstructions && features.contains("sve") }

    /// The widest vectors of an x86 processor, in floats; nil where that is not known.
    package var vectorWidth: Int? {
        hasAVX512 ? 16 : hasAVX2 ? 8 : features.contains("sse2") ? 4 : nil
    }
}
