import Cognitron
import Testing

@testable import CognitronCLI

@Suite("Batches in parts that fit into the memory")
struct MemoryFitTests {
    @Test(
        "The largest part that fits is chosen, and none is tried that takes more",
        arguments: [
            (1_000.0, 64, 1), (500, 64, 2), (300, 64, 4), (180, 64, 8), (122, 64, 64), (500, 60, 2),
            (200, 7, 1),
            (130, 7, 7), (500, 1, 1),
        ])
    func parts(_ limit: Double, _ batchSize: Int, _ expected: Int) throws {
        var tried: [Int] = []
        let fit = MemoryFit(limit: limit, batchSize: batchSize) { samples in
            tried.append(samples)
            return 100 + 7 * Double(samples)
        }
        let (count, peak) = try fit.parts()
        #expect(count == expected && peak == 100 + 7 * Double(batchSize / count))
        #expect(
            tried.allSatisfy { 100 + 7 * Double($0) <= limit || $0 <= batchSize / 8 || batchSize < 8 },
            "\(tried)")
        #expect(Set(tried).count == tried.count)
    }

    @Test("A peak above the line through the small parts is seen, and a smaller part taken")
    func curved() throws {
        let fit = MemoryFit(limit: 500, batchSize: 64) { 100 + Double($0 * $0) / 3 }
        #expect(try fit.parts().count == 4)
    }

    @Test("What does not fit with single samples says how much it takes")
    func tooLarge() throws {
        let fit = MemoryFit(limit: 90, batchSize: 64) { 100 + Double($0) }
        let error = try #require(#expect(throws: CognitronError.self) { try fit.parts() })
        #expect(error.description.contains("expected at least 115 MiB, got 90 MiB"))
    }

    @Test("Amounts of memory", arguments: [("2G", 2048.0), ("800M", 800), ("1.5GiB", 1536), ("2048kb", 2)])
    func sizes(_ text: String, _ mebibytes: Double) {
        #expect(MemorySize(argument: text)?.mebibytes == mebibytes)
        for wrong in ["", "2", "G", "-1G", "0M", "1K", "1e3M", "1..2G"] {
            #expect(MemorySize(argument: wrong) == nil)
        }
    }

    @Test("A training in parts has the mathematics of whole batches, and keeps within the memory it is given")
    func training() throws {
        let program = try Program()
        let base = [
            "train", "--model", "lenet", "--dataset", "shapes", "--epochs", "1", "--batch-size", "1000",
            "--learning-rate", "0.05",
        ]
        let whole = try program.start(base + ["--output", "whole"]).wait()
        let parts = try program.start(base + ["--accumulate", "4", "--output", "parts"]).wait()
        #expect(whole.status == 0 && parts.status == 0, "\(parts.errors)")
        func loss(_ result: Program.Result) throws -> Double {
            let match = try #require(result.output.firstMatch(of: /val_loss ([0-9.]+)/))
            return try #require(Double(match.1))
        }
        #expect(abs(try loss(whole) / loss(parts) - 1) < 1e-3)
        let small = try program.start(base + ["--memory", "400M", "--output", "small"]).wait()
        #expect(small.status == 0, "\(small.errors)")
        #expect(
            small.output.contains(/Batches of 1000 in \d+ parts? of \d+: \d+ of 400 MiB/), "\(small.output)")
        let number = try #require(small.output.firstMatch(of: /in (\d+) part/)).1
        let text = String(decoding: try program.data("small.yaml"), as: UTF8.self)
        #expect(text.contains("\naccumulate: \(number)\n") && !text.contains("memory"))
        let none = try program.start(base + ["--memory", "1M"]).wait()
        #expect(
            none.status == 1 && none.errors.contains("--memory: the training does not fit; expected at least")
        )
        let odd = try program.start(base + ["--accumulate", "3"]).wait()
        #expect(odd.errors.contains("--accumulate: expected a divisor of the batch size 1000, got 3"))
    }
}
