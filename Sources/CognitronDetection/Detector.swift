import Cognitron

/// A network with what turns its outputs into objects.
///
///     let detector = try ModelName(named: "ssd").detector(for: task, model)
///     for detection in try detector.detections(in: pictures)[0] { print(detection.box, detection.score) }
public protocol Detector: Sendable {
    /// The network: one model, which has one file. Detectors of several networks hold them as its layers.
    var model: Model { get }

    /// The objects of each picture, from the highest score to the lowest.
    ///
    /// - Parameter pictures: (N, H, W, C), with pixels from 0 to 1 as the data sets have them.
    /// - Throws: `CognitronError.shape` where the network takes no such pictures.
    func detections(in pictures: Tensor) throws -> [[Detection]]
}
