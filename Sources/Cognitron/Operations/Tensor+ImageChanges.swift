import CognitronKernels

// Random changes of images. x, y: (N, H, W, C).

extension Tensor {
    /// Each image changed by what is drawn for it. In place where the storage is not shared.
    ///
    /// What is drawn depends on the key and the image's place in the batch: with the same key,
    /// `imageChangesGradient` draws the same.
    consuming func changingImages(
        _ key: RandomKey, _ draw: (ImageSize, inout RandomGenerator) -> [ImageChange]
    ) -> Tensor {
        let (size, images) = (imageSize, shape[0])
        return overwritten { x, y in
            Self.forEachImage(images, size) { image, scratch in
                let at = y + image * size.count
                if x != UnsafePointer(y) { at.update(from: x + image * size.count, count: size.count) }
                var generator = key.folding(image).generator()
                for change in draw(size, &generator) { change.apply(at, scratch: scratch, size) }
            }
        }
    }

    /// dx, with self as dy.
    consuming func imageChangesGradient(
        _ x: Tensor, _ key: RandomKey, _ draw: (ImageSize, inout RandomGenerator) -> [ImageChange]
    ) -> Tensor {
        let (size, images) = (imageSize, shape[0])
        let result = overwritten { dy, dx in
            Self.forEachImage(images, size) { image, scratch in
                let at = dx + image * size.count
                if dy != UnsafePointer(dx) { at.update(from: dy + image * size.count, count: size.count) }
                var generator = key.folding(image).generator()
                draw(size, &generator)[...].pullBack(
                    at, x.pointer + image * size.count, scratch: scratch, size)
            }
        }
        withExtendedLifetime(x) {}
        return result
    }

    /// A window of each image at a place drawn for it: (N, height, width, C).
    func croppingImages(_ key: RandomKey, height: Int, width: Int) -> Tensor {
        let size = imageSize
        var y = Tensor(uninitialized: [shape[0], height, width, size.channels])
        let (from, to) = (pointer, y.mutablePointer)
        let run = width * size.channels
        for image in 0..<shape[0] {
            let first = size.place(of: image, height, width, key)
            for row in 0..<height {
                (to + (image * height + row) * run).update(
                    from: from + first + row * size.width * size.channels, count: run)
            }
        }
        withExtendedLifetime(self) {}
        return y
    }

    /// dx of images (N, height, width, C), with self as dy: zeros around the windows.
    func imageCropsGradient(_ key: RandomKey, height: Int, width: Int) -> Tensor {
        let window = imageSize
        let size = ImageSize(height, width, channels: window.channels)
        var dx = Tensor.zeros([shape[0], height, width, size.channels])
        let (from, to) = (pointer, dx.mutablePointer)
        let run = window.width * size.channels
        for image in 0..<shape[0] {
            let first = size.place(of: image, window.height, window.width, key)
            for row in 0..<window.height {
                (to + first + row * width * size.channels).update(
                    from: from + (image * window.height + row) * run, count: run)
            }
        }
        withExtendedLifetime(self) {}
        return dx
    }

    /// Masks (N, height, width, 1): 1 inside the rectangles, 0 outside.
    static func rectangles(
        _ rectangles: [(columns: Range<Int>, rows: Range<Int>)], height: Int, width: Int
    ) -> Tensor {
        let size = ImageSize(height, width, channels: 1)
        var masks = Tensor.zeros([rectangles.count, height, width, 1])
        let start = masks.mutablePointer
        for (image, rectangle) in rectangles.enumerated() {
            size.fill(start + image * size.count, rows: rectangle.rows, columns: rectangle.columns, with: 1)
        }
        return masks
    }

    private var imageSize: ImageSize {
        require(rank == 4, "images of shape \(shape)")
        return ImageSize(shape[1], shape[2], channels: shape[3])
    }

    /// Calls `body` for every image, with memory for one more, on several threads.
    private static func forEachImage(
        _ images: Int, _ size: ImageSize, _ body: (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let grain = Swift.max(1, Elementwise.grain / Swift.max(1, size.count))
        WorkerPool.shared.run(total: images, grain: grain) { range, _ in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { scratch in
                guard let scratch = scratch.baseAddress else { return }
                for image in range { body(image, scratch) }
            }
        }
    }
}

extension ImageSize {
    /// The first element, in a batch, of a window of one image at a place drawn for it.
    fileprivate func place(of image: Int, _ height: Int, _ width: Int, _ key: RandomKey) -> Int {
        var generator = key.folding(image).generator()
        let top = Int.random(in: 0...self.height - height, using: &generator)
        let left = Int.random(in: 0...self.width - width, using: &generator)
        return ((image * self.height + top) * self.width + left) * channels
    }
}
