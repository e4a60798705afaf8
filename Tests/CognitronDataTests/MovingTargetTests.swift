import Cognitron
import CognitronKernels
import Testing

@testable import CognitronData

@Suite("Masks, boxes and pictures among the targets follow their pictures")
struct MovingTargetTests {
    private static let draw = Draw(epoch: 1, key: RandomKey(seed: 3))
    private static let size = 24

    /// Rectangles: pictures, masks, boxes, and the picture once more as a target.
    private static func rectangles(_ count: Int) -> Batch {
        var generator = RandomKey(seed: 5).generator()
        var (masks, boxes) = ([Float](), [Float]())
        for _ in 0..<count {
            let (top, left) = (
                Int.random(in: 0..<16, using: &generator), Int.random(in: 0..<16, using: &generator)
            )
            let (bottom, right) = (top + Int.random(in: 4...8, using: &generator), left + 6)
            for row in 0..<size {
                for column in 0..<size {
                    masks.append((top..<bottom) ~= row && (left..<right) ~= column ? 2 : 0)
                }
            }
            boxes +=
                BoxRow(
                    left: Float(left), top: Float(top), right: Float(right), bottom: Float(bottom), label: 3
                ).scalars + BoxRow.none.scalars
        }
        let mask = Tensor(masks, shape: [count, size, size])
        let picture = (mask * 0.5).reshaped([count, size, size, 1])
        return Batch(
            inputs: [picture], targets: [mask, Tensor(boxes, shape: [count, 2, 5]), picture, .ones([count])])
    }

    private struct Rectangles: BatchSource {
        let all: Batch
        var sampleCount: Int? { all.count }
        func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
            Batch(
                inputs: all.inputs.map { $0.batch(samples) }, targets: all.targets.map { $0.batch(samples) })
        }
    }

    private static let kinds: [TargetKind] = [.mask, .boxes, .picture, .other]
    /// By whole pixels, or by displacements whose box holds the pixels that are shown: edges are the mask's.
    private static let exactMoves: [Augmentation] = [
        .randomFlip, .verticalFlip, .randomCrop(padding: 6, fillMode: .constant),
        .elastic(1, fillMode: .constant),
    ]
    /// Rectangles stay upright: a mask has the pixels whose middles a rectangle covers, so edges differ by
    /// half a pixel.
    private static let uprightMoves: [Augmentation] = [
        .zoom(0.4, fillMode: .constant), .resizedCrop(smallest: 0.3),
    ]
    /// A right angle that points along an axis covers no middle of a pixel in its first one and a half; one
    /// that the picture's edge cuts, in a little more.
    private static let turningMoves: [Augmentation] = [
        .rotation(degrees: 60, fillMode: .constant), .shear(0.5, fillMode: .constant), .perspective(0.5),
    ]
    private static let moves: [(Augmentation, ClosedRange<Float>)] =
        exactMoves.map { ($0, 0...0) } + uprightMoves.map { ($0, -0.5...0.5) }
        + turningMoves.map { ($0, -0.5...1.25) }

    private static func moved(_ rules: [Augmentation], _ count: Int = 24) throws -> Batch {
        let source = Rectangles(all: rectangles(count)).augmented(rules, targets: kinds)
        return try #require(try source.batch(Array(0..<count), draw))
    }

    /// - Parameter excess: how far beyond the mask's edges the box's are, in pixels.
    @Test("The box holds what the moved mask shows, and not more than its corners", arguments: moves)
    func boxesFitMasks(_ rule: Augmentation, _ excess: ClosedRange<Float>) throws {
        let (batch, before) = (try Self.moved([rule]), Self.rectangles(24))
        #expect(batch.inputs[0] != before.inputs[0])
        #expect(batch.targets[3] == before.targets[3])
        for n in 0..<24 {
            let box = BoxRow(batch.targets[1][n][0].scalars)
            #expect(BoxRow(batch.targets[1][n][1].scalars) == .none)
            let mask = batch.targets[0][n]
            let shown = (0..<Self.size * Self.size).filter { mask.scalars[$0] == 2 }
            #expect(Set(mask.scalars).isSubset(of: [0, 2]))
            guard let first = shown.first, let last = shown.last else {
                #expect(box == .none || min(box.right - box.left, box.bottom - box.top) <= excess.upperBound)
                continue
            }
            let columns = shown.map { $0 % Self.size }
            let hull: [Float] = [
                Float(columns.min() ?? 0), Float(first / Self.size), Float((columns.max() ?? 0) + 1),
                Float(last / Self.size + 1),
            ]
            for (place, sign) in ([1, 1, -1, -1] as [Float]).enumerated() {
                let beyond = sign * (hull[place] - box.scalars[place])
                #expect(
                    (excess.lowerBound - 1e-4...excess.upperBound + 1e-4).contains(beyond),
                    "\(rule.name) \(n): \(beyond) of \(box), mask \(hull)")
            }
            #expect(box.label == 3)
        }
    }

    @Test(
        "A target picture shows what the picture shows, and a mask what a rounded picture shows",
        arguments: moves)
    func picturesFollow(_ rule: Augmentation, _ excess: ClosedRange<Float>) throws {
        let batch = try Self.moved([rule])
        #expect(batch.targets[2] == batch.inputs[0])
        let rounded = batch.inputs[0].scalars.map { ($0).rounded() * 2 }
        let wrong = zip(rounded, batch.targets[0].scalars).filter { $0 != $1 }.count
        // At a corner both shares of a blend may be above a half and their product below: in a tenth of a
        // source's pixel, and so in at most one pixel of each rectangle.
        #expect(wrong <= (excess == 0...0 && rule.name != "elastic" ? 0 : 24), "\(rule.name): \(wrong)")
    }

    @Test("Weights of a mask's pixels move with it, and are 1 beyond the edges")
    func weightsFollow() throws {
        let pictures = Self.rectangles(6)
        let source = SampleSource(
            [pictures.inputs[0]], [pictures.targets[0]], weights: [pictures.targets[0]])
        let rules: [Augmentation] = [.alternatingFlip, .randomCrop(padding: 3, fillMode: .constant)]
        let batch = try #require(
            try source.augmented(rules, targets: [.mask]).batch(Array(0..<6), Self.draw))
        let weights = try #require(batch.weight(0))
        let outside = zip(weights.scalars, batch.targets[0].scalars).filter { $0 != $1 }
        #expect(weights != pictures.targets[0] && outside.allSatisfy { $0 == (1, 0) })
        // One weight a sample stays.
        let plain = SampleSource(
            [pictures.inputs[0]], [pictures.targets[0]], weights: [Tensor([1, 2, 3, 4, 5, 6])])
        let kept = try plain.augmented(rules, targets: [.mask]).batch(Array(0..<6), Self.draw)
        #expect(kept?.weight(0) == [1, 2, 3, 4, 5, 6])
    }

    @Test("Movements follow each other; neither the batch nor the threads decide")
    func together() throws {
        let rules: [Augmentation] = [.alternatingFlip, .rotation(degrees: 20), .brightness(0.2), .zoom(0.2)]
        let all = try Self.moved(rules)
        let alone = try WorkerPool.withoutWorkers { try Self.moved(rules) }
        #expect(all.inputs == alone.inputs && all.targets == alone.targets)
        let source = Rectangles(all: Self.rectangles(24)).augmented(rules, targets: Self.kinds)
        let some = try #require(try source.batch([7, 2], Self.draw))
        #expect(some.inputs[0] == all.inputs[0].batch([7, 2]))
        for (part, whole) in zip(some.targets, all.targets) { #expect(part == whole.batch([7, 2])) }
    }

    @Test("By hand: 3×3 pictures")
    func byHand() {
        let x: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        func moved(_ warp: Warp, isNearest: Bool = false) -> [Float] {
            var y = [Float](repeating: 0, count: 9)
            warp.kernel(isNearest: isNearest).gather(x, into: &y, ImageSize(3, 3, channels: 1))
            return y
        }
        #expect(moved(.mirrored) == [3, 2, 1, 6, 5, 4, 9, 8, 7])
        #expect(moved(.flipped) == [7, 8, 9, 4, 5, 6, 1, 2, 3])
        #expect(moved(.shift(down: 1, right: -1)) == [0, 0, 0, 2, 3, 0, 5, 6, 0])
        #expect(moved(.shift(down: 4, right: 0, fillMode: .wrap)) == [7, 8, 9, 1, 2, 3, 4, 5, 6])
        #expect(moved(.shift(down: 0, right: 5, fillMode: .nearest)) == [1, 1, 1, 4, 4, 4, 7, 7, 7])
        // A quarter of a turn anticlockwise.
        let turned = moved(.rotation(degrees: 90, height: 3, width: 3, fillMode: .nearest))
        for (a, b) in zip(turned, [3, 6, 9, 2, 5, 8, 1, 4, 7] as [Float]) { #expect(abs(a - b) < 1e-5) }
        // Half a pixel: means of neighbours; beyond the edge a nearest pixel.
        let half = Warp.projective((1, 0, 0.5), (0, 1, 0), fillMode: .nearest)
        #expect(moved(half) == [1.5, 2.5, 3, 4.5, 5.5, 6, 7.5, 8.5, 9])
        #expect(moved(.projective((.nan, 0, 0), (0, 1, 0), fillMode: .reflect)).allSatisfy { $0 == 0 })
        #expect(
            moved(.displacement(rows: Array(repeating: 1, count: 9), columns: Array(repeating: 0, count: 9)))
                == [4, 5, 6, 7, 8, 9, 0, 0, 0])
    }

    @Test("A box that leaves its picture has no row, one at the edge is cut")
    func boxes() {
        let box = BoxRow(left: 1, top: 2, right: 5, bottom: 6, label: 4)
        func moved(down: Int, right: Int) -> BoxRow {
            Warp.shift(down: down, right: right).moved(box, height: 10, width: 8)
        }
        #expect(moved(down: 1, right: -2) == BoxRow(left: 0, top: 3, right: 3, bottom: 7, label: 4))
        #expect(moved(down: 8, right: 0) == .none)
        #expect(
            Warp.mirrored.moved(box, height: 10, width: 8)
                == BoxRow(left: 3, top: 2, right: 7, bottom: 6, label: 4))
        #expect(
            Warp.flipped.moved(box, height: 10, width: 8)
                == BoxRow(left: 1, top: 4, right: 5, bottom: 8, label: 4))
    }

    @Test("A target of another size than its picture is an error")
    func invalid() throws {
        var batch = Self.rectangles(2)
        batch.targets[0] = .zeros([2, 5, 5])
        let source = Rectangles(all: batch).augmented([.randomFlip], targets: Self.kinds)
        let error = #expect(throws: CognitronError.self) { try source.batch([0, 1], Self.draw) }
        #expect(error?.expected == "a mask of shape 2 × 24 × 24")
    }
}
