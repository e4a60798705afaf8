import Foundation
import Testing

@testable import CognitronKernels

/// A function of eight floats, the system's on `Double`, and the error that is allowed, in units in the last
/// place.
struct VectorFunctionCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let ulps: Double
    let function: @Sendable (Vector) -> Vector
    let exact: @Sendable (Double) -> Double
}

@Suite("Functions of vectors against the system's on Double")
struct VectorFunctionTests {
    static let cases: [VectorFunctionCase] = [
        VectorFunctionCase(testDescription: "e^x", ulps: 2, function: { $0.exponential }, exact: { exp($0) }),
        VectorFunctionCase(
            testDescription: "e^x - 1", ulps: 2, function: { $0.expMinusOne }, exact: { expm1($0) }),
        VectorFunctionCase(testDescription: "ln x", ulps: 1, function: { $0.logarithm }, exact: { log($0) }),
        VectorFunctionCase(
            testDescription: "ln (1 + x)", ulps: 2, function: { $0.logarithmOfOnePlus },
            exact: { log1p($0) }),
        VectorFunctionCase(
            testDescription: "tanh", ulps: 2, function: { $0.hyperbolicTangent }, exact: { tanh($0) }),
        VectorFunctionCase(
            testDescription: "sigmoid", ulps: 3, function: { $0.sigmoid }, exact: { 1 / (1 + exp(-$0)) }),
        VectorFunctionCase(
            testDescription: "softplus", ulps: 2, function: { $0.softplus },
            exact: { $0.isNaN ? $0 : max($0, 0) + log1p(exp(-abs($0))) }),
        VectorFunctionCase(
            testDescription: "erf", ulps: 3, function: { $0.errorFunction }, exact: { Foundation.erf($0) }),
        VectorFunctionCase(
            testDescription: "erfc", ulps: 6, function: { $0.complementaryErrorFunction },
            exact: { Foundation.erfc($0) }),
    ]

    /// How far `actual` is from the exact value in units in the last place; infinite where one is special and
    /// the other is not. Results below the normal floats may be 0.
    static func error(_ actual: Float, _ exact: Double) -> Double {
        let rounded = Float(exact)
        if rounded.isNaN || actual.isNaN { return rounded.isNaN && actual.isNaN ? 0 : .infinity }
        if rounded.isInfinite || actual.isInfinite { return rounded == actual ? 0 : .infinity }
        if abs(rounded) < .leastNormalMagnitude && actual == 0 { return 0 }
        return abs(Double(actual) - exact) / Double(max(abs(rounded), .leastNormalMagnitude).ulp)
    }

    @Test("All kinds of floats, evenly over their bits", arguments: cases)
    func allMagnitudes(_ c: VectorFunctionCase) {
        var (worst, at) = (0.0, Float(0))
        for start in stride(from: UInt32(0), to: .max - 8 * 8191, by: 8 * 8191) {
            var x = Vector()
            for lane in 0..<8 { x[lane] = Float(bitPattern: start + UInt32(lane) * 8191) }
            let y = c.function(x)
            for lane in 0..<8 {
                let error = Self.error(y[lane], c.exact(Double(x[lane])))
                if error > worst { (worst, at) = (error, x[lane]) }
            }
        }
        #expect(worst <= c.ulps, "\(worst) ulp at \(at)")
    }

    @Test("Every 1/8192 from -16 to 16", arguments: cases)
    func nearZero(_ c: VectorFunctionCase) {
        var (worst, at) = (0.0, Float(0))
        for start in stride(from: -131_072, to: 131_072, by: 8) {
            var x = Vector()
            for lane in 0..<8 { x[lane] = Float(start + lane) / 8192 }
            let y = c.function(x)
            for lane in 0..<8 {
                let error = Self.error(y[lane], c.exact(Double(x[lane])))
                if error > worst { (worst, at) = (error, x[lane]) }
            }
        }
        #expect(worst <= c.ulps, "\(worst) ulp at \(at)")
    }

    @Test("Zeros of both signs, infinities, NaN, denormals, overflow and underflow", arguments: cases)
    func specialValues(_ c: VectorFunctionCase) {
        let values: [Float] = [
            0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
            .leastNormalMagnitude, -.leastNormalMagnitude, .leastNormalMagnitude / 3, 1e-30, -1e-30, 1, -1,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.722_83, 88.722_84, 89, -87, -87.336_54,
            -87.336_55, -88, -104,
            10.5,
        ]
        for value in values {
            let (y, exact) = (c.function(Vector(repeating: value))[3], c.exact(Double(value)))
            #expect(Self.error(y, exact) <= c.ulps, "\(y) for \(value), expected \(exact)")
            if exact == 0 && value == 0 { #expect(y.sign == exact.sign, "the sign for \(value)") }
        }
    }

    @Test("The normal distribution is within 2e-7")
    func normalDistribution() {
        for step in -6000...6000 {
            let x = Float(step) / 500
            let exact = 0.5 * Foundation.erfc(-Double(x) / 2.0.squareRoot())
            #expect(abs(Double(Vector(repeating: x).normalDistribution[0]) - exact) <= 2e-7)
        }
        let extremes = Vector(-.infinity, .infinity, .nan, 0, 0, 0, 0, 0).normalDistribution
        #expect(extremes[0] == 0 && extremes[1] == 1 && extremes[2].isNaN && extremes[3] == 0.5)
    }

    @Test("The larger and the smaller of two are NaN where one is")
    func extremes() {
        let (a, b) = (Vector(1, .nan, 2, .nan, 0, 0, 0, 0), Vector(2, 1, .nan, .nan, 0, 0, 0, 0))
        #expect(a.larger(b)[0] == 2 && a.smaller(b)[0] == 1)
        for lane in 1...3 { #expect(a.larger(b)[lane].isNaN && a.smaller(b)[lane].isNaN) }
    }
}
