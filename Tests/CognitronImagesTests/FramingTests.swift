import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

@Suite("Framings")
struct FramingTests {
    private let boxes = [BoxRow(left: 10, top: 20, right: 30, bottom: 40, label: 2)]

    @Test("Stretched: each axis by itself; boxes follow")
    func stretch() {
        let frame = Framing.stretch.frame(height: 100, width: 200, into: [50, 50])
        #expect(frame.window == PictureWindow(x: 0, y: 0, width: 200, height: 100))
        #expect(frame.applied(to: boxes) == [BoxRow(left: 2.5, top: 10, right: 7.5, bottom: 20, label: 2)])
    }

    @Test("Fitted: proportions are kept, the rest is filled")
    func fit() {
        let frame = Framing.fit(fill: 9).frame(height: 2, width: 4, into: [4, 4])
        #expect(frame.target == PictureWindow(x: 0, y: 1, width: 4, height: 2))
        let picture = Picture(height: 2, width: 4, channels: 1, pixels: Array(1...8))
        #expect(frame.applied(to: picture).pixels == [9, 9, 9, 9] + Array(1...8) + [9, 9, 9, 9])
        let box = BoxRow(left: 1, top: 0, right: 3, bottom: 2, label: 0)
        #expect(frame.applied(to: [box]) == [BoxRow(left: 1, top: 1, right: 3, bottom: 3, label: 0)])
        // Sides that would vanish keep a pixel.
        #expect(Framing.fit().frame(height: 1, width: 1000, into: [10, 10]).target.height == 1)
    }

    @Test("Cropped in the middle: the largest part with the wanted proportions; boxes are cut off")
    func centerCrop() {
        let frame = Framing.centerCrop.frame(height: 100, width: 200, into: [50, 50])
        #expect(frame.window == PictureWindow(x: 50, y: 0, width: 100, height: 100))
        let boxes = [
            BoxRow(left: 40, top: 10, right: 70, bottom: 20, label: 0),
            BoxRow(left: 0, top: 0, right: 49, bottom: 99, label: 1),
            BoxRow(left: 149, top: 0, right: 900, bottom: 900, label: 2),
        ]
        // The second is outside; of the third half a pixel is left.
        #expect(frame.applied(to: boxes) == [BoxRow(left: 0, top: 5, right: 10, bottom: 10, label: 0)])
        #expect(
            Framing.randomResizedCrop().frame(height: 100, width: 200, into: [50, 50]) == frame,
            "in evaluation")
    }

    @Test("Random parts have the drawn shares of the area and ratios, and lie within", arguments: [1, 2])
    func randomResizedCrop(_ seed: UInt64) {
        let framing = Framing.randomResizedCrop(scale: 0.2...0.5, ratio: 0.8...1.25)
        var shares: [Double] = []
        var corners: Set<Int> = []
        for sample in 0..<500 {
            let random = RandomKey(seed: seed).folding(sample).generator()
            let window = framing.frame(height: 375, width: 500, into: [224, 224], random: random).window
            #expect(window.lies(inHeight: 375, width: 500))
            shares.append(Double(window.width * window.height) / (375 * 500))
            #expect((0.79...1.27).contains(Double(window.width) / Double(window.height)))
            corners.insert(window.x)
        }
        #expect(shares.allSatisfy { (0.195...0.505).contains($0) })
        #expect(abs(shares.reduce(0, +) / 500 - 0.35) < 0.02)
        #expect(corners.count > 100)
        // A strip that no ratio fits: the middle, as in torchvision.
        let strip = Framing.randomResizedCrop().frame(
            height: 10, width: 1000, into: [8, 8], random: RandomKey(seed: seed).generator())
        #expect(strip.window == PictureWindow(x: 493, y: 0, width: 13, height: 10))
    }

    @Test("Framings are kept in files; impossible ones are refused")
    func files() throws {
        for framing in [Framing.stretch, .fit(fill: 114), .centerCrop, .randomResizedCrop(scale: 0.5...1)] {
            let data = try JSONEncoder().encode(DatasetOptions(framing: framing))
            #expect(try JSONDecoder().decode(DatasetOptions.self, from: data).framing == framing)
        }
        let wrong = Framing.randomResizedCrop(scale: 0...2)
        #expect(
            error { try PictureSource(["a.png"], shape: [8, 8, 3], framing: wrong) }?.expected
                == "shares of the area between 0 and 1")
    }

    @Test("A JPEG that is read smaller gives nearly the same part")
    func shrink() throws {
        let shapes = Shapes.make(count: 1, size: 256)
        let jpeg = try PictureFile.encode(shapes.images.picture(at: 0), as: .jpeg, quality: 95)
        let frame = PictureFrame(
            PictureWindow(x: 16, y: 32, width: 160, height: 200),
            onto: PictureWindow(x: 0, y: 0, width: 40, height: 40), height: 40, width: 40)
        #expect(frame.shrink == 4)
        let whole = frame.applied(to: try PictureFile.read(jpeg))
        let small = try OpenPicture(jpeg, name: "a").read(.rgb) { _ in frame.shrink }
        #expect(small.shape == [64, 64, 3])
        let part = frame.scaled(to: small, fromHeight: 256, width: 256).applied(to: small)
        let difference = zip(whole.pixels, part.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)
        #expect(Double(difference) / Double(whole.pixels.count) < 2)
    }
}
