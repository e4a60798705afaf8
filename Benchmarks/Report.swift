import Cognitron
import CognitronKernels
import Foundation

/// The machine and the figures measured on it, written by `--json`.
struct Report: Encodable {
    struct Machine: Encodable {
        let processor: String
        let threads: Int
        let blas: String
        let build: String
        let instructions: String
        /// Whether AVX-512 instructions run at full width; the peers' targets depend on it.
        let hasFullWidthAVX512: Bool
    }

    let machine: Machine
    private(set) var results: [Figure] = []

    init(threads: Int?) {
        if let threads { Threads.count = threads }
        machine = Machine(
            processor: Processor.current.name, threads: Threads.count, blas: BLASLibrary.current.description,
            build: Build.mode, instructions: Build.instructions,
            hasFullWidthAVX512: MultiplyAddPeak.hasFullWidthUnits())
        let workers = machine.threads == 1 ? "1 thread" : "\(machine.threads) threads"
        print(
            "\(machine.processor), \(workers), \(machine.blas), "
                + "\(machine.build) build with \(machine.instructions)"
        )
    }

    /// Shows in place, on a terminal only, what is being measured; nil clears the line.
    static func showMeasuring(_ name: String?) {
        guard isatty(STDOUT_FILENO) == 1 else { return }
        print("\r\u{1B}[K" + (name.map { "measuring \($0)" } ?? ""), terminator: "")
        fflush(nil)
    }

    mutating func add(_ figure: Figure) { results.append(figure) }

    /// Writes the report to the file given by `--json`.
    func write(to path: String?) throws {
        guard let path else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(self), to: path)
        print("Wrote \(path)")
    }
}

/// `value` with a fixed number of decimals, right-aligned in `width` characters.
func column(_ value: Double, _ decimals: Int, width: Int) -> String {
    column(String(format: "%.\(decimals)f", value), width: width)
}

/// `text` right-aligned in `width` characters.
func column(_ text: String, width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}
