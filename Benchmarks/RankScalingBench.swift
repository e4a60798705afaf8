import Cognitron
import Foundation

/// `bench scaling --mpi`: pictures a second by the number of processes, and what more of them would reach.
struct RankScalingBench {
    let model: String
    /// Pictures a rank.
    let batch: Int
    let ranks: [Int]
    let steps: Int

    /// The networks between machines for which the model says what many ranks would reach.
    private static let networks: [(name: String, bandwidth: Double, latency: Double)] = [
        ("10 Gbit/s", 1.25e9, 30e-6), ("100 Gbit/s", 12.5e9, 5e-6),
    ]
    private static let many = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

    func run(_ report: inout Report) throws {
        print("\n\(model), \(batch) pictures a rank")
        print("ranks   images/s  speed-up  waiting  MB a step  latency µs  sum GB/s")
        var measured: [RankMeasurement] = []
        for count in ranks {
            let new = try RankMeasurement.run(
                model: model, batch: batch, ranks: count, steps: steps,
                threads: max(1, Threads.count / (ranks.max() ?? 1)))
            measured.append(new)
            let rate = { (seconds: Double) in Double(count * batch) / seconds }
            let first = Double(measured[0].ranks * batch) / measured[0].median
            print(
                column("\(count)", width: 5), column(rate(new.median), 1, width: 10),
                column(rate(new.median) / first, 2, width: 9),
                column(new.waiting * 100, 1, width: 6), "%", column(Double(new.bytes) / 1e6, 2, width: 9),
                column(count > 1 ? String(format: "%.1f", new.latency * 1e6) : "–", width: 11),
                column(count > 1 ? String(format: "%.2f", new.bandwidth / 1e9) : "–", width: 9))
            report.add(
                Figure(
                    "scaling/\(model)/ranks\(count)/batch\(batch)", "images/s",
                    samples: new.steps.map(rate)))
        }
        if let alone = measured.first(where: { $0.ranks == 1 }) {
            compare(alone, measured)
            predict(alone)
        }
    }

    /// Prints the model's steps beside the measured ones.
    private func compare(_ alone: RankMeasurement, _ measured: [RankMeasurement]) {
        for other in measured where other.ranks > 1 {
            let p = Double(other.ranks)
            // A measured sum moves 2 · (P − 1)/P times its bytes.
            let model = ScalingModel(
                compute: alone.median, bytes: Double(alone.bytes),
                latency: other.latency / (2 * log2(p).rounded(.up)),
                bandwidth: 2 * (p - 1) / p * other.bandwidth)
            let predicted = model.step(ranks: other.ranks)
            print(
                "model, \(other.ranks) ranks: \(String(format: "%.2f", predicted * 1e3)) ms a step, measured "
                    + "\(String(format: "%.2f", other.median * 1e3)) ms")
        }
    }

    /// Prints what many machines would reach.
    private func predict(_ alone: RankMeasurement) {
        print("\nmodel: images/s and the share of the time that is computing, by ranks")
        print("ranks".padding(7), Self.networks.map { column($0.name, width: 22) }.joined())
        for count in Self.many {
            let cells = Self.networks.map { network in
                let model = ScalingModel(
                    compute: alone.median, bytes: Double(alone.bytes), latency: network.latency,
                    bandwidth: network.bandwidth)
                let rate = Double(count * batch) / model.step(ranks: count)
                return String(format: "%13.0f %6.1f %%", rate, model.efficiency(ranks: count) * 100)
            }
            print("\(count)".padding(7), cells.joined())
        }
    }
}
