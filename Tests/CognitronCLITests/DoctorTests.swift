import Foundation
import Testing

@testable import CognitronCLI
@testable import CognitronKernels

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
        let environment = try program.start(
            ["doctor"], environment: ["COGNITRON_THREADS": "40", "OPENBLAS_CORETYPE": nil]
        ).wait()
        let option = try program.start(
            ["doctor", "--threads", "40"], environment: ["OPENBLAS_CORETYPE": nil]
        ).wait()
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
        @Test(
            "calls kernels slow that OPENBLAS_CORETYPE makes too narrow",
            .enabled(if: Processor.current.hasAVX2))
        func narrowByChoice() throws {
            let result = try Program().start(["doctor"], environment: ["OPENBLAS_CORETYPE": "Prescott"])
                .wait()
            #expect(result.status == 1 && result.errors.isEmpty)
            #expect(result.output.contains("Prescott kernels, pinned to 1 thread\n"))
            #expect(
                result.output.contains(
                    "\nSlow: OpenBLAS uses its Prescott kernels on a processor with wider vectors: "
                        + "unset OPENBLAS_CORETYPE\n"))
        }

        @Test(
            "takes kernels as wide as the processor where OpenBLAS has not", .enabled(if: hasDebiansOpenBLAS))
        func narrowByMistake() throws {
            let program = try Program()
            let library = try program.compile("narrow", Self.narrowKernels)
            let result = try program.start(
                ["doctor"], environment: ["LD_PRELOAD": library, "OPENBLAS_CORETYPE": nil]
            )
            .wait()
            let wanted = try #require(KernelChoice.cores(for: .current).first)
            #expect(
                result.output.contains(
                    "OpenBLAS 0.3.21, \(wanted) kernels (its own choice: Prescott), pinned"))
            #expect(result.errors.isEmpty && !result.output.contains("wider vectors"))
        }

        @Test("warns once where wider kernels cannot be had", .enabled(if: hasDebiansOpenBLAS))
        func narrowForGood() throws {
            let program = try Program()
            let deaf = "void gotoblas_dynamic_quit(void) {}\nvoid gotoblas_dynamic_init(void) {}\n"
            let library = try program.compile("deaf", Self.narrowKernels + deaf)
            let result = try program.start(
                ["doctor"], environment: ["LD_PRELOAD": library, "OPENBLAS_CORETYPE": nil]
            )
            .wait()
            #expect(
                result.errors
                    == "OpenBLAS 0.3.21, Prescott kernels on a processor with wider vectors: expect half the speed; "
                    + "install a newer libopenblas\n")
            #expect(
                result.status == 1 && result.output.contains("\nSlow: OpenBLAS uses its Prescott kernels on ")
            )
        }

        @Test(
            "trains to the same bits with one thread and with two, whatever the kernels",
            arguments: coresThatRunHere)
        func bits(_ core: String) throws {
            let program = try Program()
            try SmallData.writeMNIST(to: program.path("digits"))
            let files = try [1, 2].map { threads in
                let training = try program.start(
                    [
                        "train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--epochs",
                        "2", "--batch-size",
                        "8", "--seed", "3", "--threads", "\(threads)", "--output", "\(threads).safetensors",
                    ], environment: ["OPENBLAS_CORETYPE": core]
                ).wait()
                #expect(training.status == 0, "\(training.errors)")
                return try program.data("\(threads).safetensors")
            }
            #expect(files[0] == files[1])
        }

        private static var coresThatRunHere: [String] {
            let processor = Processor.current
            guard processor.hasAVX2 else { return [] }
            return ["Haswell"] + (processor.hasAVX512 ? KernelChoice.cores(for: processor) : [])
        }

        /// Makes OpenBLAS start with its oldest kernels, as if it did not know the processor.
        private static let narrowKernels = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            __attribute__((constructor)) static void take_narrow_kernels(void) {
              void *library = dlopen("libopenblas.so.0", RTLD_NOW);
              setenv("OPENBLAS_CORETYPE", "Prescott", 1);
              ((void (*)(void))dlsym(library, "gotoblas_dynamic_quit"))();
              ((void (*)(void))dlsym(library, "gotoblas_dynamic_init"))();
              unsetenv("OPENBLAS_CORETYPE");
            }

            """

        /// Whether OpenBLAS may choose again in this program, and has something better than Prescott to
        /// choose.
        private static var hasDebiansOpenBLAS: Bool {
            BLASLibrary.current.name == "OpenBLAS 0.3.21" && Processor.current.hasAVX2
        }

        @Test("notices plain loops in OpenBLAS's place, which every command says once")
        func referenceBLAS() throws {
            let program = try Program()
            let library = try program.compile("loops", Self.plainLoops)
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
        /// `cblas_sgemm` as plain loops, as slow as the reference BLAS.
        private static let plainLoops = """
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
    #endif

    private static let healthy = Diagnosis(
        blas: BLASLibrary(name: "OpenBLAS 1", core: "Zen", path: "/lib/b.so", isReference: false),
        processor: Processor(information: "flags : sse2 avx2 fma"), isOptimized: true,
        budget: CPUBudget(online: 8, affinity: 4, quota: 2), workers: 2, peak: 200, peakAlone: 110,
        limitAlone: 128)

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
            (
                healthy { $0.blas.core = "Prescott" },
                "on a processor with wider vectors: install a newer libopenblas"
            ),
            (
                healthy { ($0.blas.core, $0.blas.choice) = ("Prescott", .respectUser) },
                "on a processor with wider vectors: unset OPENBLAS_CORETYPE"
            ),
            (
                healthy { ($0.blas.core, $0.blas.choice) = ("Prescott", .refuse(.untestedVersion)) },
                "start with OPENBLAS_CORETYPE="
            ),
            (healthy { $0.peakAlone = 80 }, "only 80 of the 128 GFLOP/s that a core can do: see with top"),
            (healthy { ($0.budget.quota, $0.workers) = (0.5, 1) }, "the CPU quota is 0.5 of a core: give"),
            (healthy { $0.workers = 3 }, "3 workers for 2 cores: unset COGNITRON_THREADS"),
            (healthy { ($0.peak, $0.limitAlone) = (19, nil) }, "only 9.5 GFLOP/s a worker"),
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
        let old = Self.healthy {
            ($0.blas.core, $0.processor) = ("Nehalem", Processor(information: "flags: sse2"))
        }
        #expect(old.problems.isEmpty)
    }
}

extension Program {
    /// A shared library of this C code; its path.
    fileprivate func compile(_ name: String, _ source: String) throws -> String {
        let (file, library) = (path("\(name).c"), path("lib\(name).so"))
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Swift's own compiler for C, without which no package with a C header is built.
        compiler.arguments = ["clang", "-O1", "-shared", "-fPIC", "-o", library, file]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return library
    }
}
