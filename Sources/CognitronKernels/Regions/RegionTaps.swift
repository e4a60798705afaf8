// Along one axis, the pixels that each bin of each region is a weighted mean of.
//
// A bin has some samples at even distances, each between two pixels; a pixel that several samples of a bin
// read is one tap. An output pixel's weights are the products of those of its row and its column.

struct RegionTaps {
    typealias Tap = (place: Int32, weight: Float)

    /// Regions for which this is too few are some million pixels large.
    private static let mostSamples: Float = 1_048_576

    /// Where the taps of bin b of region r begin, at r · bins + b, and at the end their number.
    private(set) var starts: [Int32] = [0]
    private(set) var taps: [Tap] = []

    /// - Parameters:
    ///   - sides: the first and last side of each region in pixels of the picture; nil for no taps.
    ///   - pixels: of the image along the axis.
    ///   - samples: in each bin; 0 for one a pixel, rounded up.
    ///   - isAligned: whether pixels are points in the middle of their areas; if not, regions are a pixel
    ///     long at least.
    init(
        _ sides: [(first: Float, last: Float)?], pixels: Int, bins: Int, scale: Float, samples: Int,
        isAligned: Bool
    ) {
        starts.reserveCapacity(sides.count * bins + 1)
        taps.reserveCapacity(4 * sides.count * bins)
        let offset: Float = isAligned ? 0.5 : 0
        for side in sides {
            guard let side else {
                starts.append(contentsOf: repeatElement(Int32(taps.count), count: bins))
                continue
            }
            let first = side.first * scale - offset
            let rest = side.last * scale - offset - first
            let length = isAligned ? rest : max(rest, 1)
            let bin = length / Float(bins)
            let count = samples > 0 ? Float(samples) : min(max(bin.rounded(.up), 0), Self.mostSamples)
            for number in 0..<bins {
                addBin(from: first + Float(number) * bin, length: bin, samples: count, pixels)
                starts.append(Int32(taps.count))
            }
        }
    }

    /// Adds the taps of `samples` samples in a bin.
    private mutating func addBin(from first: Float, length: Float, samples: Float, _ pixels: Int) {
        let (step, start) = (length / samples, taps.count)
        // Without those before and past the image, which a large region has any number of.
        var (low, high) = (0 as Float, samples - 1)
        if step > 0 {
            low = max(low, ((-1 - first) / step - 2).rounded(.down))
            high = min(high, ((Float(pixels) - first) / step + 1).rounded(.up))
        }
        guard low <= high else { return }  // nor where sides overflow
        for sample in Int(low)...Int(high) {
            let place = first + (Float(sample) + 0.5) * length / samples
            // Up to a pixel outside, the pixel at the edge is read; further out there is nothing.
            guard place >= -1, place <= Float(pixels) else { continue }
            let inside = min(max(place, 0), Float(pixels - 1))
            let pixel = Int(inside)
            let share = inside - Float(pixel)
            add(pixel, (1 - share) / samples, from: start)
            if share > 0 { add(pixel + 1, share / samples, from: start) }
        }
    }

    /// Adds to the bin's tap at a pixel. Samples go on along the axis, so it is one of the last two.
    private mutating func add(_ pixel: Int, _ weight: Float, from start: Int) {
        for tap in stride(from: taps.count - 1, through: max(start, taps.count - 2), by: -1)
        where Int(taps[tap].place) == pixel {
            taps[tap].weight += weight
            return
        }
        taps.append((Int32(pixel), weight))
    }
}
