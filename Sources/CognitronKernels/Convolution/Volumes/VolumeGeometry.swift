// The sizes of a three-dimensional convolution.

/// The geometry of a three-dimensional convolution.
///
/// Arrays are row-major: x (N, D, H, W, C), w (KD, KH, KW, C / groups, OC), y (N, OD, OH, OW, OC). Output
/// plane od reads input planes od·strideZ + kd·dilationZ − front; those outside the volume are zero. `plane`
/// describes the convolution within a plane.
package struct VolumeGeometry: Hashable, Sendable {
    /// The convolution of one plane of each volume: its batch is the number of volumes.
    package var plane: ConvolutionGeometry
    package var depth: Int
    package var kernelDepth: Int
    package var strideZ: Int
    package var dilationZ: Int
    package var front: Int
    package var outputDepth: Int

    /// - Parameter padding: the planes of zeros before and after the volume; negative values crop it.
    package init(
        plane: ConvolutionGeometry, depth: Int, kernelDepth: Int, stride: Int = 1, dilation: Int = 1,
        padding: (front: Int, back: Int) = (0, 0)
    ) {
        self.plane = plane
        (self.depth, self.kernelDepth) = (depth, kernelDepth)
        (strideZ, dilationZ, front) = (stride, dilation, padding.front)
        outputDepth = ConvolutionGeometry.outputSize(
            depth + padding.front + padding.back, kernelDepth, stride, dilation)
    }

    package var inputCount: Int { depth * plane.inputCount }
    package var outputCount: Int { outputDepth * plane.outputCount }
    package var weightCount: Int { kernelDepth * plane.weightCount }
    /// Multiplications of the direct sums, with as many additions.
    package var multiplyAdds: Int { outputDepth * kernelDepth * plane.multiplyAdds }

    /// The number of planes of x, of all volumes together, and of y.
    var inputPlanes: Int { plane.batch * depth }
    var outputPlanes: Int { plane.batch * outputDepth }

    /// Whether every output plane depends only on the input plane with the same index.
    var isPlanar: Bool { kernelDepth == 1 && strideZ == 1 && front == 0 && outputDepth == depth }

    /// The input plane that tap kd of an output plane reads, counted over all volumes; nil where it lies
    /// outside its volume.
    func inputPlane(of outputPlane: Int, tap kd: Int) -> Int? {
        let (n, od) = outputPlane.quotientAndRemainder(dividingBy: outputDepth)
        let id = od * strideZ + kd * dilationZ - front
        return (0..<depth).contains(id) ? n * depth + id : nil
    }

    /// The output plane that reads an input plane by tap kd, counted over all volumes; nil if there is none.
    func outputPlane(of inputPlane: Int, tap kd: Int) -> Int? {
        let (n, id) = inputPlane.quotientAndRemainder(dividingBy: depth)
        let (od, rest) = (id + front - kd * dilationZ).quotientAndRemainder(dividingBy: strideZ)
        return rest == 0 && (0..<outputDepth).contains(od) ? n * outputDepth + od : nil
    }
}
