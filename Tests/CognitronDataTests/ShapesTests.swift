import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Shapes")
struct ShapesTests {
    @Test("The same seed draws the same pictures, another one others")
    func seeds() {
        let a = Shapes.make(count: 50, seed: 7)
        #expect(a == Shapes.make(count: 50, seed: 7))
        #expect(a.images != Shapes.make(count: 50, seed: 8).images)
        #expect(a.images != Shapes.make(count: 50, seed: 7, split: .test).images)
    }

    @Test("A picture depends on its index alone, not on which others are made")
    func subsets() {
        let all = Shapes.make(count: 300, seed: 3)
        #expect(all.prefix(70) == Shapes.make(count: 70, seed: 3))
        #expect(all[130..<140] == Shapes(seed: 3)[130..<140])
        let scene = Shapes(seed: 3).scene(at: 137)
        #expect(scene.image == all.images[137..<138])
        #expect(scene.label == all.sample(at: 137).label)
    }

    @Test("The pictures of seed 1 stay what they are")
    func fixed() {
        // A change of these numbers changes every result that was ever measured on the shapes.
        let pixels = Shapes.make(count: 20).images.pixels
        let sum = pixels.reduce(0) { $0 + Int($1) }
        #expect(abs(sum - Self.sumOfTwenty) <= 200, "the pixels of twenty pictures add up to \(sum)")
        #expect(Shapes.make(count: 10).labels.scalars.map { Int($0) } == Self.firstLabels)
    }

    #if os(Linux)
        // Other systems' sines differ in the last place.
        @Test(
            "Every pixel of seed 1 stays what it is",
            arguments: [(32, Shapes.Channels.rgb), (28, .grey), (64, .rgb), (17, .grey)])
        func checksum(_ size: Int, _ channels: Shapes.Channels) {
            let pixels = Shapes.make(count: 1_000, size: size, channels: channels).images.pixels
            // FNV-1a.
            let hash = pixels.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01B3
            }
            #expect(hash == Self.checksums[size])
        }

        private static let checksums: [Int: UInt64] = [
            32: 13_866_508_071_697_039_381, 28: 9_548_170_539_918_835_421,
            64: 18_043_920_177_903_845_319, 17: 9_963_713_871_680_621_366,
        ]
    #endif

    private static let sumOfTwenty = 8_244_463
    private static let firstLabels = [9, 8, 3, 2, 1, 5, 7, 0, 6, 4]

    @Test("Every ten pictures show every class once")
    func balance() {
        let data = Shapes.make(count: 200)
        #expect(data.classCounts == [Int](repeating: 20, count: 10))
        for start in stride(from: 0, to: 200, by: 10) {
            #expect(Set(data[start..<start + 10].labels.scalars).count == 10)
        }
    }

    @Test("Both forms have the shapes that networks expect")
    func forms() {
        #expect(Shapes.make(count: 3).images.shape == [3, 32, 32, 3])
        #expect(Shapes.make(count: 3, size: 28, channels: .grey).images.shape == [3, 28, 28, 1])
        #expect(Shapes.make(count: 0).count == 0)
        #expect(Shapes.classNames.count == 10)
    }

    @Test(
        "Mask and box fit the picture",
        arguments: [(16, Shapes.Channels.rgb), (28, .grey), (32, .rgb), (64, .grey)])
    func scenes(_ size: Int, _ channels: Shapes.Channels) throws {
        let shapes = Shapes(seed: 5, size: size, channels: channels)
        for index in 0..<50 {
            let scene = shapes.scene(at: index)
            let box = try #require(scene.boxes.first)
            #expect(scene.boxes.count == 1 && box.label == scene.label)
            #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= size && box.y + box.height <= size)
            #expect(scene.mask.count == size * size && scene.mask.allSatisfy { $0 <= 1 })
            var rows = Set<Int>()
            var columns = Set<Int>()
            for at in scene.mask.indices where scene.mask[at] == 1 {
                rows.insert(at / size)
                columns.insert(at % size)
            }
            #expect(rows.min() == box.y && rows.max() == box.y + box.height - 1)
            #expect(columns.min() == box.x && columns.max() == box.x + box.width - 1)
            let area = scene.mask.reduce(0) { $0 + Int($1) }
            #expect(area > size * size / 25 && area < size * size * 2 / 3)
        }
    }

    @Test("A shape's brightness differs from its background's")
    func contrast() {
        let shapes = Shapes(seed: 6, size: 32, channels: .grey)
        for index in 0..<100 {
            let scene = shapes.scene(at: index)
            var sums: [(sum: Int, count: Int)] = [(0, 0), (0, 0)]
            for (pixel, isInside) in zip(scene.image.pixels, scene.mask) {
                sums[Int(isInside)].sum += Int(pixel)
                sums[Int(isInside)].count += 1
            }
            let means = sums.map { $0.sum / max($0.count, 1) }
            #expect(abs(means[0] - means[1]) > 60, "picture \(index)")
        }
    }

    @Test("Every outline fits the unit circle and is positive outside", arguments: ShapeKind.allCases)
    func outlines(_ kind: ShapeKind) {
        for step in 0..<360 {
            let angle = Float(step) * .pi / 180
            let rim = SIMD2(cos(angle), sin(angle)) * 1.06
            #expect(kind.distance(rim) > 0)
        }
    }
}
