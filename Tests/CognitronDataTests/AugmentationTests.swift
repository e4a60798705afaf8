import Cognitron
import CognitronKernels
import Testing

@testable import CognitronData

@Suite("Augmentation")
struct AugmentationTests {
    /// Pictures in which every byte is another, so that a change shows where each came from.
    private static let images: Images = {
        let shape: Shape = [40, 4, 5, 2]
        return try! Images((0..<shape.elementCount).map { UInt8($0 % 251 + 1) }, shape: shape)
    }()
    private static let key = RandomKey(seed: 7)

    private static func mirrored(_ n: Int) -> [Float] {
        let picture = images[n]
        return (0..<4).flatMap { y in (0..<5).flatMap { x in (0..<2).map { picture[y, 4 - x, $0] } } }
    }

    @Test("Half of the pictures are mirrored")
    func flip() throws {
        let batch = try Self.images.augmented([.randomFlip]).trainingBatch(0..<40, epoch: 0, Self.key)
        let flipped = (0..<40).filter { batch[$0].scalars == Self.mirrored($0) }
        let unchanged = (0..<40).filter { batch[$0] == Self.images[$0] }
        #expect(flipped.count + unchanged.count == 40)
        #expect(flipped.count >= 10 && unchanged.count >= 10)
    }

    @Test("Every picture is mirrored every other epoch, half of them in the first")
    func alternatingFlip() throws {
        let augmented = try Self.images.augmented([.alternatingFlip])
        let epochs = (0..<4).map { augmented.trainingBatch(0..<40, epoch: $0, Self.key) }
        for n in 0..<40 {
            let sides = epochs.map { $0[n].scalars }
            #expect(sides[0] == sides[2] && sides[1] == sides[3])
            #expect(Set(sides.prefix(2)) == [Self.images[n].scalars, Self.mirrored(n)])
        }
        let flipped = (0..<40).filter { epochs[0][$0].scalars == Self.mirrored($0) }
        #expect((10...30).contains(flipped.count))
        #expect(augmented.trainingBatch(0..<40, epoch: 0, Self.key.folding(1)) != epochs[0])
    }

    @Test(
        "Pictures move by every amount up to the padding; black comes in, or the picture in a mirror",
        arguments: FillMode.allCases)
    func crop(_ fillMode: FillMode) throws {
        let augmented = try Self.images.augmented([.randomCrop(padding: 2, fillMode: fillMode)])
        var seen: Set<[Int]> = []
        for epoch in 0..<8 {
            let batch = augmented.trainingBatch(0..<40, epoch: epoch, Self.key)
            for n in 0..<40 {
                let moves = (-2...2).flatMap { down in (-2...2).map { [down, $0] } }
                let move = moves.first {
                    Self.images.batch([n]).moved($0[0], $0[1], fillMode) == batch[n].scalars
                }
                seen.insert(try #require(move, "picture \(n) of epoch \(epoch)"))
            }
        }
        // Four rows or columns, wrapped, are alike two up and two down.
        #expect(seen.count == (fillMode == .wrap ? 20 : 25))
    }

    @Test("A picture may move out of sight but for one row and column")
    func widestCrop() throws {
        let one = try Images([1, 2, 3, 4, 5, 6], shape: [1, 2, 3, 1])
        let augmented = try one.augmented([.randomCrop(padding: 1, fillMode: .reflect)])
        let seen = Set(
            (0..<64).map {
                augmented.trainingBatch([0], epoch: $0, Self.key).scalars.map { Int(($0 * 255).rounded()) }
            })
        #expect(
            seen == [
                [1, 2, 3, 4, 5, 6], [1, 2, 3, 1, 2, 3], [4, 5, 6, 4, 5, 6], [1, 1, 2, 4, 4, 5],
                [2, 3, 3, 5, 6, 6],
                [1, 1, 2, 1, 1, 2], [4, 4, 5, 4, 4, 5], [2, 3, 3, 2, 3, 3], [5, 6, 6, 5, 6, 6],
            ])
    }

    @Test("A square about any pixel becomes black, and nothing else", arguments: [1, 2, 3, 4])
    func cutout(_ size: Int) throws {
        let augmented = try Self.images.augmented([.cutout(size: size)])
        var seen: Set<[Int]> = []
        for epoch in 0..<8 {
            let batch = augmented.trainingBatch(0..<40, epoch: epoch, Self.key)
            for n in 0..<40 {
                let middles = (0..<4).flatMap { row in (0..<5).map { [row, $0] } }
                let matching = middles.filter {
                    let (top, left) = ($0[0] - size / 2, $0[1] - size / 2)
                    return Self.images.batch([n]).blackened(top..<top + size, left..<left + size)
                        == batch[n].scalars
                }
                // Half of an even square's middles at the edges may blacken the same pixels.
                #expect(!matching.isEmpty, "picture \(n) of epoch \(epoch)")
                seen.formUnion(matching)
            }
        }
        #expect(seen.count == 20)
    }

    @Test("One after another")
    func both() throws {
        let augmented = try Self.images.augmented([.randomFlip, .randomCrop(padding: 1)])
        let batch = augmented.trainingBatch(0..<40, epoch: 0, Self.key)
        let flipped = try Images(
            (0..<40).flatMap { Self.mirrored($0).map { UInt8(($0 * 255).rounded()) } },
            shape: Self.images.shape)
        for n in 0..<40 {
            let choices = [Self.images, flipped].flatMap { images in
                (-1...1).flatMap { down in
                    (-1...1).map { right in images.batch([n]).moved(down, right) }
                }
            }
            #expect(choices.contains(batch[n].scalars))
        }
    }

    @Test("The key, the picture and nothing else decide; measuring changes nothing")
    func determinism() throws {
        let augmented = try Self.images.augmented([.randomFlip, .randomCrop(padding: 2)])
        let all = augmented.trainingBatch(0..<40, epoch: 0, Self.key)
        #expect(
            augmented.trainingBatch([31, 2], epoch: 0, Self.key)
                == Tensor.concatenated([all[31..<32], all[2..<3]], axis: 0))
        #expect(augmented.trainingBatch(0..<40, epoch: 1, Self.key) != all)
        #expect(augmented.trainingBatch(0..<40, epoch: 0, Self.key.folding(1)) != all)
        #expect(WorkerPool.withoutWorkers { augmented.trainingBatch(0..<40, epoch: 0, Self.key) } == all)
        #expect(augmented.batch(0..<40) == Self.images.tensor)
    }

    @Test("A square that is none, or larger than the picture, is an error", arguments: [-1, 0, 5, Int.max])
    func invalidCutout(_ size: Int) throws {
        let error = #expect(throws: CognitronError.self) {
            try Self.images.augmented([.cutout(size: size)])
        }
        #expect(
            error.map { "\($0)" }?.contains("cutout: invalid argument; expected a size of 1 to 4") ?? false)
    }

    @Test("A padding that leaves nothing of the picture is an error", arguments: [-1, 4, Int.max])
    func invalid(_ padding: Int) throws {
        let error = #expect(throws: CognitronError.self) {
            try Self.images.augmented([.randomCrop(padding: padding)])
        }
        #expect(error.map { "\($0)" }?.contains("a padding of 0 to 3 for images of 4×5") ?? false)
    }
}

extension Tensor {
    /// One picture (1, H, W, C) with a black rectangle.
    fileprivate func blackened(_ rows: Range<Int>, _ columns: Range<Int>) -> [Float] {
        var result: [Float] = []
        for y in 0..<shape[1] {
            for x in 0..<shape[2] {
                let isBlack = rows ~= y && columns ~= x
                for c in 0..<shape[3] { result.append(isBlack ? 0 : self[0, y, x, c]) }
            }
        }
        return result
    }

    /// One picture (1, H, W, C) moved, cut out of nine: itself among black ones or its own in mirrors.
    fileprivate func moved(_ down: Int, _ right: Int, _ fillMode: FillMode = .reflect) -> [Float] {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        func places(_ count: Int) -> [Int?] {
            let beside = [Int?](repeating: nil, count: count)
            let mirrored = (0..<count).reversed().map(Optional.some)
            let own = Array(0..<count).map(Optional.some)
            return switch fillMode {
            case .constant: beside + own + beside
            case .reflect: mirrored + own + mirrored
            case .nearest:
                Array(repeating: 0, count: count) + own + Array(repeating: count - 1, count: count)
            case .wrap: own + own + own
            }
        }
        let rows = places(height)[(height - down)...].prefix(height)
        let columns = places(width)[(width - right)...].prefix(width)
        return rows.flatMap { y in
            columns.flatMap { x in
                (0..<channels).map { c in
                    guard let y, let x else { return 0 }
                    return self[0, y, x, c]
                }
            }
        }
    }
}
