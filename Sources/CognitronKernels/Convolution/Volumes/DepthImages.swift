// Converts planes of volumes to images whose channels are those of all planes that one output plane reads,
// with filters to match.

/// Images (planes, H, W, groups · KD · C/groups): each pixel holds, group by group, the channels of the first
/// plane, then of the next … Planes outside the volume are zero.
struct DepthImages {
    private let geometry: VolumeGeometry
    /// Nil where the planes of x are the images.
    private let buffer: Buffer?

    init(_ g: VolumeGeometry, planesAtOnce: Int) {
        geometry = g
        buffer = g.isPlanar ? nil : Buffer(scratch: planesAtOnce * g.kernelDepth * Self.planeCount(g))
    }

    /// Floats of a plane of x.
    private static func planeCount(_ g: VolumeGeometry) -> Int {
        g.plane.height * g.plane.width * g.plane.channels
    }

    /// The gathered images of some output planes.
    func pointer(_ x: UnsafePointer<Float>, _ planes: Range<Int>) -> UnsafePointer<Float> {
        buffer.map { UnsafePointer($0.pointer) } ?? x + planes.lowerBound * Self.planeCount(geometry)
    }

    /// Scratch for the gradients of the images of some output planes.
    func pointer(_ dx: UnsafeMutablePointer<Float>, _ planes: Range<Int>) -> UnsafeMutablePointer<Float> {
        buffer?.pointer ?? dx + planes.lowerBound * Self.planeCount(geometry)
    }

    /// Gathers the images of some output planes.
    func gather(_ x: UnsafePointer<Float>, _ planes: Range<Int>) {
        guard let images = buffer?.pointer else { return }
        let (g, size) = (geometry, Self.planeCount(geometry))
        forEachPlane(planes.count) { number in
            for kd in 0..<g.kernelDepth {
                let source = g.inputPlane(of: planes.lowerBound + number, tap: kd)
                forEachGroup(kd) { place, channel in
                    let out = images + (number * g.kernelDepth * size + place)
                    if let source {
                        copyRuns(x + (source * size + channel), into: out)
                    } else {
                        clearRuns(out)
                    }
                }
            }
        }
    }

    /// dx += the gradients of the images of some output planes, tap by tap.
    func scatter(_ planes: Range<Int>, addingTo dx: UnsafeMutablePointer<Float>) {
        guard let images = buffer?.pointer else { return }
        let (g, size) = (geometry, Self.planeCount(geometry))
        forEachPlane(g.inputPlanes) { plane in
            for kd in 0..<g.kernelDepth {
                guard let seeing = g.outputPlane(of: plane, tap: kd), planes.contains(seeing) else {
                    continue
                }
                forEachGroup(kd) { place, channel in
                    let from = images + ((seeing - planes.lowerBound) * g.kernelDepth * size + place)
                    addRuns(from, to: dx + (plane * size + channel))
                }
            }
        }
    }

    private func forEachPlane(_ count: Int, _ body: (_ plane: Int) -> Void) {
        let work = max(1, Self.planeCount(geometry) * geometry.kernelDepth)
        WorkerPool.shared.run(total: count, grain: max(1, Elementwise.grain / work)) { range, _ in
            for plane in range { body(plane) }
        }
    }

    /// Calls `body` with the offsets of each group's channels of tap kd in an image's pixel, and in a
    /// plane's.
    private func forEachGroup(_ kd: Int, _ body: (_ place: Int, _ channel: Int) -> Void) {
        let run = geometry.plane.groupChannels
        for group in 0..<geometry.plane.groups {
            body((group * geometry.kernelDepth + kd) * run, group * run)
        }
    }

    // One group's channels of all pixels of a plane, in x and in an image, whose pixels are KD times as long.

    private func copyRuns(_ x: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
        forEachRun { pixel, imagePixel, count in
            // A loop: for a few channels, a call costs more than the copy.
            for c in 0..<count { image[imagePixel &+ c] = x[pixel &+ c] }
        }
    }

    private func addRuns(_ image: UnsafePointer<Float>, to x: UnsafeMutablePointer<Float>) {
        forEachRun { pixel, imagePixel, count in
            for c in 0..<count { x[pixel &+ c] += image[imagePixel &+ c] }
        }
    }

    private func clearRuns(_ image: UnsafeMutablePointer<Float>) {
        forEachRun { _, imagePixel, count in for c in 0..<count { image[imagePixel &+ c] = 0 } }
    }

    @inline(__always)
    private func forEachRun(_ body: (_ pixel: Int, _ imagePixel: Int, _ count: Int) -> Void) {
        let g = geometry.plane
        let (step, run) = (g.channels, g.groupChannels)
        let imageStep = step * geometry.kernelDepth
        for pixel in 0..<g.height * g.width { body(pixel &* step, pixel &* imageStep, run) }
    }
}

/// Filters in the images' order (KH, KW, KD · C/groups, OC), converted from a volume's (KD, KH, KW, C/groups,
/// OC).
struct VolumeFilters {
    private let geometry: VolumeGeometry
    /// Nil where both orders are the same.
    let buffer: Buffer?
    let pointer: UnsafeMutablePointer<Float>

    init(_ g: VolumeGeometry, _ w: UnsafePointer<Float>) {
        // The filters are only read.
        self.init(g, gradient: UnsafeMutablePointer(mutating: w), isKept: true)
    }

    /// Scratch for a gradient, initialised with dw if `isKept`.
    init(_ g: VolumeGeometry, gradient dw: UnsafeMutablePointer<Float>, isKept: Bool) {
        geometry = g
        buffer = g.kernelDepth == 1 || g.plane.taps == 1 ? nil : Buffer(scratch: g.weightCount)
        pointer = buffer?.pointer ?? dw
        guard isKept, let buffer else { return }
        Permutation.apply(
            dw, into: buffer.pointer, sizes: [g.kernelDepth, g.plane.taps, run], axes: [1, 0, 2])
    }

    /// dw ← the gradient in the volume's order.
    func restore(to dw: UnsafeMutablePointer<Float>) {
        guard let buffer else { return }
        let g = geometry
        Permutation.apply(
            buffer.pointer, into: dw, sizes: [g.plane.taps, g.kernelDepth, run], axes: [1, 0, 2])
    }

    /// Floats per tap.
    private var run: Int { geometry.plane.groupChannels * geometry.plane.filters }
}
