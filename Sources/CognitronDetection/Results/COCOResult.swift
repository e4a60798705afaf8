import Cognitron

/// A detection as COCO's files of results have it, with some further fields.
///
/// - Source: cocodataset.org, "Data format", results: `[{"image_id": 1, "category_id": 3, "bbox": [x, y,
///   width, height], "score": 0.9, "segmentation": {"size": [h, w], "counts": "…"}}, …]`.
public struct COCOResult: Encodable, Sendable {
    public let imageID: Int
    public let fileName: String?
    /// The number of the class, from 1.
    public let categoryID: Int
    public let categoryName: String
    /// Left, top, width and height in pixels.
    public let bbox: [Float]
    public let score: Float
    public let segmentation: MaskRuns?
    /// The identity of the object in a video.
    public let trackID: Int?

    /// - Parameter classNames: those of the detector's classes.
    public init(
        _ detection: Detection, imageID: Int, fileName: String? = nil, classNames: [String],
        trackID: Int? = nil
    ) {
        (self.imageID, self.fileName, self.trackID) = (imageID, fileName, trackID)
        categoryID = detection.label + 1
        categoryName =
            classNames.indices.contains(detection.label)
            ? classNames[detection.label] : "class \(detection.label)"
        bbox = [detection.box.left, detection.box.top, detection.box.width, detection.box.height]
        score = detection.score
        segmentation = detection.mask.map { MaskRuns($0) }
    }

    private enum CodingKeys: String, CodingKey {
        case bbox, score, segmentation
        case imageID = "image_id"
        case fileName = "file_name"
        case categoryID = "category_id"
        case categoryName = "category_name"
        case trackID = "track_id"
    }
}
