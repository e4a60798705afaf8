#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Small filters over each channel of one image.

package enum GaussianFilter {
    /// The weights of a Gaussian of deviation sigma at `count` places about its middle; their sum is 1.
    package static func weights(_ count: Int, sigma: Float) -> [Float] {
        let values = (0..<count).map { place in
            let x = (Float(place) - Float(count - 1) / 2) / sigma
            return exp(-0.5 * x * x)
        }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }
}

extension ImageSize {
    /// y ← x filtered along its columns and rows: y[r, c] = Σᵢⱼ rows[i] columns[j] x[r + i − …, c + j − …].
    /// Both lists have an odd count, with the pixel itself in their middle. x, y and the scratch, each of
    /// this size, are not the same memory.
    package func filter(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, rows: [Float], columns: [Float], _ edge: ImageEdge
    ) {
        let rowCount = width * channels
        scratch.update(repeating: 0, count: count)
        for row in 0..<height {
            for (tap, weight) in rows.enumerated() {
                let target = scratch + row * rowCount
                if let from = edge.source(of: row + tap - rows.count / 2, count: height) {
                    let source = x + from * rowCount
                    for i in 0..<rowCount { target[i] += weight * source[i] }
                } else {
                    for i in 0..<rowCount { target[i] += weight * edge.fill }
                }
            }
        }
        y.update(repeating: 0, count: count)
        for (tap, weight) in columns.enumerated() {
            for column in 0..<width {
                let from = edge.source(of: column + tap - columns.count / 2, count: width)
                for row in 0..<height {
                    let target = y + row * rowCount + column * channels
                    if let from {
                        let source = scratch + row * rowCount + from * channels
                        for c in 0..<channels { target[c] += weight * source[c] }
                    } else {
                        for c in 0..<channels { target[c] += weight * edge.fill }
                    }
                }
            }
        }
    }

    /// y ← the mean of each pixel of x, with weight 5, and its eight neighbours, divided by 13; beyond the
    /// edges there are zeros. This is its own transpose. x and y are not the same memory.
    ///
    /// - Source: Keras `RandomSharpness`.
    func smooth(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        for row in 0..<height {
            for column in 0..<width {
                for c in 0..<channels {
                    var sum = 4 * x[(row * width + column) * channels + c]
                    for r in max(0, row - 1)...min(height - 1, row + 1) {
                        for k in max(0, column - 1)...min(width - 1, column + 1) {
                            sum += x[(r * width + k) * channels + c]
                        }
                    }
                    y[(row * width + column) * channels + c] = sum / 13
                }
            }
        }
    }
}
