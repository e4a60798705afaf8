import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let merging: [ConformanceCase] = [
        ConformanceCase("add", image, image, image) { Add() },
        ConformanceCase("add, broadcast", [2, 3, 4], [2, 4], [2, 3, 1]) { Add() },
        ConformanceCase("average", [2, 3, 4], [2, 3, 4]) { Average() },
        ConformanceCase("average, broadcast", [2, 3, 4], [2, 4]) { Average() },
        ConformanceCase("maximum", [2, 3, 4], [2, 1, 4], [2, 3, 4], step: 0.001, tolerance: 2e-2) {
            Maximum()
        },
        ConformanceCase("minimum", [2, 3, 4], [2, 3, 4], step: 0.001, tolerance: 2e-2) { Minimum() },
        ConformanceCase("multiply", [2, 3, 4], [2, 3, 1], [2, 4]) { Multiply() },
        ConformanceCase("subtract", [2, 3, 4], [2, 1, 4]) { Subtract() },
        ConformanceCase("dot", [2, 3, 4], [2, 4, 5]) { Dot(axes: (2, 1)) },
        ConformanceCase("dot of rows, cosines", [3, 4], [3, 4]) { Dot(axes: 1, normalize: true) },
        ConformanceCase("dot, cosines", [2, 3, 4], [2, 5, 4]) { Dot(axes: -1, normalize: true) },
        ConformanceCase("concatenate", image, [2, 6, 5, 4]) { Concatenate() },
        ConformanceCase("concatenate rows", image, [2, 2, 5, 3]) { Concatenate(axis: 1) },
    ]
}
