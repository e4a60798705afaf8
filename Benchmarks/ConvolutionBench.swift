import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels
import Foundation

/// `bench` and `bench conv`: compares the convolution algorithms on the layers of the models.
struct ConvolutionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conv", abstract: "Compares the convolution algorithms on each layer.",
        usage: "bench conv [<options>]")

    @OptionGroup var options: BenchOptions

    @Option(help: "Network whose layers are measured; may be repeated.")
    var model: [ModelName] = [.lenet, .vggLite, .resnet18]

    @Option(help: "Algorithm to compare with the naive one; may be repeated.")
    var algorithm: [ConvolutionAlgorithm] = ConvolutionAlgorithm.allCases

    @Option(help: "Pass to measure; may be repeated.")
    var pass: [ConvolutionPass] = ConvolutionPass.allCases

    @Option(parsing: .unconditional, help: "Images per batch.")
    var batch = 128

    func validate() throws {
        guard batch >= 1 else { throw ValidationError("--batch \(batch): expected at least 1") }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        var rows: [ConvolutionRow] = []
        for name in model {
            for layer in distinctLayers(of: try name.makeCompiled()) {
                Report.showMeasuring("\(name)/\(layer.name)")
                let problem = ConvolutionProblem(layer.geometry)
                for pass in pass {
                    rows += problem.measure(
                        pass, algorithm, options.repetitions, model: name, layer: layer.name)
                }
                limits.sample()
            }
        }
        Report.showMeasuring(nil)
        let (peak, line) = report.add(limits, repetitions: options.repetitions)
        for row in rows { report.add(row.figure) }
        print("\(line); batch \(batch); GFLOP/s of the direct sums; * is chosen")
        ConvolutionRow.printTable(rows, peak: peak)
        try report.write(to: options.json)
    }

    /// The model's convolutions, the first of each geometry.
    private func distinctLayers(of model: Model) -> [(name: String, geometry: ConvolutionGeometry)] {
        var seen: Set<ConvolutionGeometry> = []
        return model.convolutions(batch: batch).filter { seen.insert($0.geometry).inserted }
    }
}

/// The measurement of one pass of one layer by one algorithm.
struct ConvolutionRow {
    let model: ModelName
    let layer: String
    let geometry: ConvolutionGeometry
    let pass: ConvolutionPass
    let algorithm: ConvolutionAlgorithm
    let timing: Timing
    /// Speed-up over the naive algorithm, and largest difference from it relative to the largest result; nil
    /// for the naive algorithm itself.
    var speedUp: Double?
    var difference: Float?

    /// GFLOP/s of the direct sums, for every algorithm.
    var figure: Figure {
        Figure(
            "conv/\(model)/\(layer)/\(algorithm.rawValue)/\(pass.rawValue)", "GFLOP/s",
            amount: geometry.gigaflops(of: pass), timing)
    }

    private var isChosen: Bool { Convolution(geometry).algorithm(for: pass) == algorithm }

    static func printTable(_ rows: [ConvolutionRow], peak: Double) {
        print(
            "layer                     H×W C→OC kernel      pass     algorithm        ms  GFLOP/s  speed-up"
                + "  of peak  difference")
        for row in rows {
            guard let speedUp = row.speedUp, let difference = row.difference else { continue }
            let g = row.geometry
            let name = "\(row.model)/\(row.layer)".padding(24)
            let shape =
                ("\(g.height)×\(g.width) \(g.channels)→\(g.filters) "
                + "\(g.kernelHeight)×\(g.kernelWidth)/\(g.strideY)")
                .padding(19)
            let rate = row.figure.median
            print(
                name, shape, row.pass.rawValue.padding(8),
                (row.algorithm.rawValue + (row.isChosen ? " *" : "")).padding(10),
                column(row.timing.median * 1e3, 2, width: 8), column(rate, 1, width: 8),
                column("\(Int(speedUp.rounded()))×", width: 9),
                column("\(Int((rate / peak * 100).rounded())) %", width: 8),
                column(difference.formatted, width: 11))
        }
    }
}

extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension ConvolutionPass: ExpressibleByArgument {}

extension String {
    func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Float {
    /// One significant digit: 3e-07.
    var formatted: String { String(format: "%.0e", self) }
}
