#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension RandomGenerator {
    /// A standard normal number, by the Box-Muller transform.
    package mutating func normal() -> Float {
        let (u, v) = (uniform(0, 1), uniform(0, 1))
        return (-2 * log(1 - u)).squareRoot() * cos(2 * Float.pi * v)
    }

    /// A number of the gamma distribution with this shape above 0 and scale 1.
    ///
    /// - Source: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000); shapes below 1
    ///   by a power of a uniform number.
    package mutating func gamma(_ shape: Float) -> Float {
        guard shape >= 1 else {
            let power = pow(max(uniform(0, 1), .leastNormalMagnitude), 1 / shape)
            return gamma(shape + 1) * power
        }
        let d = shape - 1 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = 1 + c * x
            guard v > 0 else { continue }
            let cube = v * v * v
            if log(1 - uniform(0, 1)) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
        }
    }

    /// A number from 0 to 1 of the beta distribution with both parameters `alpha`, above 0.
    package mutating func beta(_ alpha: Float) -> Float {
        let (a, b) = (gamma(alpha), gamma(alpha))
        // Small parameters may round both to 0; nearly all numbers are 0 or 1 then.
        return a + b > 0 ? a / (a + b) : uniform(0, 1).rounded()
    }

    /// `count` numbers of sum 1 from the symmetric Dirichlet distribution.
    package mutating func dirichlet(_ alpha: Float, count: Int) -> [Float] {
        let numbers = (0..<count).map { _ in gamma(alpha) }
        let sum = numbers.reduce(0, +)
        return numbers.map { sum > 0 ? $0 / sum : 1 / Float(count) }
    }
}
