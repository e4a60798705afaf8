/// One change of one image, all its random numbers drawn.
///
/// Changes that clip do so to `range`, the values from black to white.
package indirect enum ImageChange: Sendable {
    case warp(ImageWarp)
    /// x + delta, clipped.
    case brightness(Float, ValueRange)
    /// (x − m) · factor + m with the mean m of each channel, clipped.
    case contrast(Float, ValueRange)
    /// x + share · (grey − x), clipped. Images that have not three channels stay.
    case grey(Float, ValueRange)
    /// The hue turned, 1 being the whole circle. Images that have not three channels stay.
    case hue(Float, ValueRange)
    /// The saturation times a factor. Images that have not three channels stay.
    case saturation(Float, ValueRange)
    /// white − x
    case invert(white: Float)
    /// With x + addition, clipped: values from the threshold on are inverted. Both count as bytes, 0…255.
    case solarize(addition: Float, threshold: Float, ValueRange)
    /// The highest bits of each byte.
    case posterize(bits: Int, ValueRange)
    case equalize(bins: Int, ValueRange)
    case stretch(ValueRange)
    /// x + (1 − factor) · (smoothed − x), clipped.
    case sharpness(Float, ValueRange)
    /// Filtered along rows and columns.
    case filter(rows: [Float], columns: [Float], ImageEdge)
    /// A rectangle of one value, or of noise.
    case erase(rows: Range<Int>, columns: Range<Int>, ImageFill)
    case clip(ValueRange)
    /// own · x + (1 − own) · Σ weightᵢ · chainᵢ(x), clipped.
    case mixture(own: Float, chains: [(weight: Float, changes: [ImageChange])], ValueRange)
}

/// What an erased rectangle shows.
package enum ImageFill: Sendable {
    /// One value for each channel, or one for all.
    case values([Float])
    /// |noise| of a normal distribution, clipped: white times it.
    case noise(Philox, ValueRange)
}

extension ImageChange {
    /// Changes an image in place.
    ///
    /// - Parameter scratch: memory for another image of the same size.
    package func apply(
        _ x: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ size: ImageSize
    ) {
        switch self {
        case .warp(let warp):
            scratch.update(from: x, count: size.count)
            warp.gather(scratch, into: x, size)
        case .brightness(let delta, let range): size.map(x) { range.clip($0 + delta) }
        case .contrast(let factor, let range):
            size.contrast(x, factor: factor)
            size.map(x, range.clip)
        case .grey(let share, let range):
            size.grey(x, share: share)
            size.map(x, range.clip)
        case .hue(let turn, let range):
            size.mapPixels(x) { pixel in
                var hsv = HSV.from((pixel - range.lowerBound) / range.length)
                hsv.x += turn
                if hsv.x > 1 { hsv.x -= 1 }
                if hsv.x < 0 { hsv.x += 1 }
                let rgb = HSV.rgb(hsv).clamped(lowerBound: .zero, upperBound: .one)
                return rgb * range.length + range.lowerBound
            }
        case .saturation(let factor, let range):
            size.mapPixels(x) { pixel in
                var hsv = HSV.from((pixel - range.lowerBound) / range.length)
                hsv.y = max(0, min(1, hsv.y * factor))
                return HSV.rgb(hsv) * range.length + range.lowerBound
            }
        case .invert(let white): size.map(x) { white - $0 }
        case .solarize(let addition, let threshold, let range):
            size.map(x) {
                let byte = max(0, min(255, range.byte($0) + addition))
                return range.value(byte < threshold ? byte : 255 - byte)
            }
        case .posterize(let bits, let range):
            let step = Int32(1 << (8 - bits))
            size.map(x) {
                // Values of bytes are whole numbers but for rounding.
                let byte = Int32(max(0, min(255, range.byte($0) + 1e-3)))
                return range.value(Float(byte / step * step))
            }
        case .equalize(let bins, let range): size.equalize(x, bins: bins, range)
        case .stretch(let range): size.stretch(x, range)
        case .sharpness(let factor, let range):
            size.smooth(x, into: scratch)
            for i in 0..<size.count { x[i] = range.clip(x[i] + (1 - factor) * (scratch[i] - x[i])) }
        case .filter(let rows, let columns, let edge):
            withScratch(size) { other in
                scratch.update(from: x, count: size.count)
                size.filter(scratch, into: x, scratch: other, rows: rows, columns: columns, edge)
            }
        case .erase(let rows, let columns, let fill): fill.write(x, rows: rows, columns: columns, size)
        case .clip(let range): size.map(x, range.clip)
        case .mixture(let own, let chains, let range):
            mix(x, scratch: scratch, size, own: own, chains)
            size.map(x, range.clip)
        }
    }

    private func mix(
        _ x: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ size: ImageSize,
        own: Float, _ chains: [(weight: Float, changes: [ImageChange])]
    ) {
        withScratch(size) { copy in
            withScratch(size) { sum in
                for i in 0..<size.count { sum[i] = own * x[i] }
                for (weight, changes) in chains {
                    copy.update(from: x, count: size.count)
                    for change in changes { change.apply(copy, scratch: scratch, size) }
                    for i in 0..<size.count { sum[i] += (1 - own) * weight * copy[i] }
                }
                x.update(from: sum, count: size.count)
            }
        }
    }

    func withScratch(_ size: ImageSize, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: size.count) { memory in
            if let start = memory.baseAddress { body(start) }
        }
    }
}

extension ImageFill {
    func write(
        _ x: UnsafeMutablePointer<Float>, rows: Range<Int>, columns: Range<Int>, _ size: ImageSize
    ) {
        let (rows, columns) = (rows.clamped(to: 0..<size.height), columns.clamped(to: 0..<size.width))
        for row in rows {
            for column in columns {
                let at = (row * size.width + column) * size.channels
                for c in 0..<size.channels { x[at + c] = value(at + c, channel: c) }
            }
        }
    }

    private func value(_ index: Int, channel: Int) -> Float {
        switch self {
        case .values(let values): return values[min(channel, values.count - 1)]
        case .noise(let philox, let range):
            return range.clip(philox.normal(UInt64(index)) * range.upperBound)
        }
    }
}
