import ArgumentParser
import Cognitron
import CognitronDetection
import CognitronKernels

/// `bench regions`: measures what detectors do with boxes.
struct RegionBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regions", abstract: "Milliseconds of suppression, RoI align and RoI pooling.",
        usage: "bench regions [<options>]",
        discussion: """
            Suppression is of 10,000 boxes, apart from each other or around 100 objects, all of one class or \
            of 80; features are 7 × 7 of 1,000 regions of a map of 50 × 68 with 256 channels, forward and \
            forward and backward. Scripts/peers/regions.py measures the same with torchvision, on the same \
            boxes: both print how many are kept.
            """)

    @OptionGroup var options: BenchOptions

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("work                                     ms")
        for (name, work) in Self.suppressions + Self.features {
            Report.showMeasuring(name)
            var kept: Int?
            let timing = Timing(repetitions: options.repetitions, .latency) { kept = work() }
            Report.showMeasuring(nil)
            print(
                name.padding(32), column(1e3 * timing.median, 2, width: 10),
                kept.map { "  (\($0) kept)" } ?? "")
            report.add(Figure("regions/\(name)", "calls/s", amount: 1, timing))
            limits.sample()
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }

    private typealias Work = (name: String, run: () -> Int?)

    private static var suppressions: [Work] {
        let scores = (0..<count).map { Float(uniform($0, 4)) }
        let labels = (0..<count).map { $0 % 80 }
        let apart = (0..<count).map { number in
            box(
                uniform(number, 0) * 1200, uniform(number, 1) * 800, 16 + 112 * uniform(number, 2),
                16 + 112 * uniform(number, 3))
        }
        let clustered = (0..<count).map { number in
            let object = number % 100
            return box(
                uniform(object, 0) * 1200 + 10 * uniform(number, 0),
                uniform(object, 1) * 800 + 10 * uniform(number, 1), 60 + 20 * uniform(number, 2),
                60 + 20 * uniform(number, 3))
        }
        return [("apart", apart), ("clustered", clustered)].flatMap { name, boxes in
            [
                (
                    "nms-\(name)",
                    { NonMaximumSuppression.kept(boxes, scores: scores, threshold: 0.7).count }
                ),
                (
                    "nms-\(name)-80-classes",
                    {
                        NonMaximumSuppression.kept(boxes, scores: scores, labels: labels, threshold: 0.7)
                            .count
                    }
                ),
            ] as [Work]
        }
    }

    private static var features: [Work] {
        let maps = Tensor.randomNormal([1, 50, 68, 256], seed: 1)
        let weighting = Tensor.randomNormal([1000, 7, 7, 256], seed: 2)
        let rows = (0..<1000).flatMap { number -> [Float] in
            let box = box(
                uniform(number, 0) * 900, uniform(number, 1) * 600, 30 + 400 * uniform(number, 2),
                30 + 400 * uniform(number, 3))
            return [0, box.left, box.top, min(box.right, 1088), min(box.bottom, 800)]
        }
        let regions = Tensor(rows, shape: [1000, 5])
        let layers: [(String, any MergingLayer)] = [
            ("roi-align", RoIAlign(size: 7, spatialScale: 1 / 16)),
            ("roi-align-adaptive", RoIAlign(size: 7, spatialScale: 1 / 16, samplingRatio: 0)),
            ("roi-pooling", RoIPooling(size: 7, spatialScale: 1 / 16)),
        ]
        return layers.flatMap { name, layer in
            [
                (
                    "\(name)-forward",
                    {
                        _ = layer.forward([maps, regions], .inference)
                        return nil
                    }
                ),
                (
                    "\(name)-training",
                    {
                        _ = layer.forward([maps, regions], .training).pullback(weighting)
                        return nil
                    }
                ),
            ] as [Work]
        }
    }

    private static let count = 10_000

    private static func box(_ left: Double, _ top: Double, _ width: Double, _ height: Double) -> Box {
        Box([Float(left), Float(top), Float(width), Float(height)], .sizes)
    }

    /// Evenly spread numbers from 0 to 1: the multiples of the roots of primes, without their whole parts.
    private static func uniform(_ number: Int, _ sequence: Int) -> Double {
        let value = Double(number + 1) * Double([2, 3, 5, 7, 11][sequence]).squareRoot()
        return value - value.rounded(.down)
    }
}
