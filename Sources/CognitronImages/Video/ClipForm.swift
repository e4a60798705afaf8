import Cognitron
import CognitronData
import CognitronKernels

/// How frames of a video become a clip of T × H × W × C.
struct ClipForm: Sendable {
    /// Frames × height × width × channels (1, 3 or 4).
    let shape: Shape
    /// The distance between frames of a clip.
    let stride: Int
    let framing: Framing
    private let channels: PictureChannels

    var pictureSize: Int { shape.sample.elementCount }

    /// - Throws: `CognitronError` where a number is out of its range.
    init(shape: Shape, stride: Int, framing: Framing) throws {
        guard shape.rank == 4, shape.allSatisfy({ $0 > 0 }), let channels = PictureChannels(count: shape[3]),
            shape.checkedElementCount.map({ $0 <= PictureFile.pixelLimit }) == true
        else {
            throw CognitronError(
                .shape, "clips", "videos cannot be brought to this shape",
                expected: "frames × height × width × channels, with 1, 3 or 4 channels", got: "\(shape)")
        }
        guard stride >= 1 else {
            throw CognitronError(
                .argument, "stride", "invalid argument", expected: "at least 1", got: "\(stride)")
        }
        if let problem = framing.problem {
            throw CognitronError(
                .argument, "framing", "invalid argument", expected: problem.expected, got: problem.got)
        }
        (self.shape, self.stride, self.framing, self.channels) = (shape, stride, framing, channels)
    }

    /// Reads `count` frames of a video: in training from a random place on, in evaluation from the middle.
    /// After the video's end its last frame is repeated.
    ///
    /// - Parameter write: gets the number of each frame and its pixels (H, W, C).
    func read(
        _ clip: VideoClip, count: Int, sample: Int, _ draw: Draw?,
        _ write: (Int, UnsafeBufferPointer<UInt8>) -> Void
    ) throws {
        let (needed, overflows) = (count - 1).multipliedReportingOverflow(by: stride)
        let spare = overflows ? 0 : max(0, (clip.count ?? 0) - 1 - needed)
        var start = spare / 2
        if var generator = draw?.folding("clip").generator(for: sample) {
            start = Int.random(in: 0...spare, using: &generator)
        }
        let random = draw?.folding("framing").generator(for: sample)
        let frames = try VideoFrames(clip, from: start, stride: stride)
        var last: Picture?
        for number in 0..<count {
            if let picture = try frames.next() {
                let frame = framing.frame(
                    height: picture.height, width: picture.width, into: shape.sample, random: random)
                last = frame.applied(to: picture.converted(to: channels))
            }
            guard let last else { throw CognitronError.noVideo(clip.path, "no frame") }
            last.pixels.withUnsafeBufferPointer { write(number, $0) }
        }
    }
}

extension Draw {
    /// The draw for one purpose.
    fileprivate func folding(_ purpose: String) -> Draw { Draw(epoch: epoch, key: key.folding(purpose)) }
}
