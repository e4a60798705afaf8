import Foundation
import Testing

@Suite("The progress of cognitron train on a terminal")
struct ProgressTests {
    private let program: Program

    init() throws {
        program = try Program()
        try SmallData.writeMNIST(to: program.path("digits"))
    }

    private func training(epochs: Int) -> [String] {
        ["train", "--model", "lenet", "--dataset", "mnist", "--data", "digits", "--batch-size", "8"]
            + ["--epochs", "\(epochs)", "--output", "m"]
    }

    private func train(
        columns: Int, epochs: Int = 3, environment: [String: String?] = [:]
    ) throws -> (Terminal, Program.Result) {
        let terminal = try Terminal(columns: columns)
        let defaults: [String: String?] = ["TERM": "xterm-256color", "NO_COLOR": nil, "XTERM_VERSION": nil]
        let running = try program.start(
            training(epochs: epochs), environment: defaults.merging(environment) { $1 },
            output: terminal.programsEnd)
        return (terminal, terminal.read(untilEndOf: running))
    }

    @Test("A line never wraps, whatever the width", arguments: [1, 12, 40, 80, 200])
    func widths(_ columns: Int) throws {
        let (terminal, result) = try train(columns: columns)
        #expect(result.status == 0, "\(result.errors)")
        // Other lines, such as "Wrote m", are not rewritten and may wrap.
        let lines = terminal.drawn.filter { $0.contains("loss") || $0.contains("━") }
        #expect(lines.allSatisfy { $0.count < columns }, "\(lines)")
        #expect(columns < 40 || lines.contains { $0.hasPrefix("Epoch 3/3") })
        if columns >= 80 {
            let bar = try #require(lines.first { $0.contains("━") && $0.contains("±") }, "\(terminal.drawn)")
            #expect(bar.contains(/loss [0-9.]+ ± [0-9.e-]+/) && bar.contains(" left"), "\(bar)")
        }
        if columns == 200 {
            #expect(lines.contains { $0.contains(/batch 5\/5 .* images\/s .* left, .* in all/) }, "\(lines)")
        }
    }

    @Test("It has colours, unless NO_COLOR is set; a dumb terminal gets plain lines")
    func colours() throws {
        #expect(try train(columns: 80).0.text.contains("\u{1B}[36m"))
        #expect(try train(columns: 80, environment: ["NO_COLOR": ""]).0.text.contains("\u{1B}[36m"))
        let plain = try train(columns: 80, environment: ["NO_COLOR": "1"]).0
        #expect(plain.text.contains("━") && !plain.text.contains(/\u{1B}\[[0-9;]*m/))
        let dumb = try train(columns: 80, environment: ["TERM": "dumb"]).0
        #expect(!dumb.text.contains("\u{1B}") && dumb.drawn.count { $0.hasPrefix("Epoch ") } == 3)
    }

    @Test("A terminal that becomes narrower is cleared of the rows that the old line takes then")
    func resized() throws {
        let terminal = try Terminal(columns: 200)
        let running = try program.start(
            ["train", "--dataset", "shapes", "--batch-size", "8", "--output", "m"],
            environment: ["TERM": "xterm-256color", "NO_COLOR": nil, "XTERM_VERSION": nil],
            output: terminal.programsEnd)
        for _ in 0..<2_000 where !terminal.text.contains("Epoch 3/") && running.process.isRunning {
            terminal.read()
            usleep(2_000)
        }
        terminal.resize(columns: 40)
        let start = terminal.text.count
        for _ in 0..<2_000 where terminal.text.count < start + 4_000 && running.process.isRunning {
            terminal.read()
            usleep(2_000)
        }
        running.process.interrupt()
        #expect(terminal.read(untilEndOf: running).status == 130)
        #expect(terminal.drawn.suffix(20).filter { $0.hasPrefix("Epoch ") }.allSatisfy { $0.count < 40 })
        #expect(terminal.text.contains(/\u{1B}\[[1-4]A\r\u{1B}\[J/))
    }

    @Test("A terminal that goes away does not end the training")
    func hangup() throws {
        var terminal: Terminal? = try Terminal(columns: 80)
        let output = try #require(terminal?.programsEnd)
        let running = try program.start(
            training(epochs: 30), output: output, script: #"trap "" HUP; exec "$0" "$@""#)
        usleep(100_000)
        try output.close()
        terminal = nil
        let result = running.wait()
        #expect(result.status == 0, "\(result.errors)")
        #expect(program.files.contains("m.history.json"))
    }
}
