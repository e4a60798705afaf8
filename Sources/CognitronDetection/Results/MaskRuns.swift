import Cognitron

/// A mask as COCO's files have it: the lengths of runs of equal pixels, down one column after another, the
/// first one of zeros.
///
/// - Source: cocodataset.org, "Data format", results; `maskApi.c` of pycocotools.
public struct MaskRuns: Hashable, Sendable {
    public let height: Int
    public let width: Int
    public let counts: [Int]

    /// - Parameter mask: (H, W): numbers above ½ belong to the object.
    public init(_ mask: Tensor) {
        (height, width) = (mask.shape[0], mask.shape[1])
        let pixels = mask.scalars
        var (counts, isInside) = ([0], false)
        for column in 0..<width {
            for row in 0..<height {
                if (pixels[row * width + column] > 0.5) != isInside {
                    isInside.toggle()
                    counts.append(0)
                }
                counts[counts.count - 1] += 1
            }
        }
        self.counts = counts
    }

    /// The counts as text: from the fourth on as the difference to the one before the last, in groups of five
    /// bits from the lowest up, each a character from `0` on, with 32 added where another group follows.
    public var text: String {
        var bytes: [UInt8] = []
        for (number, count) in counts.enumerated() {
            var rest = number > 2 ? count - counts[number - 2] : count
            var isLast = false
            while !isLast {
                let group = rest & 31
                rest >>= 5
                // The highest bit of the last group is the sign.
                isLast = group & 16 == 0 ? rest == 0 : rest == -1
                bytes.append(UInt8(48 + group + (isLast ? 0 : 32)))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension MaskRuns: Encodable {
    private enum CodingKeys: CodingKey { case size, counts }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode([height, width], forKey: .size)
        try container.encode(text, forKey: .counts)
    }
}
