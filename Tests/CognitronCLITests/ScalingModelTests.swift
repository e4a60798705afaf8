import Testing

@testable import bench

@Suite("The model of a step on many ranks")
struct ScalingModelTests {
    @Test("Computed by hand")
    func byHand() {
        // 8 MB in two buckets of 4 MiB at 1 GB/s: each byte travels 2 · 3/4 times between 4 ranks.
        let model = ScalingModel(
            compute: 0.003, bytes: Double(8 << 20), bucketBytes: Double(4 << 20), latency: 1e-5,
            bandwidth: 1e9)
        let all = 1.5 * Double(8 << 20) / 1e9 + 2 * 2 * 1e-5 * 2
        #expect(abs(model.step(ranks: 4) - (0.003 + all - 0.002)) < 1e-12)
        #expect(model.step(ranks: 1) == 0.003)
    }

    @Test("What hides behind the backward pass costs no more than the last bucket")
    func hidden() {
        let model = ScalingModel(compute: 10, bytes: 1e8, latency: 1e-5, bandwidth: 1e9)
        let tail = 2.0 * 63 / 64 * Double(1 << 22) / 1e9 + 2 * 6 * 1e-5
        #expect(abs(model.step(ranks: 64) - (10 + tail)) < 1e-9)
    }

    @Test("More ranks never raise the share of computing", arguments: [1e-6, 1e-3])
    func monotonic(latency: Double) {
        let model = ScalingModel(compute: 0.05, bytes: 4.5e7, latency: latency, bandwidth: 1.25e9)
        let shares = (0...10).map { model.efficiency(ranks: 1 << $0) }
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(shares[0] == 1)
    }
}
