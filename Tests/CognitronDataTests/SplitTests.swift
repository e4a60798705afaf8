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

    @Test(
        "Where few samples a class leave equal remainders, the seed chooses the classes, and the share is kept"
    )
    func ties() throws {
        let labels = (0..<300).map { $0 / 3 }
        let tested = try (1...2).map { seed in
            let test = try TrainTestSplit(
                count: 300, testShare: 0.2, stratifiedBy: labels, seed: UInt64(seed)
            ).test
            #expect(test.count == 60 && Set(test.map { labels[$0] }).count == 60)
            return Set(test.map { labels[$0] })
        }
        #expect(tested[0] != tested[1])
        // In the order of classes, all would be below 60.
        #expect(tested[0].count { $0 >= 60 } > 10)
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

@Suite("Folds and balance")
struct FoldTests {
    private let labels = (0..<53).map { $0 % 7 == 0 ? 2 : $0 % 2 }

    @Test(
        "Each sample is in the test part of one fold; folds differ by at most one sample",
        arguments: [2, 5, 53])
    func plain(_ foldCount: Int) throws {
        let folds = try Folds(foldCount, count: 53)
        #expect(folds.flatMap(\.test).sorted() == Array(0..<53))
        let sizes = folds.map(\.test.count)
        #expect(sizes.max()! - sizes.min()! <= 1)
        for fold in folds { #expect((fold.train + fold.test).sorted() == Array(0..<53)) }
    }

    @Test("Stratified, the folds have every class alike")
    func stratified() throws {
        let folds = try Folds(4, stratifiedBy: labels)
        for label in 0..<3 {
            let counts = folds.map { fold in fold.test.count { labels[$0] == label } }
            #expect(counts.max()! - counts.min()! <= 1)
        }
    }

    @Test("Grouped, no group is in both parts of a fold")
    func grouped() throws {
        let groups = (0..<60).map { $0 * $0 % 11 }
        for fold in try Folds(3, groupedBy: groups) {
            #expect(Set(fold.train.map { groups[$0] }).isDisjoint(with: fold.test.map { groups[$0] }))
            #expect(!fold.test.isEmpty)
        }
    }

    @Test("Too many folds are refused", arguments: [1, 4])
    func refused(_ foldCount: Int) {
        #expect(throws: CognitronError.self) { try Folds(foldCount, count: 3) }
        #expect(throws: CognitronError.self) { try Folds(foldCount, groupedBy: [0, 0, 1, 1, 2, 2]) }
    }

    @Test("Balanced weights are scikit-learn's; oversampled classes are alike")
    func balance() {
        #expect(ClassBalance.weights([0, 0, 0, 1]) == [0: 4 / Float(6), 1: 2])
        let numbers = ClassBalance.oversampled(labels)
        #expect(Set(numbers) == Set(labels.indices))
        let counts = (0..<3).map { label in numbers.count { labels[$0] == label } }
        #expect(Set(counts).count == 1)
    }

    @Test("A source is split by its own labels")
    func source() throws {
        let source = SampleSource(Tensor(labels.map { Float($0) }), Tensor(labels))
        #expect(try source.labels() == labels)
        let (train, test) = try source.split(testShare: 0.25, stratified: true)
        #expect(train.sampleCount == 40 && test.sampleCount == 13)
        #expect(try test.labels().count { $0 == 2 } == 2)
        let (first, _) = source.split(try Folds(3, count: 53)[0])
        #expect(try first.batch([0], nil)?.count == 1)
        let odd = SampleSource(Tensor([1, 2] as [Float]), Tensor([0.5, 1] as [Float]))
        #expect(throws: CognitronError.self) { try odd.labels() }
    }
}
