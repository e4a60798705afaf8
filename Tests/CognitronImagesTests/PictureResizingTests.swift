import Cognitron
import CognitronData
import Testing

@Suite("Resized pictures")
struct PictureResizingTests {
    @Test("Pillow's pixels to the bit, in every size and filter", arguments: Fixtures.resizedNames)
    func pillow(_ name: String) throws {
        let parts = name.split(separator: "/")
        let filters: [Substring: Interpolation] = [
            "nearest": .nearest, "bilinear": .bilinear, "bicubic": .bicubic, "lanczos": .lanczos3,
        ]
        let picture = try Fixtures.pixels("rgb.png")
        let resized = picture.resized(
            height: try #require(Int(parts[1])), width: try #require(Int(parts[2])),
            interpolation: try #require(filters[parts[3]]))
        #expect(resized == (try Fixtures.pixels(name)))
        // Each channel by itself.
        let red = picture.channel(0).resized(
            height: resized.height, width: resized.width, interpolation: try #require(filters[parts[3]]))
        #expect(red == resized.channel(0))
    }

    @Test("Two by two pixels become one, about their mean; one becomes many, all alike")
    func byHand() {
        let picture = Picture(height: 2, width: 2, channels: 1, pixels: [10, 20, 30, 41])
        // Rounded after each axis: 15 and 36, then 26.
        #expect(picture.resized(height: 1, width: 1).pixels == [26])
        #expect(picture.resized(height: 2, width: 2) == picture)
        #expect(picture.resized(height: 1, width: 4, interpolation: .nearest).pixels == [30, 30, 41, 41])
        let one = Picture(height: 1, width: 1, channels: 3, pixels: [1, 2, 255])
        #expect(one.resized(height: 2, width: 20).pixels == (0..<40).flatMap { _ in [1, 2, 255] as [UInt8] })
    }

    @Test("A part is resized as if it had been cut out")
    func window() throws {
        let picture = try Fixtures.pixels("rgb.png")
        let window = PictureWindow(x: 3, y: 2, width: 17, height: 11)
        for filter in Interpolation.allCases {
            for (height, width) in [(5, 5), (11, 17), (11, 4), (30, 17)] {
                #expect(
                    picture.resized(height: height, width: width, from: window, interpolation: filter)
                        == picture.cropped(to: window)
                        .resized(height: height, width: width, interpolation: filter))
            }
        }
    }

    @Test("Turning by each orientation: corners where EXIF says they are")
    func turned() {
        // 0 1 2
        // 3 4 5
        let stored = Picture(height: 2, width: 3, channels: 1, pixels: [0, 1, 2, 3, 4, 5])
        let shown: [[UInt8]] = [
            [0, 1, 2, 3, 4, 5], [2, 1, 0, 5, 4, 3], [5, 4, 3, 2, 1, 0], [3, 4, 5, 0, 1, 2],
            [0, 3, 1, 4, 2, 5], [3, 0, 4, 1, 5, 2], [5, 2, 4, 1, 3, 0], [2, 5, 1, 4, 0, 3],
        ]
        for (orientation, pixels) in zip(PictureOrientation.allCases, shown) {
            let picture = stored.turned(from: orientation)
            #expect(picture.pixels == pixels)
            #expect(picture.width == (orientation.exchangesAxes ? 2 : 3))
        }
    }
}

extension Picture {
    fileprivate func channel(_ index: Int) -> Picture {
        Picture(
            height: height, width: width, channels: 1,
            pixels: stride(from: index, to: pixels.count, by: channels).map { pixels[$0] })
    }
}
