import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let normalization: [ConformanceCase] = [
        ConformanceCase("batch norm", image) { BatchNormalization() },
        ConformanceCase("batch norm, rows", [7, 10]) { BatchNormalization(center: false, scale: false) },
    ]
}
