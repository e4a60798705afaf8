import Testing

@testable import CognitronKernels

@Suite("Zero padding kernel")
struct ZeroPaddingTests {
    @Test(
        "Zeros stand around every image, and the gradient is what is inside",
        arguments: [(0, 0, 0, 0), (1, 1, 1, 1), (2, 0, 0, 3), (0, 1, 5, 0)])
    func padding(_ top: Int, _ bottom: Int, _ left: Int, _ right: Int) {
        // Large enough for several workers.
        let (images, height, width, channels) = (5, 20, 31, 17)
        let kernel = ZeroPadding(
            images: images, ImageSize(height, width, channels: channels),
            Border(top: top, bottom: bottom, left: left, right: right))
        let (paddedHeight, paddedWidth) = (top + height + bottom, left + width + right)
        let x = numbers(images * height * width * channels)
        let dy = numbers(images * paddedHeight * paddedWidth * channels, seed: 2)
        var y = [Float](repeating: .nan, count: dy.count)
        var dx = [Float](repeating: .nan, count: x.count)
        kernel.forward(x, into: &y)
        kernel.backward(dy, into: &dx)
        var expectedY = [Float](repeating: 0, count: dy.count)
        var expectedDx = dx
        for n in 0..<images {
            for h in 0..<height {
                for w in 0..<width {
                    for c in 0..<channels {
                        let inner = ((n * height + h) * width + w) * channels + c
                        let row = n * paddedHeight + top + h
                        let outer = (row * paddedWidth + left + w) * channels + c
                        expectedY[outer] = x[inner]
                        expectedDx[inner] = dy[outer]
                    }
                }
            }
        }
        #expect(y == expectedY && dx == expectedDx)
    }
}
