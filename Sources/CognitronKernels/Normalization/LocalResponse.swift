// Local response normalisation: each channel of a pixel divided by a power of its neighbours' energy.
//
// Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012).

package struct LocalResponse: Sendable {
    let rows: Int, channels: Int
    let size: Int
    let alpha: Float, beta: Float, k: Float

    package init(rows: Int, channels: Int, size: Int, alpha: Float, beta: Float, k: Float) {
        (self.rows, self.channels, self.size) = (rows, channels, size)
        (self.alpha, self.beta, self.k) = (alpha, beta, k)
    }

    /// Channels of the window before and after its own.
    private var before: Int { size / 2 }
    private var after: Int { (size - 1) / 2 }
    /// Floats of a row with zeros around it, and of whole vectors past its end.
    private var padded: Int { channels + size + Vector.width }

    /// y ← x · s^−beta, s = k + alpha / size · Σ x² over the window. x, y: (rows, channels).
    package func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        forEachRow(arrays: 1) { row, squares in
            let source = x + row * channels
            gather(squares, zerosBefore: before) {
                let value = Vector(source + $0, lanes: $1)
                return value * value
            }
            forEachVector { c, lanes in
                let value = Vector(source + c, lanes: lanes) * power(energy(squares, c), -beta)
                value.store(y + (row &* channels &+ c), lanes: lanes)
            }
        }
    }

    /// dx ← dy · s^−beta − 2 · alpha · beta / size · x · Σ dy · x · s^(−beta − 1) over the channels whose
    /// windows hold x's.
    package func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        let slope = -2 * alpha * beta / Float(size)
        forEachRow(arrays: 2) { row, scratch in
            let (source, gradient) = (x + row * channels, dy + row * channels)
            let (squares, terms) = (scratch, scratch + padded)
            gather(squares, zerosBefore: before) {
                let value = Vector(source + $0, lanes: $1)
                return value * value
            }
            // The windows of the way back are mirrored.
            gather(terms, zerosBefore: after) {
                let s = energy(squares, $0)
                return Vector(gradient + $0, lanes: $1) * Vector(source + $0, lanes: $1) * power(s, -beta) / s
            }
            forEachVector { c, lanes in
                let direct = Vector(gradient + c, lanes: lanes) * power(energy(squares, c), -beta)
                let value = direct + slope * Vector(source + c, lanes: lanes) * windowSum(terms, c)
                value.store(dx + (row &* channels &+ c), lanes: lanes)
            }
        }
    }

    @inline(__always)
    private func energy(_ squares: UnsafePointer<Float>, _ c: Int) -> Vector {
        k + alpha / Float(size) * windowSum(squares, c)
    }

    @inline(__always)
    private func windowSum(_ padded: UnsafePointer<Float>, _ c: Int) -> Vector {
        var sum = Vector()
        for offset in 0..<size { sum += Vector(padded + (c &+ offset)) }
        return sum
    }

    /// sᵖ for positive s; without logarithms for AlexNet's −3/4.
    @inline(__always)
    private func power(_ s: Vector, _ p: Float) -> Vector {
        if p == -0.75 {
            let root = s.squareRoot()
            return 1 / (root * root.squareRoot())
        }
        return (p * s.logarithm).exponential
    }

    /// out ← `value` of each channel with zeros around them.
    @inline(__always)
    private func gather(
        _ out: UnsafeMutablePointer<Float>, zerosBefore: Int, _ value: (_ c: Int, _ lanes: Int) -> Vector
    ) {
        out.update(repeating: 0, count: padded)
        forEachVector { c, lanes in value(c, lanes).store(out + (zerosBefore &+ c), lanes: lanes) }
    }

    @inline(__always)
    private func forEachVector(_ body: (_ c: Int, _ lanes: Int) -> Void) {
        var c = 0
        while c &+ Vector.width <= channels {
            body(c, Vector.width)
            c &+= Vector.width
        }
        if c < channels { body(c, channels &- c) }
    }

    private func forEachRow(
        arrays: Int, _ body: (_ row: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * arrays * padded)
        let grain = max(1, Elementwise.grain / 8 / max(1, channels))
        WorkerPool.shared.run(total: rows, grain: grain, workers: workers) { range, worker in
            for row in range { body(row, scratch.pointer + worker * arrays * padded) }
        }
        withExtendedLifetime(scratch) {}
    }
}
