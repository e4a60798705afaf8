import ArgumentParser
import Cognitron
import CognitronData
import CognitronDetection
import CognitronImages
import CognitronPrediction
import Foundation

/// `cognitron detect`: the objects in pictures or in a video.
struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds objects in pictures or in a video.",
        usage: """
            cognitron detect <model> <pictures> ... [<options>]
            cognitron detect <model> --video <dir-or-file> [<options>]
            """,
        discussion: """
            Pictures are files, folders of files, or numbers of pictures of the data set that the model was \
            trained on. They may have any size: they are resized for the model, and boxes are brought back. \
            In the output folder are each picture with its boxes, and detections.json in the form of COCO's \
            results, where categories and pictures count from 1.

            A video is a folder of numbered pictures, or a file, which ffmpeg must be installed for. Its \
            objects have identities that they keep, and its frames are also written as an animated picture.

            Examples:
              cognitron detect ssd-shapes-scenes.safetensors 0 1 2
              cognitron detect yolo-birds.safetensors garden.jpg holiday --threshold 0.4 --output found
              cognitron detect yolo-birds.safetensors --video feeder.mp4 --output found
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(help: "Files, folders, or numbers of pictures of the data, from 0.", completion: .file())
    var pictures: [String] = []

    @Option(
        help: ArgumentHelp("Folder of numbered pictures, or video file.", valueName: "dir-or-file"),
        completion: .file())
    var video: String?

    @Option(number: "The least score of an object that is shown, from 0 to 1.")
    var threshold: Float = 0.5

    @Option(
        help: ArgumentHelp(
            "Folder for the results (default: MODEL-detections).", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Option(number: "Every how many frames of a video one is shown.")
    var stride = 1

    @Option(number: "Frames a second of the animated picture.")
    var rate = 10

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard (0...1).contains(threshold) else {
            throw ValidationError("--threshold: expected 0 to 1, got \(threshold)")
        }
        guard stride >= 1 else { throw ValidationError("--stride: expected at least 1, got \(stride)") }
        guard (1...1000).contains(rate) else {
            throw ValidationError("--rate: expected 1 to 1000, got \(rate)")
        }
        guard pictures.isEmpty != (video == nil) else {
            throw ValidationError(
                video == nil
                    ? "expected pictures, or a video with --video" : "expected pictures or --video, got both")
        }
        for (option, value) in [("--output", output), ("--video", video)] where value == "" {
            throw ValidationError("\(option): expected a name, got none")
        }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        let detector = try file.requireDetector()
        let folder = output ?? "\(file.name)-detections"
        if let video {
            let frames = try VideoFrames(video, stride: stride)
            try OutputFolder.make(folder)
            return try detect(frames, detector, DetectionResults(folder, file.task.classNames))
        }
        let subjects = try DetectionSubjects(file, pictures, data)
        try OutputFolder.make(folder)
        try detect(subjects, detector, DetectionResults(folder, file.task.classNames))
    }

    private func found(_ detector: any Detector, _ picture: Picture) throws -> [Detection] {
        try detector.detections(in: picture).filter { $0.score >= threshold }
    }

    private func detect(
        _ subjects: DetectionSubjects, _ detector: any Detector, _ results: consuming DetectionResults
    ) throws {
        for (place, name) in subjects.names.enumerated() {
            let picture = try subjects.picture(place)
            let found = try found(detector, picture)
            try results.add(found, picture, name: name, fileName: subjects.fileNames[place])
            try Output.result("\(name)  \(count(found.count, "object", "objects"))")
            if !found.isEmpty { try Output.result(results.table(found)) }
        }
        try results.finish()
    }

    private func detect(
        _ frames: VideoFrames, _ detector: any Detector, _ results: consuming DetectionResults
    ) throws {
        var (tracker, animation) = (Tracker(), AnimatedPNG(framesPerSecond: rate))
        while let picture = try frames.next() {
            let found = try found(detector, picture)
            let identities = tracker.identities(of: found)
            let drawn = try results.add(
                found, picture, name: "frame \(animation.frameCount + 1)",
                fileName: "frame-" + String(format: "%05d", animation.frameCount + 1), identities)
            try animation.add(drawn)
        }
        try Output.result(results.identityTable())
        try results.finish()
        try animation.write(to: results.path("video.png"))
        Output.note("Wrote \(results.path("video.png")), \(count(animation.frameCount, "frame", "frames"))")
    }
}
