// Three-dimensional convolution as two-dimensional convolutions.
//
// The KD planes that an output plane reads become the channels of one image (N · OD, H, W, KD · C), and the
// taps of the depth become channels of the filters, (KH, KW, KD · C, OC): the sum over depth is then part of
// the sum over channels. So a volume takes one convolution instead of KD with a sum of their outputs, with KD
// times the channels, which helps where there are few. The images are gathered for some planes at a time
// (`planesAtOnce`).

/// A three-dimensional convolution ready to run, on the arrays of `VolumeGeometry`.
///
/// Runs each image by `Convolution`, with the algorithm that suits its sizes. Results have the same bits for
/// any number of workers: planes are split by shape, and sums over them are added in order.
package struct VolumeConvolution: Sendable {
    package let geometry: VolumeGeometry
    private let allowsWinograd: Bool

    /// Floats of images gathered at a time: 4 MiB. With 16 MiB, 16 volumes of 16×32×32, 16→32, take 9.8 ms
    /// forward instead of 8.2 and 26.9 for both gradients instead of 19.0; 1 and 2 MiB are no faster.
    private static let wantedCount = 1 << 20

    /// - Parameter allowsWinograd: whether to allow Winograd algorithms, which are less exact than direct
    ///   sums.
    package init(_ geometry: VolumeGeometry, allowsWinograd: Bool = true) {
        self.geometry = geometry
        self.allowsWinograd = allowsWinograd
    }

    /// y ← x ∗ w + bias, clipped to the bounds.
    ///
    /// - Parameter prepared: the result of `prepared` for the same filters and preparation.
    package func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ prepared: PreparedFilters? = nil,
        bias: UnsafePointer<Float>?, bounds: OutputBounds = .none, into y: UnsafeMutablePointer<Float>
    ) {
        let known = prepared?.volume
        let filters = known == nil ? VolumeFilters(geometry, w) : nil
        let pointer = known?.buffer?.pointer ?? filters?.pointer ?? UnsafeMutablePointer(mutating: w)
        forEachTile { planes, images in
            images.gather(x, planes)
            let convolution = convolution(planes.count)
            convolution.forward(
                images.pointer(x, planes), pointer, known?.byAlgorithm[convolution.algorithm], bias: bias,
                bounds: bounds, into: y + planes.lowerBound * outputPlane)
        }
        withExtendedLifetime((known, filters)) {}
    }

    /// The algorithms of a whole tile and of the last one, where it has another.
    package var preparation: [ConvolutionAlgorithm] {
        tileConvolutions.map(\.algorithm).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private var tileConvolutions: [Convolution] {
        let rest = geometry.outputPlanes % planesAtOnce
        return [convolution(planesAtOnce)] + (rest > 0 ? [convolution(rest)] : [])
    }

    package func prepared(_ w: UnsafePointer<Float>) -> PreparedFilters? {
        let filters = VolumeFilters(geometry, w)
        var byAlgorithm: [ConvolutionAlgorithm: PreparedFilters] = [:]
        for convolution in tileConvolutions where byAlgorithm[convolution.algorithm] == nil {
            byAlgorithm[convolution.algorithm] = convolution.prepared(filters.pointer)
        }
        return .volume(PreparedVolumeFilters(buffer: filters.buffer, byAlgorithm: byAlgorithm))
    }

    /// dx ← the gradient with respect to x.
    package func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        let filters = VolumeFilters(geometry, w)
        clear(dx)
        forEachTile { planes, images in
            convolution(planes.count).dataGradient(
                dy + planes.lowerBound * outputPlane, filters.pointer, into: images.pointer(dx, planes))
            images.scatter(planes, addingTo: dx)
        }
        withExtendedLifetime(filters) {}
    }

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    package func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float = 0
    ) {
        accumulate(into: dw, beta: beta) { filters, beta, planes, images in
            images.gather(x, planes)
            convolution(planes.count).weightGradient(
                images.pointer(x, planes), dy + planes.lowerBound * outputPlane, into: filters, beta: beta)
        }
    }

    /// Computes dx as `dataGradient` and dw as `weightGradient`, sharing their convolutions' common steps.
    package func gradients(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        intoData dx: UnsafeMutablePointer<Float>, weights dw: UnsafeMutablePointer<Float>, beta: Float = 0
    ) {
        let filters = VolumeFilters(geometry, w)
        let gradients = DepthImages(geometry, planesAtOnce: planesAtOnce)
        clear(dx)
        accumulate(into: dw, beta: beta) { dw, beta, planes, images in
            images.gather(x, planes)
            convolution(planes.count).gradients(
                images.pointer(x, planes), dy + planes.lowerBound * outputPlane, filters.pointer,
                intoData: gradients.pointer(dx, planes), weights: dw, beta: beta)
            gradients.scatter(planes, addingTo: dx)
        }
        withExtendedLifetime((filters, gradients)) {}
    }

    /// Floats of one plane of y.
    private var outputPlane: Int { geometry.plane.outputPixels * geometry.plane.filters }

    private var planesAtOnce: Int {
        let g = geometry.plane
        let image = g.height * g.width * g.channels * geometry.kernelDepth
        return min(max(1, geometry.outputPlanes), max(1, Self.wantedCount / max(1, image)))
    }

    /// The convolution of the images of `planes` output planes.
    private func convolution(_ planes: Int) -> Convolution {
        var g = geometry.plane
        g.batch = planes
        g.channels *= geometry.kernelDepth
        return Convolution(g, allowsWinograd: allowsWinograd)
    }

    /// Zeros dx, to which the planes' gradients are added. Without depth they are written instead.
    private func clear(_ dx: UnsafeMutablePointer<Float>) {
        guard !geometry.isPlanar || geometry.outputCount == 0 else { return }
        Elementwise.fill(dx, with: 0, count: geometry.inputCount)
    }

    /// Calls `body` with tiles of output planes and scratch for their images.
    private func forEachTile(_ body: (_ planes: Range<Int>, _ images: DepthImages) -> Void) {
        guard geometry.outputCount > 0 else { return }
        let step = planesAtOnce
        let images = DepthImages(geometry, planesAtOnce: step)
        for first in stride(from: 0, to: geometry.outputPlanes, by: step) {
            body(first..<min(first + step, geometry.outputPlanes), images)
        }
    }

    /// dw ← beta · dw + the sum of what `body` adds, tile by tile, to filters in the images' order.
    private func accumulate(
        into dw: UnsafeMutablePointer<Float>, beta: Float,
        _ body: (
            _ filters: UnsafeMutablePointer<Float>, _ beta: Float, _ planes: Range<Int>, _ images: DepthImages
        ) -> Void
    ) {
        guard geometry.outputCount > 0 else {
            return Elementwise.scale(dw, by: beta, count: geometry.weightCount)
        }
        let filters = VolumeFilters(geometry, gradient: dw, isKept: beta != 0)
        forEachTile { planes, images in
            body(filters.pointer, planes.lowerBound == 0 ? beta : 1, planes, images)
        }
        filters.restore(to: dw)
    }
}

/// A volume's filters in the images' order, and what the images' convolutions prepare of them.
package struct PreparedVolumeFilters: Sendable {
    /// Nil where the volume's own order is that of the images.
    let buffer: Buffer?
    let byAlgorithm: [ConvolutionAlgorithm: PreparedFilters]
}
