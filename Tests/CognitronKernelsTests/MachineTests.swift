import Foundation
import Testing

@testable import CognitronKernels

@Suite("The machine")
struct MachineTests {
    @Test(
        "A CPU quota is a number of cores, or none",
        arguments: [
            ("50000 100000\n", 0.5), ("150000 100000", 1.5), ("max 100000\n", nil), ("", nil),
            ("100000", nil),
            ("0 100000", nil), ("100000 0", nil), ("a b", nil), ("nan 1", nil),
        ] as [(String, Double?)])
    func quota(_ text: String, _ cores: Double?) {
        #expect(CPUBudget.quota(cpuMax: text) == cores)
    }

    @Test("The older form of the quota is understood")
    func olderQuota() {
        #expect(CPUBudget.quota(cfsQuota: "250000\n", period: "100000\n") == 2.5)
        #expect(CPUBudget.quota(cfsQuota: "-1\n", period: "100000\n") == nil)
    }

    @Test("The quotas of the process's group and of those around it count")
    func groups() {
        let root = "/sys/fs/cgroup"
        #expect(
            CPUBudget.cgroupFolders(membership: "4:memory:/x\n0::/a.slice/b.service\n") == [
                root, "\(root)/a.slice", "\(root)/a.slice/b.service",
            ])
        #expect(CPUBudget.cgroupFolders(membership: "0::/\n") == [root])
        #expect(CPUBudget.cgroupFolders(membership: "") == [root])
    }

    @Test("The affinity mask's cores are counted")
    func affinity() {
        #expect(
            CPUBudget.affinity(status: "Name:\tx\nCpus_allowed:\tff,ffffffff\nCpus_allowed_list:\t0-39\n")
                == 40)
        #expect(CPUBudget.affinity(status: "Cpus_allowed:\t5\n") == 2)
        #expect(CPUBudget.affinity(status: "Name:\tx\n") == nil)
    }

    @Test("The least of cores, mask and quota bounds the cores, of which there is always one")
    func bound() {
        func bound(_ online: Int, _ affinity: Int?, _ quota: Double?) -> String {
            let (cores, limit) = CPUBudget(online: online, affinity: affinity, quota: quota).bound
            return "\(cores) \(limit)"
        }
        #expect(bound(8, nil, nil) == "8 cores")
        #expect(bound(8, 8, 8) == "8 cores")
        #expect(bound(8, 3, nil) == "3 affinity")
        #expect(bound(8, 3, 1.5) == "2 quota")
        #expect(bound(8, 3, 2.5) == "3 affinity")
        #expect(bound(8, 8, 0.5) == "1 quota")
        #expect(bound(1, 1, 0.5) == "1 cores")
        #expect(bound(4, 4, .infinity) == "4 cores")
        #expect(bound(0, nil, nil) == "1 cores")
    }

    @Test("The processor's name and its vectors are those of /proc/cpuinfo")
    func processor() {
        let information =
            "processor\t: 0\nmodel name\t: Big: 9 @ 2 GHz\nflags\t\t: fpu avx avx2 fma\n\nmodel name\t: B\n"
        let processor = Processor(information: information)
        #expect(processor.name == "Big: 9 @ 2 GHz" && processor.hasAVX2 && !processor.hasAVX512)
        #expect(processor.vectorWidth == 8)
        let old = Processor(information: "model name\t: Old\nflags\t\t: fpu avx avx2x\n")
        #expect(old.name == "Old" && !old.hasAVX2)
        #expect(Processor(information: "").name == "unknown processor")
    }

    @Test("A checkout is compiled for this processor", .enabled(if: isCompiledHere))
    func instructions() {
        #expect(["AVX2", "AVX-512"].contains(Build.instructions) == Processor.current.hasAVX2)
    }

    /// Where nobody asked for another processor, on the system whose compiler is asked for its own.
    private static var isCompiledHere: Bool {
        #if os(Linux) && arch(x86_64)
            ProcessInfo.processInfo.environment["COGNITRON_MARCH"] == nil
        #else
            false
        #endif
    }

    @Test("Products come from OpenBLAS, pinned to one thread")
    func library() {
        #expect(BLASLibrary.current.isOpenBLAS && !BLASLibrary.current.isReference)
        #expect(BLASLibrary.current.name.hasPrefix("OpenBLAS "))
        #expect(BLASLibrary.ownThreads == 1)
    }

    @Test(
        "Kernels narrower than the processor are known by their core's name",
        arguments: [
            ("Prescott", true), ("Sandybridge", true), ("Generic", true), ("Haswell", false), ("Zen", false),
            ("SkylakeX", false), ("Later", false), (nil, false),
        ] as [(String?, Bool)])
    func kernels(_ core: String?, _ isNarrow: Bool) {
        let library = BLASLibrary(name: "OpenBLAS 1", core: core, path: nil, isReference: false)
        #expect(library.isNarrow(on: Processor(information: "flags: sse2 avx2 fma")) == isNarrow)
        #expect(!library.isNarrow(on: Processor(information: "")))
    }
}
