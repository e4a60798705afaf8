import Foundation
import Testing

@testable import CognitronKernels

@Suite("Fourier transforms")
struct FourierTests {
    @Test(
        "Spectra and their transposes are those of the definition, for every kind of length",
        arguments: [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 30, 49, 64, 74])
    func definition(_ length: Int) {
        let (signals, step) = (2, max(1, length / 3))
        let samples = length + 18 * step + 1
        let window = (0..<length).map { 1 + 0.3 * sin(Float($0)) }
        let fourier = ShortTimeFourier(window: window, step: step)
        let (frames, bins) = (fourier.frames(samples), fourier.bins)
        #expect((frames, bins) == (19 + (step == 1 ? 1 : 0), length / 2 + 1))
        let x = (0..<signals * samples).map { sin(Float($0 * $0 % 97)) }
        var (real, imaginary) = ([Float](repeating: 9, count: signals * frames * bins), [Float]())
        imaginary = real
        fourier.forward(x, signals: signals, length: samples, real: &real, imaginary: &imaginary)
        let (gr, gi) = (real.map { cos($0) }, imaginary.map { sin(3 * $0) })
        var dx = [Float](repeating: 9, count: x.count)
        fourier.backward(dReal: gr, dImaginary: gi, signals: signals, length: samples, into: &dx)

        var (worst, expected) = (0.0, [Double](repeating: 0, count: x.count))
        for s in 0..<signals {
            for t in 0..<frames {
                for k in 0..<bins {
                    let at = (s * frames + t) * bins + k
                    var sum = (0.0, 0.0)
                    for n in 0..<length {
                        let angle = -2 * Double.pi * Double(n * k % length) / Double(length)
                        let place = s * samples + t * step + n
                        let (wr, wi) = (Double(window[n]) * cos(angle), Double(window[n]) * sin(angle))
                        sum = (sum.0 + wr * Double(x[place]), sum.1 + wi * Double(x[place]))
                        expected[place] += wr * Double(gr[at]) + wi * Double(gi[at])
                    }
                    worst = max(worst, abs(sum.0 - Double(real[at])), abs(sum.1 - Double(imaginary[at])))
                }
            }
        }
        #expect(worst < 2e-5)
        let error = zip(dx, expected).map { abs(Double($0) - $1) }.max() ?? 1
        #expect(error < 5e-5 * Double(max(1, bins)).squareRoot())
    }
}
