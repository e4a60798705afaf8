import Foundation
import Testing

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

        /// The machine's values are texts and one number.
        enum Machine: Decodable {
            case text(String)
            case number(Int)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int.self) {
                    self = .number(number)
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
            ["predict", "--model", "lenet", "--batch", "3"],
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
                #expect(figure.unit == (figure.name.hasSuffix("bandwidth") ? "GB/s" : figure.unit))
                names.insert(figure.name)
            }
        }
        let passes = ["forward", "data", "weights"]
        let expected =
            ["peak/sgemm", "peak/bandwidth", "train/lenet/batch2", "predict/lenet/batch3"]
            + ["conv2d", "conv2d_1"].flatMap { layer in
                ["naive", "im2col", "wide"].flatMap { algorithm in
                    passes.map { "conv/lenet/\(layer)/\(algorithm)/\($0)" }
                }
            }
        #expect(names == Set(expected))
    }

    @Test(
        "refuses counts below one", arguments: ["--threads", "--repeat", "--batch"], ["0", "-1"])
    func counts(_ option: String, _ count: String) throws {
        for form in [[], ["train"]] {
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
