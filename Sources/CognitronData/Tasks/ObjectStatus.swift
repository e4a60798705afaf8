/// How an object of the truth counts when detections are judged.
public enum ObjectStatus: String, Hashable, Sendable, Codable {
    /// To be found: missed where it is not.
    case counted

    /// Not to be found, and no mistake where it is: "difficult" of PASCAL VOC.
    case ignored

    /// Many objects in one box, as COCO's crowds: ignored, however many detections lie in it.
    case crowd
}
