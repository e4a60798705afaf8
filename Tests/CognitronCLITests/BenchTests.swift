import Foundation
import Testing

#if os(Linux)
    private let isLinux = true
#else
    private let isLinux = false
#endif

@Suite("The program bench")
struct BenchTests {
    private struct Report: Decodable {
        struct Figure: Decodable {
            let name: String
            let unit: String
            let median: Double
            let min: Double
            let max: Double
        }
        let machine: [String: Machine]
        let results: [Figure]

        /// The machine's values are texts, a number and a flag.
        enum Machine: Decodable {
            case text(String)
            case number(Int)
            case flag(Bool)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int.self) {
                    self = .number(number)
                } else if let flag = try? container.decode(Bool.self) {
                    self = .flag(flag)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }
    }

    @Test("writes its figures under their names")
    func json() throws {
        let program = try Program("bench")
        let forms = [
            ["--model", "lenet", "--batch", "2"], ["train", "--model", "lenet", "--batch", "2"],
            ["layers", "--model", "lenet", "--batch", "2"], ["predict", "--model", "lenet", "--batch", "3"],
            ["scaling", "--model", "lenet", "--batch", "1", "--batch", "2"],
            ["rnn", "--layer", "gru", "--units", "3", "--batch", "2", "--steps", "4"],
        ]
        var names: Set<String> = []
        for form in forms {
            let result = try program.start(form + ["--repeat", "1", "--threads", "2", "--json", "r.json"])
                .wait()
            #expect(result.status == 0, "\(result.errors)")
            let report = try JSONDecoder().decode(Report.self, from: program.data("r.json"))
            #expect(report.machine["processor"] != nil && report.machine["blas"] != nil)
            for figure in report.results {
                #expect(figure.min > 0 && figure.min <= figure.median && figure.median <= figure.max)
                #expect(figure.unit == Self.unit(of: figure.name))
                names.insert(figure.name)
            }
        }
        var expected: Set = [
            "peak/sgemm", "peak/bandwidth", "train/lenet/batch2", "train/lenet/batch2/waiting",
            "predict/lenet/batch3", "predict/lenet/batch3/p50", "predict/lenet/batch3/p99",
            "rnn/gru/units3/forward", "rnn/gru/units3/training",
        ]
        expected.formUnion(Self.layerFigures.map { "layers/lenet/batch2/\($0)" })
        if isLinux { expected.insert("train/lenet/batch2/peak-memory") }
        for layer in ["conv2d", "conv2d_1"] {
            for pass in ["forward", "data"] { expected.insert("conv/lenet/\(layer)/strips/\(pass)") }
            for algorithm in ["naive", "im2col", "wide"] {
                for pass in ["forward", "data", "weights", "both"] {
                    expected.insert("conv/lenet/\(layer)/\(algorithm)/\(pass)")
                }
            }
        }
        for threads in [1, 2] {
            for batch in [1, 2] {
                for kind in ["train", "predict"] {
                    expected.insert("scaling/lenet/threads\(threads)/batch\(batch)/\(kind)")
                }
            }
        }
        #expect(names == expected)
    }

    @Test("measures the steps of both networks of a generator, and what it makes of noise")
    func generators() throws {
        for form in ["train", "predict"] {
            let result = try Program("bench").run(form, "--model", "cgan", "--batch", "2", "--repeat", "1")
            #expect(result.status == 0 && result.output.contains("cgan"), "\(result.errors)")
        }
    }

    /// LeNet's nodes, with a way back where parameters come before them, and what else there is to a step.
    private static var layerFigures: [String] {
        let layers = [
            "conv2d", "conv2d_1", "max_pooling2d", "max_pooling2d_1", "flatten", "dense", "dense_1",
            "dense_2",
        ]
        let kinds = ["gemm", "transforms", "elementwise", "optimizer", "data", "rest"]
        return ["input/forward", "step", "loss", "finite-check", "optimizer", "data", "rest"]
            + layers.flatMap { ["\($0)/forward", "\($0)/backward"] } + kinds.map { "kind/\($0)" }
    }

    private static func unit(of name: String) -> String {
        if name.hasSuffix("/waiting") { return "%" }
        if name.hasPrefix("layers/") { return "ms" }
        if name.hasSuffix("/peak-memory") { return "MiB" }
        if name.hasSuffix("/p50") || name.hasSuffix("/p99") { return "ms" }
        if name == "peak/bandwidth" { return "GB/s" }
        if name.hasPrefix("rnn/") { return "sequences/s" }
        return name.hasPrefix("conv/") || name == "peak/sgemm" ? "GFLOP/s" : "images/s"
    }

    @Test("says how long a prediction takes as a rule and at worst, and how fast that is")
    func latency() throws {
        let program = try Program("bench")
        let result = try program.start(
            ["predict", "--model", "lenet", "--batch", "4", "--repeat", "1", "--json", "r.json"]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: program.data("r.json"))
        let figure = Dictionary(uniqueKeysWithValues: report.results.map { ($0.name, $0) })
        let rate = try #require(figure["predict/lenet/batch4"])
        let p50 = try #require(figure["predict/lenet/batch4/p50"])
        let p99 = try #require(figure["predict/lenet/batch4/p99"])
        #expect(abs(rate.median * p50.median - 4_000) < 1, "4 images in the median time")
        #expect(p50.median <= p99.median && p99.median <= p50.max)
    }

    @Test("takes every network, in batches that suit it")
    func names() throws {
        let program = try Program("bench")
        let networks = ["mlp", "mobilenet:0.25", "wrn-10-1"]
        let models = networks.flatMap { ["--model", $0] }
        for work in ["train", "predict"] {
            let result = try program.start([work] + models + ["--batch", "1", "--repeat", "1"]).wait()
            #expect(result.status == 0, "\(result.errors)")
            for name in networks { #expect(result.output.contains("\(name) "), "\(result.output)") }
        }
    }

    @Test("takes a training step apart into rows, and into kinds of work, that add up to it")
    func layers() throws {
        let program = try Program("bench")
        let result = try program.start(
            ["layers", "--model", "lenet", "--batch", "64", "--repeat", "15", "--json", "r.json"]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: program.data("r.json"))
        let figures = report.results.filter { $0.name.hasPrefix("layers/lenet/batch64/") }
        let step = try #require(figures.first { $0.name.hasSuffix("/step") })
        let kinds = figures.filter { $0.name.contains("/kind/") }
        let rows = figures.filter { $0.name != step.name && !$0.name.contains("/kind/") }
        // Each is a median of its own, on a machine that has other tests to run: profiles are checked more
        // closely.
        for parts in [kinds, rows] {
            let sum = parts.reduce(0) { $0 + $1.median }
            #expect(sum > step.min / 2 && sum < step.max * 2, "\(sum) ms of \(step.median)")
        }
        #expect(result.output.contains("ms that a step takes"))
    }

    @Test("counts the memory of each measurement for itself", .enabled(if: isLinux))
    func peakMemory() throws {
        let program = try Program("bench")
        let result = try program.start(
            ["train", "--model", "lenet", "--batch", "2048", "--batch", "1", "--repeat", "1"]
                + ["--json", "r.json"]
        ).wait()
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: program.data("r.json"))
        let memory = report.results.filter { $0.name.hasSuffix("/peak-memory") }
        try #require(memory.map(\.name) == [2048, 1].map { "train/lenet/batch\($0)/peak-memory" })
        #expect(memory[0].median > memory[1].median + 20, "2048 pictures and their activations take more")
    }

    @Test(
        "refuses counts below one", arguments: ["--threads", "--repeat", "--batch"], ["0", "-1"])
    func counts(_ option: String, _ count: String) throws {
        for form in [[], ["train"], ["layers"], ["predict"], ["scaling"]] {
            let result = try Program("bench").start(form + [option, count]).wait()
            #expect(
                result.status != 0 && result.errors.contains("\(option) \(count): expected at least 1"),
                "\(result.errors)")
        }
    }

    @Test("refuses a file that cannot be written before it measures", arguments: ["no/folder", ".", ""])
    func unwritable(_ path: String) throws {
        let program = try Program("bench")
        let result = try program.run("--model", "lenet", "--json", path)
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.contains("--json \(path): no file can be written there"), "\(result.errors)")
        #expect(program.files.isEmpty)
    }
}
