// Regions of images whose features are cut out in one size.
//
// x: (batch, height, width, channels); regions: (count, 5), the number of the image, left, top, right and
// bottom in pixels of the picture; y: (count, bins, bins, channels).

package struct RegionGeometry: Sendable {
    package let batch: Int
    package let height: Int
    package let width: Int
    package let channels: Int
    /// Rows and columns that each region gets.
    package let bins: Int
    /// The images' size over the picture's.
    package let scale: Float

    package init(batch: Int, image: ImageSize, bins: Int, scale: Float) {
        (self.batch, height, width, channels) = (batch, image.height, image.width, image.channels)
        (self.bins, self.scale) = (bins, scale)
    }

    var imageSize: Int { height * width * channels }
    var regionSize: Int { bins * bins * channels }

    /// Calls `body` for every region, in parallel.
    func forEachRegion(_ count: Int, _ body: (_ region: Int) -> Void) {
        // A region reads some sixteen pixels for each that it writes.
        let grain = max(1, Elementwise.grain / max(1, 16 * regionSize))
        WorkerPool.shared.run(total: count, grain: grain) { regions, _ in
            for region in regions { body(region) }
        }
    }

    /// Calls `body` for every image and each of its blocks of channels, in parallel: regions overlap, so what
    /// adds to the pixels of a block walks all regions of the image in order.
    func forEachBlock(_ body: (_ image: Int, _ channels: Range<Int>) -> Void) {
        let blocks = (channels + Self.blockChannels - 1) / Self.blockChannels
        WorkerPool.shared.run(tiles: batch * blocks) { tile, _ in
            let first = tile % blocks * Self.blockChannels
            body(tile / blocks, first..<min(channels, first + Self.blockChannels))
        }
    }

    /// Four vectors: two cache lines of a pixel.
    private static let blockChannels = 4 * Vector.width
}

/// Regions as they are given, with those of each image together.
struct RegionList {
    /// The image of each region; nil where a side is not a finite number.
    let images: [Int?]
    /// Of each image, its regions in order.
    let members: [[Int]]

    init(_ regions: UnsafePointer<Float>, count: Int, batch: Int) {
        images = (0..<count).map { region in
            let row = regions + region * Self.width
            require(
                row[0] >= 0 && row[0] < Float(batch) && row[0] == row[0].rounded(),
                "region \(region) is of image \(row[0]); there are \(batch)")
            return (1..<Self.width).allSatisfy { row[$0].isFinite } ? Int(row[0]) : nil
        }
        var members = [[Int]](repeating: [], count: batch)
        for (region, image) in images.enumerated() {
            if let image { members[image].append(region) }
        }
        self.members = members
    }

    /// Numbers of a region.
    static let width = 5
}
