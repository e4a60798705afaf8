import CognitronData
import Foundation
import CognitronImages
import Testing

@Suite("Animated pictures")
struct AnimatedPNGTests {
    private func picture(_ shade: UInt8, width: Int = 4) -> Picture {
        Picture(height: 3, width: width, channels: 1, pixels: Array(repeating: shade, count: 3 * width))
    }

    @Test("Programs that know no animation show the first picture")
    func first() throws {
        var animation = AnimatedPNG(framesPerSecond: 5)
        for shade: UInt8 in [10, 20, 30] { try animation.add(picture(shade)) }
        #expect(animation.frameCount == 3)
        let shown = try PictureFile.read(animation.bytes, channels: .grey)
        #expect(shown == picture(10))
        let text = String(decoding: animation.bytes, as: Unicode.ASCII.self)
        #expect(text.contains("acTL") && text.components(separatedBy: "fdAT").count == 3)
        #expect(text.components(separatedBy: "fcTL").count == 4)
    }

    @Test("Pictures of another size are refused")
    func size() throws {
        var animation = AnimatedPNG()
        try animation.add(picture(1))
        #expect(throws: (any Error).self) { try animation.add(picture(1, width: 5)) }
    }
}
