// Zero padding of images. x, dx: (images, height, width, channels); y, dy: (images, top + height + bottom,
// left + width + right, channels).

package struct ZeroPadding {
    let images: Int
    let height: Int
    let top: Int
    let bottom: Int
    /// Floats in a row of an image, and in the zeros before and after it.
    let run: Int
    let before: Int
    let after: Int

    /// - Parameter border: the rows and columns of zeros on each side, at least 0.
    package init(images: Int, _ image: ImageSize, _ border: Border) {
        (self.images, height) = (images, image.height)
        (top, bottom) = (border.top, border.bottom)
        run = image.width * image.channels
        before = border.left * image.channels
        after = border.right * image.channels
    }

    private var paddedHeight: Int { top + height + bottom }
    private var paddedRun: Int { before + run + after }

    /// y ← x padded with zeros. Writes y once.
    package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        forEachRow(images * paddedHeight) { row in
            let (n, h) = (row / paddedHeight, row % paddedHeight - top)
            let out = y + row * paddedRun
            guard (0..<height).contains(h) else { return out.update(repeating: 0, count: paddedRun) }
            out.update(repeating: 0, count: before)
            (out + before).update(from: x + (n * height + h) * run, count: run)
            (out + before + run).update(repeating: 0, count: after)
        }
    }

    /// dx ← the inner part of dy.
    package func backward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        forEachRow(images * height) { row in
            let paddedRow = row / height * paddedHeight + top + row % height
            (dx + row * run).update(from: dy + paddedRow * paddedRun + before, count: run)
        }
    }

    @inline(__always)
    private func forEachRow(_ rows: Int, _ body: (_ row: Int) -> Void) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, paddedRun))) { range, _ in
            for row in range { body(row) }
        }
    }
}
