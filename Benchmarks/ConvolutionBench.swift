import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels
import Foundation

/// `bench` and `bench conv`: the algorithms of convolution on the layers of the models.
struct ConvolutionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conv", abstract: "Naive against im2col convolution, layer by layer.",
        usage: "bench conv [<options>]")

    @OptionGroup var options: BenchOptions

    @Option(help: "Models whose layers are measured; may be given several times.")
    var model: [ModelName] = [.lenet, .vggLite, .resnet18]

    @Option(parsing: .unconditional, help: "Images a batch.")
    var batch = 128

    func validate() throws {
        guard batch >= 1 else { throw ValidationError("--batch \(batch): expected at least 1") }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        var peak = SgemmPeak()
        peak.sample()
        var rows: [ConvolutionRow] = []
        for name in model {
            for layer in distinctLayers(of: try name.makeCompiled()) {
                Report.showMeasuring("\(name.rawValue)/\(layer.name)")
                let problem = ConvolutionProblem(layer.geometry)
                for pass in ConvolutionPass.allCases {
                    rows.append(problem.measure(pass, options.repetitions, model: name, layer: layer.name))
                }
                peak.sample()
            }
        }
        Report.showMeasuring(nil)
        let bandwidth = MemoryBandwidth.measure(repetitions: options.repetitions)
        report.add(peak.figure)
        report.add(bandwidth)
        for row in rows { for figure in row.figures { report.add(figure) } }
        print(
            "sgemm peak \(column(peak.median, 0, width: 1)) GFLOP/s, memory "
                + "\(column(bandwidth.median, 1, width: 1)) GB/s; batch \(batch); GFLOP/s of the direct sums")
        ConvolutionRow.printTable(rows, peak: peak.median)
        try report.write(to: options.json)
    }

    /// The model's convolutions, of several with the same geometry the first.
    private func distinctLayers(of model: Model) -> [(name: String, geometry: ConvolutionGeometry)] {
        var seen: Set<ConvolutionGeometry> = []
        return model.convolutions(batch: batch).filter { seen.insert($0.geometry).inserted }
    }
}

/// The three products of a convolution.
enum ConvolutionPass: String, CaseIterable {
    case forward
    case data
    case weights
}

/// What was measured of one pass of one layer.
struct ConvolutionRow {
    let model: ModelName
    let layer: String
    let geometry: ConvolutionGeometry
    let pass: ConvolutionPass
    let naive: Figure
    let im2col: Figure
    let milliseconds: Double
    /// Between the two algorithms, relative to the largest result.
    let difference: Float

    var figures: [Figure] { [naive, im2col] }

    static func printTable(_ rows: [ConvolutionRow], peak: Double) {
        print(
            "layer                     H×W C→OC kernel      pass        ms  GFLOP/s  naive  speed-up  of peak  difference"
        )
        for row in rows {
            let g = row.geometry
            let name = "\(row.model.rawValue)/\(row.layer)".padding(24)
            let shape =
                "\(g.height)×\(g.width) \(g.channels)→\(g.filters) \(g.kernelHeight)×\(g.kernelWidth)/\(g.strideY)"
                .padding(19)
            print(
                name, shape, row.pass.rawValue.padding(8), column(row.milliseconds, 2, width: 8),
                column(row.im2col.median, 1, width: 8), column(row.naive.median, 1, width: 6),
                column("\(Int((row.im2col.median / row.naive.median).rounded()))×", width: 9),
                column("\(Int((row.im2col.median / peak * 100).rounded())) %", width: 8),
                column(row.difference.formatted, width: 11))
        }
    }
}

extension String {
    func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension Float {
    /// One significant digit: 3e-07.
    var formatted: String { String(format: "%.0e", self) }
}
