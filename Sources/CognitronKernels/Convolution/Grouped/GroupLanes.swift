// Maps the groups of a convolution to vector lanes.

/// Eight neighbouring groups of a convolution, or fewer at the end, one per vector lane.
struct GroupLanes {
    /// Values per group in one pixel: its channels or its filters.
    let each: Int
    /// The group of the first lane.
    let first: Int
    /// Lanes in use. The others hold zero.
    let count: Int

    /// Number of blocks of lanes.
    static func blocks(_ groups: Int) -> Int { (groups + Vector.width - 1) / Vector.width }

    init(block: Int, of groups: Int, each: Int) {
        self.each = each
        first = block * Vector.width
        count = min(Vector.width, groups - first)
    }

    /// Loads value `i` of each group from a pixel that stores the groups one after another.
    @inline(__always)
    func load(_ pixel: UnsafePointer<Float>, _ i: Int) -> Vector {
        let start = pixel + (first &* each &+ i)
        if each == 1 && count == Vector.width { return Vector(start) }
        var result = Vector()
        for lane in 0..<count { result[lane] = start[lane &* each] }
        return result
    }

    /// Stores value `i` of each group; the inverse of `load`.
    @inline(__always)
    func store(_ value: Vector, _ pixel: UnsafeMutablePointer<Float>, _ i: Int) {
        let start = pixel + (first &* each &+ i)
        if each == 1 && count == Vector.width { return value.store(start) }
        for lane in 0..<count { start[lane &* each] = value[lane] }
    }
}

/// An image with zero padding around it and, for the data gradient of larger strides, zeros between its
/// pixels, so that the loops over windows need no cases for edges or strides.
struct PaddedImage {
    let height: Int, width: Int, channels: Int
    /// Rows of zeros above and columns to the left; a negative value crops that many.
    let top: Int, left: Int
    /// Distance from one pixel to the next.
    var spreadY = 1, spreadX = 1
    /// Pixels per padded row.
    let columns: Int

    /// out: (rows, columns, each, 8) ← the lanes of some padded rows of an image of x (N, height, width,
    /// channels).
    func gather(
        _ x: UnsafePointer<Float>, image: Int, rows: Range<Int>, _ lanes: GroupLanes,
        into out: UnsafeMutablePointer<Float>
    ) {
        let pixel = lanes.each * Vector.width
        let first = left >= 0 ? 0 : (spreadX - 1 - left) / spreadX
        let end = max(first, min(width, (columns - left + spreadX - 1) / spreadX))
        out.update(repeating: 0, count: rows.count * columns * pixel)
        for row in rows {
            let offset = row - top
            guard offset >= 0, offset % spreadY == 0, offset / spreadY < height else { continue }
            var target = out + ((row - rows.lowerBound) * columns + left + first * spreadX) * pixel
            var source = x + ((image * height + offset / spreadY) * width + first) * channels
            for _ in first..<end {
                for i in 0..<lanes.each { lanes.load(source, i).store(target + i &* Vector.width) }
                source += channels
                target += spreadX &* pixel
            }
        }
    }
}
