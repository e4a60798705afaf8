// Processor name and instruction sets from Linux's /proc/cpuinfo; unknown on other systems.

package struct Processor: Equatable, Sendable {
    package private(set) var name: String
    /// The instruction sets of the first processor, as /proc/cpuinfo spells them.
    private let features: Set<Substring>

    /// - Parameter information: the text of /proc/cpuinfo; only its first processor is used.
    init(information: String) {
        func value(_ key: String) -> Substring? {
            information.split(separator: "\n").first { $0.hasPrefix(key) }?
                .split(separator: ":", maxSplits: 1).dropFirst().first
        }
        func text(_ key: String) -> String? { value(key).map { String($0.drop { $0 == " " }) } }
        name = text("model name") ?? "unknown processor"
        if let family = text("cpu family"), let model = text("model\t") {
            // Virtual machines report the same name for different processors.
            name += ", family \(family) model \(model)"
        }
        features = Set((value("flags") ?? value("Features") ?? "").split(separator: " "))
    }

    package static let current = Processor(information: Host.contents("/proc/cpuinfo") ?? "")

    package var hasAVX2: Bool { features.isSuperset(of: ["avx2", "fma"]) }

    /// The parts of AVX-512 that OpenBLAS's AVX-512 kernels use.
    package var hasAVX512: Bool {
        hasAVX2 && features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"])
    }

    /// The instructions that OpenBLAS's Cooperlake kernels use beyond `hasAVX512`.
    var hasAVX512BFloat16: Bool {
        hasAVX512 && features.isSuperset(of: ["avx512_vnni", "avx512_bf16"])
    }

    /// The instructions that OpenBLAS's kernels for ARM's Neoverse N1 use beyond 64-bit ARM's minimum, and
    /// those that its kernels for later cores use beyond these.
    var hasNeoverseInstructions: Bool { features.isSuperset(of: ["asimd", "asimddp", "atomics"]) }
    var hasSVE: Bool { hasNeoverseInstructions && features.contains("sve") }

    /// Floats in the widest vector of an x86 processor; nil where unknown.
    package var vectorWidth: Int? {
        hasAVX512 ? 16 : hasAVX2 ? 8 : features.contains("sse2") ? 4 : nil
    }
}
