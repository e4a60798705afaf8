import CognitronKernels
import Foundation

// Spectra of sound. x: (N, length); spectra: real and imaginary parts (N, frames, bins).

extension Tensor {
    /// The spectra of the frames of signals, with self as x.
    func spectra(_ fourier: ShortTimeFourier) -> (real: Tensor, imaginary: Tensor) {
        let shape: Shape = [shape[0], fourier.frames(shape[1]), fourier.bins]
        var (real, imaginary) = (Tensor(uninitialized: shape), Tensor(uninitialized: shape))
        fourier.forward(
            pointer, signals: self.shape[0], length: self.shape[1], real: real.mutablePointer,
            imaginary: imaginary.mutablePointer)
        withExtendedLifetime(self) {}
        return (real, imaginary)
    }

    /// dx of `spectra`, with self as the gradient of the real parts.
    ///
    /// - Parameter shape: of x.
    func spectraGradient(_ imaginary: Tensor, _ fourier: ShortTimeFourier, _ shape: Shape) -> Tensor {
        var dx = Tensor(uninitialized: shape)
        fourier.backward(
            dReal: pointer, dImaginary: imaginary.pointer, signals: shape[0], length: shape[1],
            into: dx.mutablePointer)
        withExtendedLifetime((self, imaginary)) {}
        return dx
    }

    /// The angle of each number self + i · imaginary, in radians from −π to π.
    func angle(imaginary: Tensor) -> Tensor {
        var angles = Tensor(uninitialized: shape)
        Elementwise.map(pointer, imaginary.pointer, into: angles.mutablePointer, count: count) { x, y in
            var angle = Vector()
            for lane in 0..<Vector.width { angle[lane] = atan2(y[lane], x[lane]) }
            return angle
        }
        withExtendedLifetime((self, imaginary)) {}
        return angles
    }
}
