import Cognitron
import Testing

@Suite("Sets of features")
struct FeatureSetTests {
    @Test("Distance and diversity are NumPy's", arguments: try GoldenCase.all("feature_sets"))
    func golden(_ golden: GoldenCase) throws {
        let (a, b) = (try FeatureSet(golden["a"]), try FeatureSet(golden["b"]))
        let scale = a.variance + b.variance
        for distance in [a.frechetDistance(to: b), b.frechetDistance(to: a)] {
            #expect(try abs(distance - golden["distance"].scalar) < 1e-4 * scale)
        }
        #expect(try abs(a.diversity / golden["diversity"].scalar - 1) < 1e-5)
    }

    @Test("By hand: means 3 apart, variances 1 and 4")
    func byHand() throws {
        let a = try FeatureSet([[-1], [0], [1]])
        let b = try FeatureSet([[1], [3], [5]])
        #expect(abs(a.frechetDistance(to: b) - 10) < 1e-5)  // 3² + (2 − 1)²
        #expect(abs(a.diversity - 4 / 3) < 1e-6)
    }

    @Test("A set is at 0 from itself, its halves are near, noise is far")
    func order() throws {
        let mixing = Tensor.randomNormal([16, 64], seed: 2)
        // Of 64 features half are always 0, as a rectifier leaves them.
        let features =
            Tensor.randomNormal([2000, 16], seed: 1).matmul(mixing).maximum(0)
            * Tensor((0..<64).map { $0 % 2 == 0 ? 1 : 0 })
        let whole = try FeatureSet(features)
        let halves = (try FeatureSet(features[0..<1000]), try FeatureSet(features[1000..<2000]))
        let noise = try FeatureSet(.randomNormal([1000, 64], seed: 3))
        #expect(whole.frechetDistance(to: whole) < 1e-3 * whole.variance)
        let near = halves.0.frechetDistance(to: halves.1)
        #expect(near < 0.02 * whole.variance)
        #expect(halves.0.frechetDistance(to: noise) > 10 * near)
    }

    @Test("The same picture again and again has no diversity")
    func collapsed() throws {
        let features = Tensor.randomNormal([700, 8], seed: 1) * 0.01 + 5
        let one = Tensor.concatenated(Array(repeating: features[0..<1], count: 700), axis: 0)
        #expect(try FeatureSet(one).diversity < 1e-4)
        // The distance of two normal numbers of 8 coordinates is 2 · Γ(4.5) / Γ(4).
        #expect(abs(try FeatureSet(features).diversity - 0.03877) < 0.0005)
    }

    @Test("The nearest of another set come in order")
    func nearest() throws {
        let others = try FeatureSet([[0, 0], [3, 4], [10, 0], [0, 1]])
        let found = try FeatureSet([[0, 0.75], [9, 0]]).nearest(in: others, count: 2)
        #expect(found.map { $0.map(\.index) } == [[3, 0], [2, 1]])
        #expect(abs(found[0][0].distance - 0.25) < 1e-5 && abs(found[1][0].distance - 1) < 1e-5)
        #expect(try FeatureSet([[1], [2]]).nearest(in: FeatureSet([[0], [5]]), count: 9)[0].count == 2)
    }

    @Test("What are no features is refused")
    func refusals() throws {
        for wrong in [Tensor.zeros([4]), .zeros([1, 3]), .zeros([2, 2, 2])] {
            let error = #expect(throws: CognitronError.self) { try FeatureSet(wrong) }
            #expect(error?.kind == .shape)
        }
        #expect(throws: CognitronError.self) { try FeatureSet(Tensor([1, .nan], shape: [2, 1])) }
    }

    @Test("Singular values by hand, of wide and tall matrices, small ones too")
    func singularValues() {
        let wide: Tensor = [[3, 0, 0], [0, 0, -2]]
        #expect(wide.singularValues().isClose(to: [3, 2]))
        #expect(wide.transposed.singularValues().isClose(to: [3, 2]))
        let small: Tensor = [[1, 0], [0, 1e-5]]
        #expect(abs(small.singularValues()[1] / 1e-5 - 1) < 0.05)
    }
}
