import Cognitron
import CognitronKernels
import Testing

@testable import CognitronData

@Suite("Samples mixed with others of their batch")
struct MixingTests {
    private static let draw = Draw(epoch: 0, key: RandomKey(seed: 9))
    private static let count = 16

    /// Picture n is n + 1 everywhere, its class is n.
    private struct Flat: BatchSource {
        var sampleCount: Int? { count }
        func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
            let shape: Shape = [samples.count, 8, 10, 1]
            let numbers = Tensor(samples.map { $0 + 1 }).reshaped([samples.count, 1, 1, 1])
            let boxes = samples.flatMap { n in
                [
                    BoxRow(left: 0, top: 0, right: 10, bottom: 8, label: n),
                    BoxRow(left: 2, top: 1, right: 5, bottom: 4, label: n),
                ].flatMap(\.scalars)
            }
            let picture = Tensor.zeros(shape) + numbers
            return Batch(
                inputs: [picture],
                targets: [
                    Tensor(samples), picture.reshaped([samples.count, 8, 10]),
                    Tensor(boxes, shape: [samples.count, 2, 5]),
                ])
        }
    }

    private static func mixed(_ rule: Augmentation, _ kinds: [TargetKind] = [.other, .mask]) throws -> Batch {
        let source = Flat().withCategoricalTargets(classCount: count).augmented([rule], targets: kinds)
        return try #require(try source.batch(Array(0..<count), draw))
    }

    @Test(
        "Classes are weighted by what the picture shows of each",
        arguments: [Augmentation.cutmix(), .mosaic()])
    func shares(_ rule: Augmentation) throws {
        let batch = try Self.mixed(rule)
        #expect(batch.targets[0].shape == [Self.count, Self.count])
        var mixtures = 0
        for n in 0..<Self.count {
            let pixels = batch.inputs[0][n].scalars
            // The mask shows what the picture shows.
            #expect(batch.targets[1][n].scalars == pixels)
            let classes = batch.targets[0][n].scalars
            for (label, share) in classes.enumerated() {
                let shown = pixels.filter { $0 == Float(label + 1) }.count
                #expect(abs(share - Float(shown) / 80) < 1e-5)
            }
            mixtures += classes.filter { $0 > 0 }.count > 1 ? 1 : 0
        }
        #expect(mixtures > 4)
    }

    @Test("Mixup mixes pictures and classes by the same share")
    func mixup() throws {
        let batch = try Self.mixed(.mixup(alpha: 1), [.other, .picture])
        for n in 0..<Self.count {
            let classes = batch.targets[0][n].scalars
            let expected = classes.enumerated().reduce(0) { $0 + $1.element * Float($1.offset + 1) }
            #expect(abs(classes.reduce(0, +) - 1) < 1e-5)
            #expect(batch.inputs[0][n].scalars.allSatisfy { abs($0 - expected) < 1e-4 })
            #expect(batch.targets[1][n].scalars == batch.inputs[0][n].scalars)
        }
    }

    @Test("Boxes of each part have rows of their own, and instances their numbers")
    func boxes() throws {
        struct Instances: BatchSource {
            var sampleCount: Int? { 16 }
            func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
                var batch = try Flat().batch(samples, draw)
                batch?.targets[0] = .zeros([samples.count, 1])
                batch?.targets[1] = .ones([samples.count, 8, 10])
                return batch
            }
        }
        let source = Instances().augmented([.mosaic()], targets: [.other, .mask, .boxes])
        let batch = try #require(try source.batch(Array(0..<Self.count), Self.draw))
        #expect(batch.targets[2].shape == [Self.count, 8, 5])
        for n in 0..<Self.count {
            for (pixel, value) in batch.inputs[0][n].scalars.enumerated() {
                // Row number of the instance's box: that box's picture is the one that the pixel shows.
                let row = Int(batch.targets[1][n].scalars[pixel]) - 1
                let box = BoxRow(batch.targets[2][n][row].scalars)
                #expect(box.label + 1 == Int(value))
                let (x, y) = (Float(pixel % 10), Float(pixel / 10))
                #expect(box.left <= x && x < box.right && box.top <= y && y < box.bottom)
            }
        }
    }

    @Test("Class numbers and masks that cannot be mixed are errors with advice")
    func errors() throws {
        let numbers = Flat().augmented([.mixup()])
        let error = #expect(throws: CognitronError.self) { try numbers.batch([0, 1], Self.draw) }
        #expect(error?.advice?.contains("categoricalCrossentropy") ?? false)
        let masks = #expect(throws: CognitronError.self) { try Self.mixed(.mixup()) }
        #expect(masks?.advice == "use cutmix or mosaic")
    }
}
