import Cognitron
import Foundation

/// A function of one or two numbers from -1 to 1, to be approximated.
struct TargetFunction: Sendable {
    typealias Point = FunctionBasis.Point

    let name: String
    let function: @Sendable (Point) -> Double

    /// One period of a sine and its second harmonic.
    static let wave = TargetFunction(name: "wave") { sin(.pi * $0.x) + 0.5 * sin(2 * .pi * $0.x) }
    /// Two straight pieces with a jump between them.
    static let step = TargetFunction(name: "step") { $0.x < 0.2 ? 0.5 * $0.x : 1 - 0.5 * $0.x }

    /// Hills and valleys along both axes.
    static let waves = TargetFunction(name: "waves") { sin(.pi * $0.x) * cos(.pi * $0.y) }
    /// A round hill beside a cliff that runs obliquely.
    static let cliff = TargetFunction(name: "cliff") { point in
        let hill = exp(-8 * (pow(point.x - 0.4, 2) + pow(point.y - 0.3, 2)))
        return hill - (point.x + 2 * point.y < -0.8 ? 0.6 : 0)
    }

    /// `count` points of equal distance; their second number is 0.
    static func line(_ count: Int) -> [Point] {
        (0..<count).map { Point(-1 + 2 * Double($0) / Double(count - 1), 0) }
    }

    /// `side` × `side` points of equal distance; the first row has the largest y.
    static func grid(_ side: Int) -> [Point] {
        let places = line(side).map(\.x)
        return places.reversed().flatMap { y in places.map { Point($0, y) } }
    }

    /// The values at points, shape (N, 1).
    func values(at points: [Point]) -> Tensor {
        Tensor(points.map { Float(function($0)) }, shape: [points.count, 1])
    }
}

extension [FunctionBasis.Point] {
    /// The points as a network's input, shape (N, axes).
    func tensor(axes: Int) -> Tensor {
        Tensor(flatMap { point in (0..<axes).map { Float(point[$0]) } }, shape: [count, axes])
    }
}

extension Tensor {
    /// The mean squared difference.
    func squaredError(from other: Tensor) -> Double {
        let difference = self - other
        return Double((difference * difference).mean())
    }
}
