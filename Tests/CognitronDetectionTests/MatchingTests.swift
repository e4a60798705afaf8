import Cognitron
import CognitronDetection
import Testing

@Suite("Matching of anchors")
struct MatchingTests {
    let anchors = [
        Box(left: 0, top: 0, right: 10, bottom: 10), Box(left: 0, top: 0, right: 10, bottom: 5),
        Box(left: 0, top: 0, right: 10, bottom: 2), Box(left: 50, top: 50, right: 60, bottom: 60),
    ]
    let object = Box(left: 0, top: 0, right: 10, bottom: 10)

    @Test("Thresholds part objects, ignored anchors and background")
    func thresholds() {
        let matches = BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: false).match(anchors, to: [object])
        #expect(matches == [.object(0), .ignored, .background, .background])
    }

    @Test("The best anchors of an object have it, below the thresholds too")
    func lowQuality() {
        let small = Box(left: 50, top: 50, right: 52, bottom: 52)
        let matcher = BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true)
        #expect(
            matcher.match(anchors + [anchors[3]], to: [object, small]) == [
                .object(0), .ignored, .background, .object(1), .object(1),
            ])
        #expect(
            BoxMatcher.ssd(0.5).match(anchors + [anchors[3]], to: [object, small]) == [
                .object(0), .object(0), .background, .object(1), .background,
            ])
    }

    @Test("Objects that no anchor overlaps, empty ones and those that are no numbers have none")
    func nothingToMatch() {
        let far = Box(left: 200, top: 200, right: 210, bottom: 210)
        let empty = Box(left: 3, top: 3, right: 3, bottom: 3)
        let none = Box(left: .nan, top: 0, right: 10, bottom: 10)
        for matcher in [BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true), .ssd()] {
            let background = [AnchorMatch](repeating: .background, count: 4)
            #expect(matcher.match(anchors, to: [far, empty, none]) == background)
            #expect(matcher.match(anchors, to: []) == background)
            #expect(matcher.match([], to: [object]) == [])
        }
    }

    @Test("A sample holds its share of objects, background for the rest, and depends on the key alone")
    func sampling() {
        let matches = (0..<100).map { [AnchorMatch.object($0), .background, .ignored, .background][$0 % 4] }
        let sampler = BalancedSampler(count: 40, positiveShare: 0.25)
        let (positives, negatives) = sampler.sample(matches, RandomKey(seed: 1))
        #expect(positives.count == 10 && positives.allSatisfy { $0 % 4 == 0 })
        #expect(negatives.count == 30 && negatives.allSatisfy { $0 % 2 == 1 })
        #expect(Set(positives).count == 10 && Set(negatives).count == 30)
        #expect(sampler.sample(matches, RandomKey(seed: 1)) == (positives, negatives))
        #expect(sampler.sample(matches, RandomKey(seed: 2)).positives != positives)
        let few = sampler.sample([.object(0), .ignored, .background], RandomKey(seed: 1))
        #expect(few == ([0], [2]))
    }

    @Test("Hard negatives are the background with the largest losses, three for each object")
    func mining() {
        let matches: [AnchorMatch] = [
            .background, .object(2), .background, .ignored, .background, .background,
        ]
        #expect(hardNegatives(losses: [1, 9, 4, 8, 2, 3], matches: matches, ratio: 3) == [2, 5, 4])
        #expect(hardNegatives(losses: [1, 2], matches: [.background, .background], ratio: 3) == [])
    }

    @Test("Thousands of objects are matched")
    func manyObjects() {
        let corners = (0..<5000).map { (x: Float($0 % 100), y: Float($0 / 100)) }
        let boxes = corners.map { Box([$0.x, $0.y, 1, 1], .sizes) }
        #expect(BoxMatcher.ssd().match(boxes, to: boxes) == boxes.indices.map(AnchorMatch.object))
    }
}
