import Foundation
import Testing

@Suite("The command cognitron on tables", .serialized)
struct TableTests {
    /// A table as a German spreadsheet writes it: a byte order mark, semicolons, decimal commas. The price
    /// follows from the area and the kind.
    private static func homes(_ rows: Int, withPrice: Bool = true) -> String {
        let lines = (0..<rows).map { row -> String in
            let area = 40 + row * 37 % 120
            let kind = ["flat", "house"][row % 2]
            let price = 1_000 * area + (kind == "house" ? 50_000 : 0)
            return "\(area),5;\"\(kind)\";\(row)" + (withPrice ? ";\(price)" : "")
        }
        let names = "area;kind;number" + (withPrice ? ";price" : "")
        return "\u{FEFF}" + ([names] + lines).joined(separator: "\r\n") + "\r\n"
    }

    private func program() throws -> Program {
        let program = try Program()
        try Data(Self.homes(120).utf8).write(to: URL(fileURLWithPath: program.path("homes.csv")))
        return program
    }

    private static let training = [
        "train", "--model", "mlp", "--dataset", "csv:homes.csv", "--target", "price", "--leave-out", "number",
        "--epochs", "60", "--batch-size", "16", "--optimizer", "adam", "--learning-rate", "0.01",
    ]

    @Test("Regression from a spreadsheet's table: train, evaluate, predict rows of another")
    func regression() throws {
        let program = try program()
        let trained = try program.start(Self.training).wait()
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("on 96 rows of csv:homes.csv"))
        #expect(trained.output.contains("Test mean_absolute_error "))
        let evaluated = try program.run("evaluate", "mlp-homes.safetensors", "--format", "csv")
        #expect(evaluated.status == 0, "\(evaluated.errors)")
        let scores = Dictionary(
            uniqueKeysWithValues: evaluated.output.split(separator: "\n").dropFirst().map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                return (String(cells[0]), cells[1...3].compactMap { Double($0) })
            })
        let r2 = try #require(scores["r2_score"])
        #expect(r2.count == 3 && r2[0] > 0.95 && r2[1] <= r2[0] && r2[0] <= r2[2], "\(evaluated.output)")
        #expect(scores["root_mean_squared_error"] != nil)

        try Data(Self.homes(4, withPrice: false).utf8).write(
            to: URL(fileURLWithPath: program.path("new.csv")))
        let predicted = try program.run(
            "predict", "mlp-homes.safetensors", "new.csv", "--format", "json", "--output", "a.json")
        #expect(predicted.status == 0 && predicted.output == "Wrote a.json\n", "\(predicted.errors)")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: program.data("a.json")) as? [[String: Any]])
        let prices = rows.compactMap { ($0["values"] as? [String: Double])?["price"] }
        #expect(prices.count == 4 && abs(prices[0] - 40_000) < 15_000 && abs(prices[1] - 127_000) < 15_000)
        let known = try program.run("predict", "mlp-homes.safetensors", "homes.csv")
        #expect(known.output.hasPrefix("row 0  price "))
        #expect(known.output.split(separator: "\n")[0].hasSuffix("(40000)"))
        let whole = try program.run("evaluate", "mlp-homes.safetensors", "--dataset", "csv:./homes.csv")
        #expect(whole.output.hasPrefix("120 rows of csv:./homes.csv (all):"), "\(whole.errors)")
    }

    @Test("Lines and rows that are left out are counted, once")
    func leftOut() throws {
        let program = try Program()
        let rows = (1...20).map { "\($0),\($0 == 3 ? "" : "2")\($0 == 7 ? ",9" : "")" }
        try (["a,b"] + rows).joined(separator: "\n").write(
            toFile: program.path("t.csv"), atomically: true, encoding: .utf8)
        let refused = try program.run("train", "--model", "mlp:4", "--dataset", "csv:t.csv")
        #expect(
            refused.errors.contains("t.csv, line 8: ") && refused.errors.contains("(--skip-damaged)"),
            "\(refused.errors)")
        let trained = try program.run(
            "train", "--model", "mlp:4", "--dataset", "csv:t.csv", "--epochs", "1", "--skip-damaged",
            "--missing",
            "drop")
        #expect(trained.status == 0, "\(trained.errors)")
        for note in [
            "1 line of t.csv has another number of fields and is left out\n",
            "1 of 19 rows of t.csv has missing values and is left out\n",
        ] {
            #expect(trained.output.components(separatedBy: note).count == 2, "\(trained.output)")
        }
    }

    @Test("Classification: the classes are the table's texts")
    func classification() throws {
        let program = try program()
        let trained = try program.run(
            "train", "--model", "mlp:8", "--dataset", "csv:homes.csv", "--target", "kind", "--epochs", "40",
            "--optimizer", "adam", "--learning-rate", "0.02", "--batch-size", "16")
        #expect(trained.status == 0, "\(trained.errors)")
        let predicted = try program.run("predict", "mlp-homes.safetensors", "0", "--format", "csv")
        #expect(predicted.output.hasPrefix("sample,truth,guess,probability,flat,house\nrow 0,"))
        let evaluated = try program.run("evaluate", "mlp-homes.safetensors")
        #expect(evaluated.output.contains("(95 %, Wilson)") && evaluated.output.contains("f1_score"))
        let summary = try program.run("summary", "mlp-homes.safetensors")
        #expect(summary.output.contains("Normalization"))
    }

    @Test("A training of a table is resumed from another folder, to the same file")
    func resumed() throws {
        let program = try program()
        let whole = try program.start(Self.training + ["--output", "whole.safetensors"]).wait()
        #expect(whole.status == 0, "\(whole.errors)")
        let running = try program.start(
            Self.training + ["--output", "net.safetensors", "--checkpoint", "run"])
        running.wait(for: "Epoch 3/")
        running.process.interrupt()
        _ = running.wait()
        let script = "mkdir -p elsewhere && cd elsewhere && \"$0\" \"$@\""
        let resumed = try program.start(["train", "--resume", "../run"], script: script).wait()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try program.data("net.safetensors") == program.data("whole.safetensors"))
    }

    static let mistakes: [([String], [String])] = [
        (["--target", "prize"], ["prize", "price"]),
        (["--model", "lenet"], ["lenet: is no network for regression", "models for regression: mlp"]),
        (["--size", "64"], ["--size: csv:homes.csv has no pictures"]),
        (["--dataset", "csv:nowhere.csv"], ["nowhere.csv"]),
        (["--dataset", "homes.csv"], ["did you mean csv:homes.csv?"]),
        (["--dataset", "csv:"], ["expected csv:FILE"]),
        (["--dataset", "cvs:homes.csv"], ["or csv:FILE"]),
        (["--target", ""], ["--target: expected the name of a column, got none"]),
    ]

    @Test(
        "A mistake is answered with what would be right, and leaves nothing behind",
        arguments: mistakes.indices)
    func mistake(_ number: Int) throws {
        let (arguments, expected) = Self.mistakes[number]
        let program = try program()
        let base = ["train", "--model", "mlp", "--dataset", "csv:homes.csv"]
        let result = try program.start(base + arguments).wait()
        #expect(result.status != 0)
        for text in expected { #expect(result.errors.contains(text), "\(result.errors)") }
        #expect(program.files == ["homes.csv"])
    }
}
