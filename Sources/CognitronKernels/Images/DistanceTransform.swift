// The Euclidean distance of each pixel to the nearest one of a set.
//
// Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions" (2012): along the columns the
// distance to the nearest pixel of the set, then along each row the lower envelope of parabolas
// (j − q)² + column[q]².

package enum DistanceTransform {
    /// y (N, H, W) ← the squared distance of each pixel to the nearest one where mask (N, H, W) is `number`;
    /// infinity in images without one.
    package static func squared(
        _ mask: UnsafePointer<Float>, of number: Float, batch: Int, height: Int, width: Int,
        into y: UnsafeMutablePointer<Float>
    ) {
        let size = height * width
        WorkerPool.shared.run(total: batch, grain: max(1, Elementwise.grain / max(1, size))) { images, _ in
            for n in images {
                columns(mask + n * size, number, height, width, into: y + n * size)
                rows(height, width, y + n * size)
            }
        }
    }

    /// y ← the squared distance to the nearest pixel of the set in the same column.
    private static func columns(
        _ mask: UnsafePointer<Float>, _ number: Float, _ height: Int, _ width: Int,
        into y: UnsafeMutablePointer<Float>
    ) {
        for i in 0..<height {
            for j in 0..<width {
                let above = i > 0 ? y[(i - 1) * width + j] + 1 : .infinity
                y[i * width + j] = mask[i * width + j] == number ? 0 : above
            }
        }
        for i in (0..<height).reversed() {
            for j in 0..<width {
                let below = i < height - 1 ? y[(i + 1) * width + j].squareRoot() + 1 : .infinity
                let nearest = min(y[i * width + j], below)
                y[i * width + j] = nearest * nearest
            }
        }
    }

    /// y (H, W) ← min over q of (j − q)² + y[i, q], in each row.
    private static func rows(_ height: Int, _ width: Int, _ y: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Parabola.self, capacity: width) { envelope in
            for i in 0..<height {
                let row = y + i * width
                let count = lowerEnvelope(row, width, envelope)
                guard count > 0 else { continue }
                var lowest = 0
                for j in 0..<width {
                    while lowest + 1 < count, envelope[lowest + 1].start <= Float(j) { lowest += 1 }
                    let distance = Float(j - envelope[lowest].place)
                    row[j] = distance * distance + envelope[lowest].height
                }
            }
        }
    }

    /// One that is lowest from `start` on.
    private struct Parabola {
        var place: Int
        var height: Float
        var start: Float
    }

    /// The parabolas that are lowest somewhere, from left to right.
    private static func lowerEnvelope(
        _ row: UnsafePointer<Float>, _ width: Int, _ envelope: UnsafeMutableBufferPointer<Parabola>
    ) -> Int {
        var count = 0
        for q in 0..<width where row[q].isFinite {
            var start = -Float.infinity
            while count > 0 {
                let last = envelope[count - 1]
                // Where the two parabolas meet.
                start =
                    ((row[q] - last.height) / Float(q - last.place) + Float(q + last.place)) / 2
                guard start <= last.start else { break }
                count -= 1
                start = -.infinity
            }
            envelope.initializeElement(at: count, to: Parabola(place: q, height: row[q], start: start))
            count += 1
        }
        return count
    }
}
