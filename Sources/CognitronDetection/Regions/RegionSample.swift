import Cognitron

/// A region that the heads learn from.
struct RegionSample {
    let picture: Int
    let box: Box

    /// The number of the object that it holds; nil for background.
    let object: Int?
}

extension RegionSettings {
    /// The regions of each picture that the heads learn from: some of the proposed ones and of the true
    /// boxes.
    func samples(_ regions: [[Box]], _ truth: [RegionTruth], _ key: RandomKey) -> [[RegionSample]] {
        zip(regions, truth).enumerated().map { picture, pair in
            let (proposed, truth) = pair
            let boxes = proposed + truth.boxes
            let matches = matcher.match(boxes, to: truth.boxes)
            let (objects, background) = sampler.sample(matches, key.folding(picture))
            return (objects + background).map {
                RegionSample(picture: picture, box: boxes[$0], object: matches[$0].object)
            }
        }
    }
}
