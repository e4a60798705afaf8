/// The Fourier transforms of the windowed frames of signals:
///
///     X[t, k] = Σ window[n] · x[t · step + n] · exp(−2πi · n · k / N),   k ≤ N / 2
///
/// A tile transforms sixteen frames: eight are the real parts of the lanes' signals, eight the imaginary
/// ones. The spectra of two real signals a and b follow from that of z = a + i·b:
/// A[k] = (Z[k] + Z̄[N − k]) / 2 and B[k] = (Z[k] − Z̄[N − k]) / 2i.
package struct ShortTimeFourier: Sendable {
    private let transform: FourierTransform
    private let window: [Float]
    private let step: Int
    /// The numbers of one frame's spectrum, N / 2 + 1.
    package var bins: Int { transform.length / 2 + 1 }

    private static let framesOfTile = 2 * Vector.width

    /// - Parameter window: of N numbers.
    package init(window: [Float], step: Int) {
        transform = FourierTransform(length: window.count)
        self.window = window
        self.step = step
    }

    /// The number of whole frames of a signal.
    package func frames(_ length: Int) -> Int {
        length < window.count ? 0 : (length - window.count) / step + 1
    }

    /// - Parameters:
    ///   - x: (N, length)
    ///   - real: (N, frames, bins); `imaginary` likewise.
    package func forward(
        _ x: UnsafePointer<Float>, signals: Int, length: Int, real: UnsafeMutablePointer<Float>,
        imaginary: UnsafeMutablePointer<Float>
    ) {
        let frames = frames(length)
        let total = signals * frames
        run(tiles: (total + Self.framesOfTile - 1) / Self.framesOfTile) { tile, work in
            let first = tile * Self.framesOfTile
            let count = min(Self.framesOfTile, total - first)
            if count < Self.framesOfTile { work.clear() }
            for i in 0..<count {
                let (signal, frame) = ((first + i) / frames, (first + i) % frames)
                let from = x + signal * length + frame * step
                let to = work.frame(i)
                for n in 0..<window.count { to[n * Vector.width] = window[n] * from[n] }
            }
            let z = transform.transform(work.signals, scratch: work.scratch)
            for i in 0..<count {
                separate(z, i, real: real + (first + i) * bins, imaginary: imaginary + (first + i) * bins)
            }
        }
    }

    /// dx of `forward`. A tile is a signal: its frames overlap.
    ///
    /// With G[k] = dReal[k] − i · dImaginary[k], halved and mirrored to a spectrum of a real signal, dx is the
    /// window times the transform of G.
    ///
    /// - Parameters:
    ///   - dReal: (N, frames, bins); `dImaginary` likewise.
    ///   - dx: (N, length)
    package func backward(
        dReal: UnsafePointer<Float>, dImaginary: UnsafePointer<Float>, signals: Int, length: Int,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let frames = frames(length)
        run(tiles: signals) { signal, work in
            let to = dx + signal * length
            to.update(repeating: 0, count: length)
            for first in stride(from: 0, to: frames, by: Self.framesOfTile) {
                let count = min(Self.framesOfTile, frames - first)
                work.clear()
                for i in 0..<count {
                    let at = (signal * frames + first + i) * bins
                    join(dReal + at, dImaginary + at, into: work.signals, i)
                }
                let z = transform.transform(work.signals, scratch: work.scratch)
                for i in 0..<count {
                    let values = Lanes(z).frame(i)
                    let target = to + (first + i) * step
                    for n in 0..<window.count { target[n] += window[n] * values[n * Vector.width] }
                }
            }
        }
    }

    /// The spectrum of frame i, from that of the pair of frames.
    private func separate(
        _ z: FourierTransform.Signals, _ i: Int, real: UnsafeMutablePointer<Float>,
        imaginary: UnsafeMutablePointer<Float>
    ) {
        let lane = i % Vector.width
        let (zr, zi) = (Lanes(z).frame(lane), Lanes(z).frame(lane + Vector.width))
        let (n, isFirst) = (transform.length, i < Vector.width)
        for k in 0..<bins {
            let (a, b) = (k * Vector.width, (k == 0 ? 0 : n - k) * Vector.width)
            real[k] = 0.5 * (isFirst ? zr[a] + zr[b] : zi[a] + zi[b])
            imaginary[k] = 0.5 * (isFirst ? zi[a] - zi[b] : zr[b] - zr[a])
        }
    }

    /// z ← z + H, or + i · H for the second frame of a pair, H being the mirrored spectrum of frame i.
    private func join(
        _ dReal: UnsafePointer<Float>, _ dImaginary: UnsafePointer<Float>,
        into z: FourierTransform.Signals, _ i: Int
    ) {
        let lane = i % Vector.width
        let (zr, zi) = (Lanes(z).frame(lane), Lanes(z).frame(lane + Vector.width))
        let (n, isFirst) = (transform.length, i < Vector.width)
        func add(_ k: Int, _ hr: Float, _ hi: Float) {
            zr[k * Vector.width] += isFirst ? hr : -hi
            zi[k * Vector.width] += isFirst ? hi : hr
        }
        for k in 0..<bins {
            // The bin is its own mirror image: its imaginary part does not count.
            guard k > 0, 2 * k != n else {
                add(k, dReal[k], 0)
                continue
            }
            add(k, 0.5 * dReal[k], -0.5 * dImaginary[k])
            add(n - k, 0.5 * dReal[k], 0.5 * dImaginary[k])
        }
    }

    /// Calls `body` for each tile with memory of its worker's.
    private func run(tiles: Int, _ body: (_ tile: Int, _ work: Work) -> Void) {
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * 4 * window.count * Vector.width)
        WorkerPool.shared.run(tiles: tiles, workers: workers) { tile, worker in
            body(tile, Work(scratch.pointer, part: worker, length: window.count))
        }
        withExtendedLifetime(scratch) {}
    }
}

/// Signals as numbers instead of vectors.
private struct Lanes {
    private let signals: FourierTransform.Signals

    init(_ signals: FourierTransform.Signals) { self.signals = signals }

    /// The numbers of frame i, every eighth one from here on.
    func frame(_ i: Int) -> UnsafeMutablePointer<Float> {
        let part = i < Vector.width ? signals.real : signals.imaginary
        return UnsafeMutableRawPointer(part).assumingMemoryBound(to: Float.self) + i % Vector.width
    }
}

/// A worker's signals and scratch.
private struct Work {
    let signals: FourierTransform.Signals
    let scratch: FourierTransform.Signals
    private let length: Int

    init(_ memory: UnsafeMutablePointer<Float>, part: Int, length: Int) {
        let vectors = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Vector.self)
        let first = vectors + part * 4 * length
        signals = .init(real: first, imaginary: first + length)
        scratch = .init(real: first + 2 * length, imaginary: first + 3 * length)
        self.length = length
    }

    func frame(_ i: Int) -> UnsafeMutablePointer<Float> { Lanes(signals).frame(i) }

    /// Sets the signals to zero.
    func clear() { signals.real.update(repeating: Vector(), count: 2 * length) }
}
