import CognitronTesting

@testable import Cognitron

/// Two regions, for maps of a quarter of the picture's size; one reaches out of it. Of the first image, so
/// that a batch of one sample has it too.
private let regions: Tensor = [[0, 2, 1, 18, 13], [0, 9, -3, 30, 22]]

extension ConformanceCase {
    /// Regions have no gradient, and there are as many of them as there are outputs.
    static let regionsOfImages: [ConformanceCase] = [
        ConformanceCase(
            "features of regions, means", inputs: [.randomNormal([2, 6, 5, 3], seed: 1), regions],
            excluding: [.gradients, .sharing]
        ) { RoIAlign(size: 2, spatialScale: 0.25) },
        ConformanceCase(
            "features of regions, maxima", inputs: [.randomNormal([2, 6, 5, 3], seed: 1), regions],
            excluding: [.gradients, .sharing]
        ) { RoIPooling(size: 2, spatialScale: 0.25) },
    ]
}
