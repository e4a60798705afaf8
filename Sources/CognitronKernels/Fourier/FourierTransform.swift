import Foundation

/// The discrete Fourier transform of eight signals at once, one in each lane:
///
///     X[k] = Σ x[n] · exp(−2πi · n · k / N)
///
/// By Stockham's algorithm, a pass over the signals for each factor of N: 4, 2, or another prime p, whose
/// pass takes N · p multiplications. N log N operations for powers of two.
struct FourierTransform: Sendable {
    let length: Int
    private let radices: [Int]
    /// exp(−2πi · j / N) for j below N.
    private let cosines: [Float]
    private let sines: [Float]

    init(length: Int) {
        require(length > 0, "a Fourier transform of length \(length)")
        self.length = length
        radices = Self.factors(length)
        let angles = (0..<length).map { -2 * Double.pi * Double($0) / Double(length) }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    private static func factors(_ length: Int) -> [Int] {
        var (factors, rest, candidate) = ([Int](), length, 2)
        while rest % 4 == 0 {
            factors.append(4)
            rest /= 4
        }
        while rest > 1 {
            if candidate * candidate > rest { candidate = rest }
            while rest % candidate == 0 {
                factors.append(candidate)
                rest /= candidate
            }
            candidate += 1
        }
        return factors
    }

    /// Real and imaginary parts of `length` vectors each.
    struct Signals {
        var real: UnsafeMutablePointer<Vector>
        var imaginary: UnsafeMutablePointer<Vector>
    }

    /// Transforms the signals.
    ///
    /// - Parameter scratch: as large as the signals.
    /// - Returns: where the result is: the signals or the scratch.
    func transform(_ signals: Signals, scratch: Signals) -> Signals {
        var (x, y) = (signals, scratch)
        var (count, stride) = (length, 1)
        for radix in radices {
            switch radix {
            case 2: pass2(x, y, count, stride)
            case 4: pass4(x, y, count, stride)
            default: pass(x, y, count, stride, radix: radix)
            }
            swap(&x, &y)
            count /= radix
            stride *= radix
        }
        return x
    }

    // A pass with radix r over transforms of `count` elements that are `stride` apart, m = count / r:
    // y[q + s·(r·p + u)] = root^(p·u) · Σᵥ x[q + s·(p + v·m)] · exp(−2πi·u·v / r), for p < m and q < s.

    private func pass2(_ x: Signals, _ y: Signals, _ count: Int, _ s: Int) {
        let m = count / 2
        for p in 0..<m {
            let (wr, wi) = (cosines[p * s], sines[p * s])
            for q in 0..<s {
                let (i, j, o) = (q &+ s &* p, q &+ s &* (p &+ m), q &+ s &* 2 &* p)
                let (ar, ai, br, bi) = (x.real[i], x.imaginary[i], x.real[j], x.imaginary[j])
                y.real[o] = ar + br
                y.imaginary[o] = ai + bi
                let (dr, di) = (ar - br, ai - bi)
                y.real[o &+ s] = dr * wr - di * wi
                y.imaginary[o &+ s] = dr * wi + di * wr
            }
        }
    }

    private func pass4(_ x: Signals, _ y: Signals, _ count: Int, _ s: Int) {
        let m = count / 4
        for p in 0..<m {
            let (w1r, w1i) = (cosines[p * s], sines[p * s])
            let (w2r, w2i) = (cosines[2 * p * s], sines[2 * p * s])
            let (w3r, w3i) = (cosines[3 * p * s], sines[3 * p * s])
            for q in 0..<s {
                let (i, o, step) = (q &+ s &* p, q &+ s &* 4 &* p, s &* m)
                let (ar, ai) = (x.real[i], x.imaginary[i])
                let (br, bi) = (x.real[i &+ step], x.imaginary[i &+ step])
                let (cr, ci) = (x.real[i &+ 2 &* step], x.imaginary[i &+ 2 &* step])
                let (dr, di) = (x.real[i &+ 3 &* step], x.imaginary[i &+ 3 &* step])
                let (er, ei, fr, fi) = (ar + cr, ai + ci, ar - cr, ai - ci)
                // g = b + d, h = −i · (b − d)
                let (gr, gi, hr, hi) = (br + dr, bi + di, bi - di, dr - br)
                y.real[o] = er + gr
                y.imaginary[o] = ei + gi
                let (t1r, t1i, t2r, t2i) = (fr + hr, fi + hi, er - gr, ei - gi)
                y.real[o &+ s] = t1r * w1r - t1i * w1i
                y.imaginary[o &+ s] = t1r * w1i + t1i * w1r
                y.real[o &+ 2 &* s] = t2r * w2r - t2i * w2i
                y.imaginary[o &+ 2 &* s] = t2r * w2i + t2i * w2r
                let (t3r, t3i) = (fr - hr, fi - hi)
                y.real[o &+ 3 &* s] = t3r * w3r - t3i * w3i
                y.imaginary[o &+ 3 &* s] = t3r * w3i + t3i * w3r
            }
        }
    }

    private func pass(_ x: Signals, _ y: Signals, _ count: Int, _ s: Int, radix r: Int) {
        let (m, turn) = (count / r, length / r)
        for p in 0..<m {
            for q in 0..<s {
                for u in 0..<r {
                    var (sumR, sumI) = (Vector(), Vector())
                    var exponent = 0
                    for v in 0..<r {
                        let at = q &+ s &* (p &+ v &* m)
                        let (wr, wi) = (cosines[exponent * turn], sines[exponent * turn])
                        sumR += x.real[at] * wr - x.imaginary[at] * wi
                        sumI += x.real[at] * wi + x.imaginary[at] * wr
                        exponent = (exponent + u) % r
                    }
                    let (wr, wi) = (cosines[p * u * s], sines[p * u * s])
                    y.real[q + s * (r * p + u)] = sumR * wr - sumI * wi
                    y.imaginary[q + s * (r * p + u)] = sumR * wi + sumI * wr
                }
            }
        }
    }
}
