import Testing

@testable import CognitronKernels

@Suite("The choice of OpenBLAS's kernels")
struct KernelChoiceTests {
    private static let avx2 = "avx2 fma sse2"
    private static let avx512 = "\(avx2) avx512f avx512bw avx512dq avx512vl"
    private static let avx512BFloat16 = "\(avx512) avx512_vnni avx512_bf16"
    private static let neoverse = "asimd asimddp atomics"

    /// A library that knows every core, on a processor with these features.
    private static func situation(
        _ core: String, _ features: String, _ change: (inout KernelSituation) -> Void = { _ in }
    ) -> KernelSituation {
        var situation = KernelSituation(
            version: "0.3.21", core: core, processor: Processor(information: "flags : \(features)\n"),
            isSetByUser: false, canChooseAgain: true, hasKernels: { _ in true })
        change(&situation)
        return situation
    }

    @Test(
        "Kernels narrower than the processor are replaced by those that fit",
        arguments: [
            ("Haswell", avx512BFloat16, ["Cooperlake", "SkylakeX"]), ("Zen", avx512, ["SkylakeX"]),
            ("Prescott", avx2, ["Haswell", "Zen"]), ("Sandybridge", avx2, ["Haswell", "Zen"]),
            ("armv8", neoverse, ["NEOVERSEN1"]),
            ("armv8", "\(neoverse) sve", ["NEOVERSEV1", "NEOVERSEN2", "NEOVERSEN1"]),
        ])
    func narrow(_ core: String, _ features: String, _ cores: [String]) {
        #expect(KernelChoice(Self.situation(core, features)) == .tryCores(cores))
    }

    @Test(
        "Kernels as wide as the processor stay, and those of a core that is not known",
        arguments: [
            ("SkylakeX", avx512BFloat16), ("Cooperlake", avx512BFloat16), ("Haswell", avx2), ("Zen", avx2),
            ("Later", avx512), ("Prescott", "sse2"), ("Haswell", ""), ("neoversen1", "\(neoverse) sve"),
            ("armv8", "asimd"),
        ])
    func fitting(_ core: String, _ features: String) {
        #expect(KernelChoice(Self.situation(core, features)) == .keep)
    }

    @Test("Only cores that the library has kernels for are tried")
    func known() {
        let one = Self.situation("Haswell", Self.avx512BFloat16) { $0.hasKernels = { $0 == "SkylakeX" } }
        #expect(KernelChoice(one) == .tryCores(["SkylakeX"]))
        let none = Self.situation("Haswell", Self.avx512) { $0.hasKernels = { _ in false } }
        #expect(KernelChoice(none) == .refuse(.noBetterKernels))
    }

    @Test("The user's choice stands, an untested version is left alone, and a static library cannot choose")
    func refusals() {
        func choice(_ change: (inout KernelSituation) -> Void) -> KernelChoice {
            KernelChoice(Self.situation("Haswell", Self.avx512, change))
        }
        #expect(choice { $0.isSetByUser = true } == .respectUser)
        #expect(choice { $0.version = "0.3.99" } == .refuse(.untestedVersion))
        #expect(choice { $0.canChooseAgain = false } == .refuse(.noWayToChoose))
        #expect(choice { ($0.isSetByUser, $0.version) = (true, "0.3.99") } == .respectUser)
    }

    @Test("A product of the library in use is right, and its rate a number")
    func rate() throws {
        #expect(try #require(ProductRate.measure()) > 0)
    }

    @Test("What one core can do at most is more than its products reach")
    func peak() throws {
        let peak = try #require(MultiplyAddPeak.measure())
        #expect(try #require(ProductRate.measure()) < 1.1 * peak)
    }
}
