// RoI pooling: a bin of a region is the maximum of its pixels, of regions rounded to whole pixels.
//
// Girshick, "Fast R-CNN" (2015). Sizes and layouts as in RegionGeometry.swift; places as y: the pixel of each
// maximum, row · width + column, or `none`.

package struct RegionPooling {
    /// The place of a bin without pixels.
    package static let none = UInt32.max

    private let g: RegionGeometry
    private let list: RegionList
    /// The pixels of bin b of region r along each axis, at r · bins + b.
    private let rows: [Range<Int>]
    private let columns: [Range<Int>]

    package init(_ g: RegionGeometry, _ regions: UnsafePointer<Float>, count: Int) {
        let list = RegionList(regions, count: count, batch: g.batch)
        func ranges(_ side: Int, pixels: Int) -> [Range<Int>] {
            list.images.enumerated().flatMap { region, image -> [Range<Int>] in
                let row = regions + region * RegionList.width
                guard image != nil else { return Array(repeating: 0..<0, count: g.bins) }
                return Self.ranges(row[side] * g.scale, row[side + 2] * g.scale, pixels: pixels, bins: g.bins)
            }
        }
        (self.g, self.list) = (g, list)
        (rows, columns) = (ranges(2, pixels: g.height), ranges(1, pixels: g.width))
    }

    /// The pixels of each bin of a region along an axis, without those outside of the image.
    private static func ranges(_ first: Float, _ last: Float, pixels: Int, bins: Int) -> [Range<Int>] {
        let (first, last) = (first.rounded(), last.rounded())
        let bin = max(last - first + 1, 1) / Float(bins)
        // In this order of the arguments, 0 where sides overflow.
        func inside(_ place: Float) -> Int { Int(min(Float(pixels), max(0, place + first))) }
        return (0..<bins).map { number in
            let start = inside((Float(number) * bin).rounded(.down))
            return start..<max(start, inside((Float(number + 1) * bin).rounded(.up)))
        }
    }

    /// y ← the maximum of each bin, NaN if any pixel is, 0 without pixels; NaN where a region has a side that
    /// is not finite. places ← where it is, the first in ties.
    package func forward(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt32>
    ) {
        g.forEachRegion(list.images.count) { region in
            let out = region * g.regionSize
            guard let image = list.images[region] else {
                (y + out).update(repeating: .nan, count: g.regionSize)
                return (places + out).update(repeating: Self.none, count: g.regionSize)
            }
            for bin in 0..<g.bins * g.bins {
                let (rows, columns) = (
                    rows[region * g.bins + bin / g.bins], columns[region * g.bins + bin % g.bins]
                )
                let start = out + bin * g.channels
                Vector.forEach(in: 0..<g.channels) { channel, lanes in
                    let (best, place) = maximum(
                        x + (image * g.imageSize + channel), rows, columns, lanes: lanes)
                    best.store(y + (start &+ channel), lanes: lanes)
                    for lane in 0..<lanes { places[start &+ channel &+ lane] = place[lane] }
                }
            }
        }
    }

    @inline(__always)
    private func maximum(
        _ x: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, lanes: Int
    ) -> (Vector, SIMD8<UInt32>) {
        guard !rows.isEmpty, !columns.isEmpty else { return (Vector(), SIMD8(repeating: Self.none)) }
        let first = rows.lowerBound &* g.width &+ columns.lowerBound
        var best = Vector(repeating: -.infinity)
        var places = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: first))
        for row in rows {
            for column in columns {
                let pixel = row &* g.width &+ column
                let value = Vector(x + pixel &* g.channels, lanes: lanes)
                // Not "value > best": the first NaN must be taken and kept.
                let wins = .!(value .<= best) .& (best .== best)
                best.replace(with: value, where: wins)
                places.replace(with: UInt32(truncatingIfNeeded: pixel), where: wins)
            }
        }
        return (best, places)
    }

    /// dx ← the gradient by x: each dy added to the pixel of its maximum, in the regions' order.
    package func backward(
        _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt32>, into dx: UnsafeMutablePointer<Float>
    ) {
        Elementwise.fill(dx, with: 0, count: g.batch * g.imageSize)
        g.forEachBlock { image, channels in
            for region in list.members[image] {
                for bin in 0..<g.bins * g.bins {
                    let start = region * g.regionSize + bin * g.channels
                    for c in channels where places[start &+ c] != Self.none {
                        dx[image &* g.imageSize &+ Int(places[start &+ c]) &* g.channels &+ c] +=
                            dy[start &+ c]
                    }
                }
            }
        }
    }
}
