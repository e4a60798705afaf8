// RoI align: a bin of a region is the mean of samples that are interpolated between pixels.
//
// He, Gkioxari, Dollár and Girshick, "Mask R-CNN" (2017). Sizes and layouts as in RegionGeometry.swift.

package struct RegionAlignment {
    private let g: RegionGeometry
    private let list: RegionList
    private let rows: RegionTaps
    private let columns: RegionTaps

    /// - Parameters:
    ///   - samples: along each axis of a bin; 0 for one a pixel, rounded up.
    ///   - isAligned: whether pixels are points in the middle of their areas.
    package init(
        _ g: RegionGeometry, _ regions: UnsafePointer<Float>, count: Int, samples: Int, isAligned: Bool
    ) {
        let list = RegionList(regions, count: count, batch: g.batch)
        func taps(_ side: Int, pixels: Int) -> RegionTaps {
            let sides = list.images.enumerated().map { region, image -> (first: Float, last: Float)? in
                let row = regions + region * RegionList.width
                return image == nil ? nil : (row[side], row[side + 2])
            }
            return RegionTaps(
                sides, pixels: pixels, bins: g.bins, scale: g.scale, samples: samples, isAligned: isAligned)
        }
        (self.g, self.list) = (g, list)
        (rows, columns) = (taps(2, pixels: g.height), taps(1, pixels: g.width))
    }

    /// y ← Σ row's weight · column's weight · x over the taps of each bin; NaN where a region has a side that
    /// is not finite.
    package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        withTaps { rows, columns in
            g.forEachRegion(list.images.count) { region in
                let out = y + region * g.regionSize
                guard let image = list.images[region] else {
                    return out.update(repeating: .nan, count: g.regionSize)
                }
                for bin in 0..<g.bins * g.bins {
                    let window = BinWindow(
                        rows[region * g.bins + bin / g.bins], columns[region * g.bins + bin % g.bins], g)
                    window.writeSums(x + image * g.imageSize, into: out + bin * g.channels)
                }
            }
        }
    }

    /// dx ← the gradient by x: each dy, by the weights of the taps, added to their pixels in the regions'
    /// order.
    package func backward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        Elementwise.fill(dx, with: 0, count: g.batch * g.imageSize)
        withTaps { rows, columns in
            g.forEachBlock { image, channels in
                for region in list.members[image] {
                    for bin in 0..<g.bins * g.bins {
                        let window = BinWindow(
                            rows[region * g.bins + bin / g.bins], columns[region * g.bins + bin % g.bins], g)
                        window.add(
                            dy + region * g.regionSize + bin * g.channels, channels,
                            to: dx + image * g.imageSize)
                    }
                }
            }
        }
    }

    private func withTaps(_ body: (TapReader, TapReader) -> Void) {
        rows.taps.withUnsafeBufferPointer { rowTaps in
            columns.taps.withUnsafeBufferPointer { columnTaps in
                body(TapReader(rows.starts, rowTaps), TapReader(columns.starts, columnTaps))
            }
        }
    }
}

/// The taps of each bin along an axis.
private struct TapReader {
    let starts: [Int32]
    let taps: UnsafeBufferPointer<RegionTaps.Tap>

    init(_ starts: [Int32], _ taps: UnsafeBufferPointer<RegionTaps.Tap>) {
        (self.starts, self.taps) = (starts, taps)
    }

    subscript(bin: Int) -> UnsafeBufferPointer<RegionTaps.Tap> {
        UnsafeBufferPointer(rebasing: taps[Int(starts[bin])..<Int(starts[bin + 1])])
    }
}

/// The pixels of a bin: those of its rows' and columns' taps.
private struct BinWindow {
    let rows: UnsafeBufferPointer<RegionTaps.Tap>
    let columns: UnsafeBufferPointer<RegionTaps.Tap>
    let width: Int
    let channels: Int

    init(
        _ rows: UnsafeBufferPointer<RegionTaps.Tap>, _ columns: UnsafeBufferPointer<RegionTaps.Tap>,
        _ g: RegionGeometry
    ) {
        (self.rows, self.columns, width, channels) = (rows, columns, g.width, g.channels)
    }

    /// Calls `body` with the offset of each pixel and its weight.
    @inline(__always)
    private func forEachPixel(_ body: (_ offset: Int, _ weight: Float) -> Void) {
        for row in rows {
            let start = Int(row.place) &* width
            for column in columns {
                body((start &+ Int(column.place)) &* channels, row.weight * column.weight)
            }
        }
    }

    /// y ← the weighted sum of the pixels of image x.
    @inline(__always)
    func writeSums(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        var c = 0
        while c &+ 4 &* Vector.width <= channels {
            // Four sums at once, so that weights are looked up for four and additions overlap.
            var (s0, s1, s2, s3) = (Vector(), Vector(), Vector(), Vector())
            forEachPixel { offset, weight in
                let pixel = x + (offset &+ c)
                s0 += weight * Vector(pixel)
                s1 += weight * Vector(pixel + Vector.width)
                s2 += weight * Vector(pixel + 2 &* Vector.width)
                s3 += weight * Vector(pixel + 3 &* Vector.width)
            }
            s0.store(y + c)
            s1.store(y + (c &+ Vector.width))
            s2.store(y + (c &+ 2 &* Vector.width))
            s3.store(y + (c &+ 3 &* Vector.width))
            c &+= 4 &* Vector.width
        }
        Vector.forEach(in: c..<channels) { start, lanes in
            var sum = Vector()
            forEachPixel { offset, weight in sum += weight * Vector(x + (offset &+ start), lanes: lanes) }
            sum.store(y + start, lanes: lanes)
        }
    }

    /// Adds some channels of the gradient of an output pixel to those of image dx.
    @inline(__always)
    func add(_ dy: UnsafePointer<Float>, _ range: Range<Int>, to dx: UnsafeMutablePointer<Float>) {
        Vector.forEach(in: range) { start, lanes in
            let gradient = Vector(dy + start, lanes: lanes)
            forEachPixel { offset, weight in
                let pixel = dx + (offset &+ start)
                (Vector(pixel, lanes: lanes) + weight * gradient).store(pixel, lanes: lanes)
            }
        }
    }
}
