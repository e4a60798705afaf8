import CognitronKernels
import Foundation
import Testing

@testable import CognitronCLI

@Suite("The command cognitron doctor", .serialized)
struct DoctorTests {
    @Test("says what it found line by line, and with its exit status what the verdict says")
    func report() throws {
        let result = try Program().run("doctor")
        let lines = result.output.split(separator: "\n").map(String.init)
        for name in ["processor", "cores", "workers", "BLAS", "build", "sgemm", "memory", "convolution"] {
            #expect(lines.contains { $0.hasPrefix(name.padding(toLength: 13, withPad: " ", startingAt: 0)) })
        }
        #expect(
            result.output.contains("BLAS         OpenBLAS ")
                && result.output.contains(", pinned to 1 thread\n"))
        #expect(result.output.contains("the arithmetic is optimised, with \(Build.instructions)"))
        #expect(result.errors.isEmpty)
        let verdict = try #require(lines.last)
        #expect(verdict.hasPrefix(result.status == 0 ? "Ready: " : "Slow: "), "\(verdict)")
        #expect([0, 1].contains(result.status))
    }

    @Test("calls more workers than cores slow, and says where they come from")
    func workers() throws {
        let program = try Program()
        let environment = try program.start(["doctor"], environment: ["COGNITRON_THREADS": "40"]).wait()
        let option = try program.start(["doctor", "--threads", "40"]).wait()
        for (result, source) in [(environment, "COGNITRON_THREADS"), (option, "--threads")] {
            #expect(result.output.contains("workers      40 (from \(source))\n"))
            guard CPUBudget.ofProcess.cores < 40 else { continue }
            #expect(result.status == 1 && result.output.contains("\nSlow: 40 workers for "))
        }
        let one = try program.run("doctor", "--threads", "1")
        #expect(one.output.contains("workers      1 (from --threads)\n") && !one.output.contains("1 threads"))
    }

    @Test("refuses a COGNITRON_THREADS that is no number of threads", arguments: ["many", "0"])
    func invalidThreads(_ value: String) throws {
        let result = try Program().start(["doctor"], environment: ["COGNITRON_THREADS": value]).wait()
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains("expected a whole number of at least 1, got \"\(value)\""))
    }

    #if os(Linux)
        @Test("knows OpenBLAS's kernels for old processors", .enabled(if: Processor.current.hasAVX2))
        func oldKernels() throws {
            let result = try Program().start(["doctor"], environment: ["OPENBLAS_CORETYPE": "Prescott"])
                .wait()
            #expect(result.status == 1 && result.output.contains("Prescott kernels, pinned to 1 thread\n"))
            #expect(
                result.output.contains("\nSlow: OpenBLAS uses its Prescott kernels on a processor with AVX2"))
        }

        @Test("notices plain loops in OpenBLAS's place, which every command says once")
        func referenceBLAS() throws {
            let program = try Program()
            let library = try program.compilePlainLoops()
            let environment = ["LD_PRELOAD": library]
            let notice = "reference BLAS: expect a tenth of the speed; install libopenblas-dev\n"
            let doctor = try program.start(["doctor"], environment: environment).wait()
            #expect(doctor.status == 1 && doctor.errors == notice)
            #expect(doctor.output.contains("BLAS         reference BLAS\n             \(library)\n"))
            #expect(
                doctor.output.contains("\nSlow: products come from the reference BLAS (\(library)): install ")
            )
            try SmallData.writeMNIST(to: program.path("digits"))
            let training = try program.start(
                [
                    "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs", "1",
                    "--batch-size", "8",
                ], environment: environment
            ).wait()
            #expect(training.status == 0 && training.errors == notice)
        }
    #endif

    private static let healthy = Diagnosis(
        blas: BLASLibrary(name: "OpenBLAS 1", core: "Zen", path: "/lib/b.so", isReference: false),
        hasAVX2: true,
        isOptimized: true, budget: CPUBudget(online: 8, affinity: 4, quota: 2), workers: 2, peak: 200)

    private static func healthy(_ harm: (inout Diagnosis) -> Void) -> Diagnosis {
        var diagnosis = healthy
        harm(&diagnosis)
        return diagnosis
    }

    @Test("is content with a healthy machine")
    func ready() {
        #expect(Self.healthy.verdict == "Ready: 2 workers, 200 GFLOP/s")
        #expect(Self.healthy.problems.isEmpty)
    }

    @Test(
        "says of everything that makes training slow what to do",
        arguments: [
            (healthy { $0.isOptimized = false }, "not optimised: build with -c release"),
            (
                healthy { $0.blas.isReference = true },
                "the reference BLAS (/lib/b.so): install libopenblas-dev"
            ),
            (healthy { $0.blas.core = "Prescott" }, "on a processor with AVX2: unset OPENBLAS_CORETYPE"),
            (healthy { ($0.budget.quota, $0.workers) = (0.5, 1) }, "the CPU quota is 0.5 of a core: give"),
            (healthy { $0.workers = 3 }, "3 workers for 2 cores: unset COGNITRON_THREADS"),
            (healthy { $0.peak = 19 }, "only 9.5 GFLOP/s a worker"),
        ])
    func slow(_ diagnosis: Diagnosis, _ problem: String) {
        #expect(diagnosis.problems.count == 1)
        #expect(diagnosis.verdict.hasPrefix("Slow: ") && diagnosis.verdict.contains(problem))
        #expect(!diagnosis.verdict.contains("\n"))
    }

    @Test("names all problems in one line, but old kernels only where the processor has better")
    func several() {
        let poor = Self.healthy { ($0.isOptimized, $0.workers, $0.peak) = (false, 3, 1) }
        #expect(poor.problems.count == 2)
        let old = Self.healthy { ($0.blas.core, $0.hasAVX2) = ("Nehalem", false) }
        #expect(old.problems.isEmpty)
    }
}

extension Program {
    /// A shared library with `cblas_sgemm` as plain loops, as slow as the reference BLAS; its path.
    fileprivate func compilePlainLoops() throws -> String {
        let source = """
            void cblas_sgemm(int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
                             const float *b, int ldb, float beta, float *c, int ldc) {
              for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++) {
                  float sum = beta == 0 ? 0 : beta * c[i * ldc + j];
                  for (int p = 0; p < k; p++)
                    sum += alpha * a[ta == 111 ? i * lda + p : p * lda + i] * b[tb == 111 ? p * ldb + j : j * ldb + p];
                  c[i * ldc + j] = sum;
                }
            }
            """
        try source.write(toFile: path("loops.c"), atomically: true, encoding: .utf8)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Swift's own compiler for C, without which no package with a C header is built.
        compiler.arguments = ["clang", "-O1", "-shared", "-fPIC", "-o", path("libloops.so"), path("loops.c")]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return path("libloops.so")
    }
}
