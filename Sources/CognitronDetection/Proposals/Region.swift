import Foundation

/// A part of a picture with what it looks like.
struct Region {
    private(set) var size: Int
    private(set) var box: Box
    /// Shares of its pixels by colour: 25 bins a channel.
    private var colors: [Float]
    /// Shares of its pixels by derivative: 10 bins for each of eight directions of each channel.
    private var textures: [Float]

    private static let colorBins = 25
    private static let textureBins = 10
    private static let directions = 8
    /// Derivatives from here on share the last bin.
    private static let largestDerivative: Float = 0.5

    /// The regions of a segmentation, in the order of its labels.
    static func regions(_ planes: PixelPlanes, _ segmentation: GraphSegmentation) -> [Region] {
        var regions = [Region](
            repeating: Region(channels: planes.channels), count: segmentation.count)
        for y in 0..<planes.height {
            for x in 0..<planes.width {
                regions[segmentation.labels[y * planes.width + x]].add(planes, y, x)
            }
        }
        for index in regions.indices { regions[index].normalize(channels: planes.channels) }
        return regions
    }

    private init(channels: Int) {
        size = 0
        box = Box(left: .infinity, top: .infinity, right: -.infinity, bottom: -.infinity)
        colors = Array(repeating: 0, count: channels * Self.colorBins)
        textures = Array(repeating: 0, count: channels * Self.directions * Self.textureBins)
    }

    private mutating func add(_ planes: PixelPlanes, _ y: Int, _ x: Int) {
        size += 1
        box = box.union(
            Box(left: Float(x), top: Float(y), right: Float(x + 1), bottom: Float(y + 1)))
        for channel in 0..<planes.channels {
            let color = Self.bin(planes.value(y, x, channel), Self.colorBins)
            colors[channel * Self.colorBins + color] += 1
            let right = (planes.value(y, x + 1, channel) - planes.value(y, x - 1, channel)) / 2
            let down = (planes.value(y + 1, x, channel) - planes.value(y - 1, x, channel)) / 2
            let diagonal = Float(0.5).squareRoot()
            let slopes: [Float] = [right, (right + down) * diagonal, down, (down - right) * diagonal]
            for direction in 0..<Self.directions {
                let slope = direction < 4 ? slopes[direction] : -slopes[direction - 4]
                let bin = Self.bin(slope / Self.largestDerivative, Self.textureBins)
                textures[(channel * Self.directions + direction) * Self.textureBins + bin] += 1
            }
        }
    }

    private static func bin(_ value: Float, _ count: Int) -> Int {
        Int(min(max(value * Float(count), 0), Float(count - 1)))
    }

    private mutating func normalize(channels: Int) {
        let scale = 1 / Float(max(1, size * channels))
        for index in colors.indices { colors[index] *= scale }
        for index in textures.indices { textures[index] *= scale / Float(Self.directions) }
    }

    /// From 0 to 4, of 3 without colours: shared colours and textures, smallness, and how well both fit into
    /// each other.
    ///
    /// - Parameter pixelCount: of the picture.
    func similarity(_ other: Region, of pixelCount: Float, usesColor: Bool) -> Float {
        let sizes = Float(size + other.size)
        let fill = 1 - (box.union(other.box).area - sizes) / pixelCount
        return (usesColor ? Self.shared(colors, other.colors) : 0) + Self.shared(textures, other.textures)
            + 1 - sizes / pixelCount + fill
    }

    private static func shared(_ a: [Float], _ b: [Float]) -> Float {
        var sum: Float = 0
        for index in a.indices { sum += min(a[index], b[index]) }
        return sum
    }

    func joined(_ other: Region) -> Region {
        var result = self
        result.size += other.size
        result.box = box.union(other.box)
        let share = Float(size) / Float(result.size)
        for index in colors.indices {
            result.colors[index] = share * colors[index] + (1 - share) * other.colors[index]
        }
        for index in textures.indices {
            result.textures[index] = share * textures[index] + (1 - share) * other.textures[index]
        }
        return result
    }
}

extension Box {
    /// The smallest box around both.
    fileprivate func union(_ other: Box) -> Box {
        Box(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }
}
