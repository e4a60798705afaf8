import Cognitron
import Testing

@testable import CognitronData

@Suite("Splits")
struct SplitTests {
    @Test("Each sample is in one part; the same seed chooses the same", arguments: [0.01, 0.2, 0.5, 0.99])
    func random(_ share: Double) throws {
        let split = try TrainTestSplit(count: 37, testShare: share, seed: 3)
        #expect((split.train + split.test).sorted() == Array(0..<37))
        #expect(split.test.count == min(max(Int((37 * share).rounded()), 1), 36))
        #expect(try split == TrainTestSplit(count: 37, testShare: share, seed: 3))
        #expect(try split != TrainTestSplit(count: 37, testShare: share, seed: 4))
    }

    @Test("Stratified, each class has its share in both parts")
    func stratified() throws {
        let labels = (0..<100).map { $0 < 70 ? 0 : $0 < 95 ? 1 : 2 }
        let test = try TrainTestSplit(count: 100, testShare: 0.2, stratifiedBy: labels).test
        #expect((0..<3).map { label in test.count { labels[$0] == label } } == [14, 5, 1])
    }

    @Test("Grouped, no group is in both parts")
    func grouped() throws {
        let groups = (0..<60).map { $0 / 6 }
        let split = try TrainTestSplit(groupedBy: groups, testShare: 0.3, seed: 2)
        #expect(Set(split.train.map { groups[$0] }).isDisjoint(with: split.test.map { groups[$0] }))
        #expect(split.test.count == 18)
    }

    @Test("Shares that leave nothing are refused", arguments: [0.0, 1.0, -1.0, Double.nan])
    func refused(_ share: Double) {
        #expect(throws: CognitronError.self) { try TrainTestSplit(count: 10, testShare: share) }
    }
}
