import Cognitron
import CognitronDetection
import Foundation
import Testing

/// What torchvision's parts made of random boxes. Scripts/make-detection-fixtures.py writes the file.
private struct Golden: Decodable {
    struct Overlaps: Decodable {
        var a, b, iou, generalized, losses, gradients, centers, sizes: [Float]
    }
    struct Offsets: Decodable {
        var weights, boxes, anchors, encoded, codes, decoded: [Float]
    }
    struct Anchors: Decodable {
        var sizes, ratios: [[Float]]
        var levels: [[Int]]
        var height, width: Int
        var boxes: [Float]
    }
    struct DefaultBoxes: Decodable {
        var every: Int
        var ssd: [Float]
        var levels: [[Int]]
        var height, width: Int
        var boxes: [Float]
    }
    struct Matches: Decodable {
        var truth, anchors, losses: [Float]
        var lowQuality, thresholds, ssd, hard: [Int]
    }
    struct Soft: Decodable {
        var indices: [Int]
        var scores: [Float]
    }
    struct Suppression: Decodable {
        var boxes, scores: [Float]
        var labels, classes: [Int]
        var kept: [String: [Int]]
        var linear, gaussian: Soft
    }
    struct Values: Decodable { var losses, gradients: [Float] }
    struct Losses: Decodable {
        var differences, logits, targets, focal, focalGradients: [Float]
        var smooth: [String: Values]
    }
    var overlaps: Overlaps
    var offsets: Offsets
    var anchors: Anchors
    var defaultBoxes: DefaultBoxes
    var matches: Matches
    var suppression: Suppression
    var losses: Losses

    static func load() throws -> Golden {
        let url = try #require(
            Bundle.module.url(forResource: "boxes", withExtension: "json", subdirectory: "Fixtures"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Golden.self, from: Data(contentsOf: url))
    }
}

@Suite("Parts of detectors give what torchvision's give")
struct GoldenBoxTests {
    private let golden: Golden
    init() throws { golden = try Golden.load() }

    @Test("Overlaps, generalised overlaps with their gradients, and forms of boxes")
    func overlaps() {
        let (one, a, b) = (golden.overlaps, boxes(golden.overlaps.a), boxes(golden.overlaps.b))
        expectClose(a.flatMap { own in b.map { own.iou($0) } }, one.iou)
        expectClose(a.flatMap { own in b.map { own.generalizedIoU($0) } }, one.generalized)
        let losses = zip(a, b).map { $0.generalizedIoULoss($1) }
        expectClose(losses.map(\.loss), one.losses)
        expectClose(losses.flatMap { numbers($0.gradient) }, one.gradients)
        expectClose(a.flatMap { numbers($0.values(.centers)) }, one.centers)
        expectClose(a.flatMap { numbers($0.values(.sizes)) }, one.sizes)
        for format in BoxFormat.allCases {
            expectClose(a.flatMap { numbers(Box($0.values(format), format).values(.corners)) }, one.a)
        }
    }

    @Test("Offsets of boxes from anchors, both ways")
    func offsets() {
        let one = golden.offsets
        let coder = BoxCoder(weights: (one.weights[0], one.weights[1], one.weights[2], one.weights[3]))
        let anchors = boxes(one.anchors)
        expectClose(
            zip(boxes(one.boxes), anchors).flatMap { numbers(coder.encode($0, from: $1)) }, one.encoded)
        let decoded = zip(fours(one.codes), anchors).map { coder.decode($0, from: $1) }
        expectClose(decoded.flatMap { numbers($0.values(.corners)) }, one.decoded)
    }

    @Test("Anchors and default boxes")
    func anchors() {
        let one = golden.anchors
        let anchors = AnchorGrid(sizes: one.sizes, ratios: one.ratios).anchors(
            levels: one.levels.map { ($0[0], $0[1]) }, pictureHeight: one.height, pictureWidth: one.width)
        #expect(anchors == boxes(one.boxes))
        let two = golden.defaultBoxes
        let maps = [38, 19, 10, 5, 3, 1].map { (height: $0, width: $0) }
        let all = DefaultBoxes.ssd300.boxes(levels: maps, pictureHeight: 300, pictureWidth: 300)
        let some = stride(from: 0, to: all.count, by: two.every).map { all[$0] }
        expectClose(some.flatMap { numbers($0.values(.corners)) }, two.ssd)
        let small = DefaultBoxes(
            ratios: [[2], [2, 3]], scales: DefaultBoxes.evenScales(levels: 2), clips: false)
        let rest = small.boxes(
            levels: two.levels.map { ($0[0], $0[1]) }, pictureHeight: two.height, pictureWidth: two.width)
        expectClose(rest.flatMap { numbers($0.values(.corners)) }, two.boxes)
    }

    @Test("Matches by thresholds, with low quality, as SSD's, and its hard negatives")
    func matches() {
        let one = golden.matches
        let (anchors, truth) = (boxes(one.anchors), boxes(one.truth))
        func numbers(_ matcher: BoxMatcher) -> [Int] {
            matcher.match(anchors, to: truth).map { $0.object ?? ($0 == .background ? -1 : -2) }
        }
        #expect(numbers(BoxMatcher(high: 0.5, low: 0.2, allowsLowQuality: true)) == one.lowQuality)
        #expect(numbers(BoxMatcher(high: 0.5, low: 0.2, allowsLowQuality: false)) == one.thresholds)
        #expect(numbers(.ssd(0.5)) == one.ssd)
        let matches = BoxMatcher.ssd(0.5).match(anchors, to: truth)
        #expect(hardNegatives(losses: one.losses, matches: matches, ratio: 3) == one.hard)
    }

    @Test("Suppression: plain, by class, soft")
    func suppression() throws {
        let (one, boxes) = (golden.suppression, boxes(golden.suppression.boxes))
        for (threshold, kept) in one.kept {
            let threshold = try #require(Float(threshold))
            #expect(NonMaximumSuppression.kept(boxes, scores: one.scores, threshold: threshold) == kept)
        }
        #expect(
            NonMaximumSuppression.kept(boxes, scores: one.scores, labels: one.labels, threshold: 0.5)
                == one.classes)
        for (method, expected) in [
            (NonMaximumSuppression.Decay.linear(above: 0.3), one.linear),
            (.gaussian(sigma: 0.5), one.gaussian),
        ] {
            let soft = NonMaximumSuppression.soft(
                Array(boxes.prefix(60)), scores: Array(one.scores.prefix(60)), method: method, threshold: 0.05
            )
            #expect(soft.map(\.index) == expected.indices)
            expectClose(soft.map(\.score), expected.scores)
        }
    }

    @Test("Smooth L1, which is Huber's loss over beta, and focal losses, with their gradients")
    func losses() throws {
        let one = golden.losses
        for (beta, expected) in one.smooth {
            let beta = try #require(Float(beta))
            // The mean of a row's four numbers, times beta.
            let differences = Tensor(one.differences, shape: [8, 4])
            let result = Loss.huber(delta: beta, reduction: .sum)(differences, .zeros([8, 4]))
            expectClose([result.loss * 4 / beta], [expected.losses.reduce(0, +)])
            expectClose(result.gradient.scalars.map { $0 * 4 / beta }, expected.gradients)
        }
        let focal = Loss.binaryFocalCrossentropy(
            applyClassBalancing: true, alpha: 0.25, gamma: 2, fromLogits: true, reduction: .sum)
        let result = focal(Tensor(one.logits, shape: [10, 1]), Tensor(one.targets, shape: [10, 1]))
        expectClose([result.loss], [one.focal.reduce(0, +)])
        expectClose(result.gradient.scalars, one.focalGradients)
    }

    private func fours(_ numbers: [Float]) -> [SIMD4<Float>] {
        stride(from: 0, to: numbers.count, by: 4).map {
            SIMD4(numbers[$0], numbers[$0 + 1], numbers[$0 + 2], numbers[$0 + 3])
        }
    }

    private func boxes(_ numbers: [Float]) -> [Box] { fours(numbers).map { Box($0, .corners) } }

    private func numbers(_ four: SIMD4<Float>) -> [Float] { four.indices.map { four[$0] } }

    /// Within 10⁻⁵ of the value, or of 1 where it is smaller.
    private func expectClose(
        _ values: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard values.count == expected.count else {
            Issue.record("\(values.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
            return
        }
        for (index, (value, wanted)) in zip(values, expected).enumerated()
        where !(abs(value - wanted) <= 1e-5 * max(1, abs(wanted))) {
            Issue.record("value \(index) is \(value), expected \(wanted)", sourceLocation: sourceLocation)
        }
    }
}
