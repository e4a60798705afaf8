// Kernels that resize pictures of bytes.

/// One sum of weighted bytes, with ½ added for rounding.
private typealias Sums = SIMD4<Int32>

private let half: Int32 = 1 << Int32(PictureAxis.precision - 1)

/// The byte nearest to a sum. Bicubic weights are partly negative: sums may lie outside of the bytes.
@inline(__always)
private func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: max(0, min(sum &>> 22, 255))) }

enum PictureResampling {
    /// Averages along the rows.
    ///
    ///     y[r, i, c] = Σ_t weights[i, t] · x[r, starts[i] + t, c]
    ///
    /// - Parameters:
    ///   - x: `rows` rows, `stride` bytes apart, of pixels of `channels` bytes.
    ///   - y: (rows, axis.count, channels)
    static func alongRows(
        _ x: UnsafePointer<UInt8>, stride: Int, rows: Int, channels: Int, _ axis: PictureAxis,
        into y: UnsafeMutablePointer<UInt8>
    ) {
        axis.weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            for row in 0..<rows {
                let (source, target) = (x + row * stride, y + row * axis.count * channels)
                for i in 0..<axis.count {
                    let first = source + axis.starts[i] * channels
                    let (w, count) = (weights + i * axis.taps, axis.counts[i])
                    switch channels {
                    case 3: threeChannels(first, w, count, target + i * 3)
                    default:
                        for c in 0..<channels {
                            var sum = half
                            for t in 0..<count { sum &+= Int32(first[t * channels + c]) &* w[t] }
                            target[i * channels + c] = byte(sum)
                        }
                    }
                }
            }
        }
    }

    /// All but the last pixel are read as four bytes, of which one is the next pixel's.
    @inline(__always)
    private static func threeChannels(
        _ x: UnsafePointer<UInt8>, _ w: UnsafePointer<Int32>, _ count: Int, _ y: UnsafeMutablePointer<UInt8>
    ) {
        var sums = Sums(repeating: half)
        let last = count - 1
        for t in 0..<last {
            let word = UnsafeRawPointer(x + 3 * t).loadUnaligned(as: SIMD4<UInt8>.self)
            sums &+= Sums(truncatingIfNeeded: word) &* w[t]
        }
        let pixel = x + 3 * last
        sums &+= Sums(Int32(pixel[0]), Int32(pixel[1]), Int32(pixel[2]), 0) &* w[last]
        (y[0], y[1], y[2]) = (byte(sums[0]), byte(sums[1]), byte(sums[2]))
    }

    /// Averages along the columns.
    ///
    ///     y[i, j] = Σ_t weights[i, t] · x[starts[i] + t, j]
    ///
    /// - Parameters:
    ///   - x: rows of `width` bytes, `stride` bytes apart.
    ///   - y: (axis.count, width)
    static func alongColumns(
        _ x: UnsafePointer<UInt8>, stride: Int, width: Int, _ axis: PictureAxis,
        into y: UnsafeMutablePointer<UInt8>
    ) {
        axis.weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            for i in 0..<axis.count {
                let (source, target) = (x + axis.starts[i] * stride, y + i * width)
                let (w, count) = (weights + i * axis.taps, axis.counts[i])
                let limit = SIMD16<Int32>(repeating: 255)
                var j = 0
                while j + 16 <= width {
                    var sums = SIMD16<Int32>(repeating: half)
                    for t in 0..<count {
                        let x = UnsafeRawPointer(source + t * stride + j)
                            .loadUnaligned(as: SIMD16<UInt8>.self)
                        sums &+= SIMD16<Int32>(truncatingIfNeeded: x) &* w[t]
                    }
                    let bytes = SIMD16<UInt8>(
                        truncatingIfNeeded: pointwiseMax(pointwiseMin(sums &>> 22, limit), .zero))
                    UnsafeMutableRawPointer(target + j).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
                    j += 16
                }
                while j < width {
                    var sum = half
                    for t in 0..<count { sum &+= Int32(source[t * stride + j]) &* w[t] }
                    target[j] = byte(sum)
                    j += 1
                }
            }
        }
    }

    /// y[i, j] = x[⌊(i + ½) rows / height⌋, ⌊(j + ½) columns / width⌋], in whole numbers.
    static func nearest(
        _ x: UnsafePointer<UInt8>, stride: Int, rows: Int, columns: Int, channels: Int, height: Int,
        width: Int,
        into y: UnsafeMutablePointer<UInt8>
    ) {
        let sources = (0..<width).map { (2 * $0 + 1) * columns / (2 * width) * channels }
        for i in 0..<height {
            let source = x + (2 * i + 1) * rows / (2 * height) * stride
            let target = y + i * width * channels
            for j in 0..<width {
                for c in 0..<channels { target[j * channels + c] = source[sources[j] + c] }
            }
        }
    }
}
