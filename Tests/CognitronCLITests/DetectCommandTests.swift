import CognitronData
import CognitronImages
import Foundation
import Testing

@Suite("Detection from the command line")
struct DetectCommandTests {
    /// Ten pictures of 64 × 64 with a bright square, and a COCO file of their boxes.
    private func writePictures(_ program: Program) throws {
        try FileManager.default.createDirectory(
            atPath: program.path("squares/images"), withIntermediateDirectories: true)
        var (images, notes) = ([String](), [String]())
        for number in 0..<10 {
            var pixels = [UInt8](repeating: 20, count: 64 * 64)
            let (left, top) = (number * 4, 36 - number * 3)
            for row in top..<top + 20 { for column in left..<left + 20 { pixels[row * 64 + column] = 220 } }
            try PictureFile.write(
                Picture(height: 64, width: 64, channels: 1, pixels: pixels),
                to: program.path("squares/images/\(number).png"))
            images.append("{\"id\":\(number),\"file_name\":\"\(number).png\",\"width\":64,\"height\":64}")
            notes.append(
                "{\"id\":\(number + 1),\"image_id\":\(number),\"category_id\":1,\"bbox\":[\(left),\(top),20,20]}"
            )
        }
        let json =
            "{\"images\":[\(images.joined(separator: ","))],\"annotations\":[\(notes.joined(separator: ","))],"
            + "\"categories\":[{\"id\":1,\"name\":\"square\"}]}"
        try json.write(toFile: program.path("squares/squares.json"), atomically: true, encoding: .utf8)
    }

    /// Encodes the pictures as squares.mkv; false where ffmpeg is not installed.
    private func writeVideo(_ program: Program) throws -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard
            let ffmpeg = folders.map({ "\($0)/ffmpeg" }).first(
                where: FileManager.default.isExecutableFile)
        else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ffmpeg)
        process.arguments = [
            "-v", "error", "-framerate", "10", "-i", program.path("squares/images/%d.png"), "-c:v", "ffv1",
            program.path("squares.mkv"),
        ]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return true
    }

    @Test("Trains, measures average precision, and finds objects in pictures and frames")
    func commands() throws {
        let program = try Program()
        try writePictures(program)
        let trained = try program.run(
            "train", "--model", "yolo", "--dataset", "coco:squares/squares.json", "--size", "64", "--epochs",
            "2", "--batch-size", "4", "--output", "net.safetensors")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("Test AP@0.5 "), "\(trained.output)")
        #expect(trained.output.contains("detect net.safetensors 0 1 2"))

        let measured = try program.run("evaluate", "net.safetensors")
        #expect(measured.status == 0, "\(measured.errors)")
        for words in ["AP@0.75", "AR@100", "square", "objects"] {
            #expect(measured.output.contains(words), "\(measured.output)")
        }
        let json = try program.run("evaluate", "net.safetensors", "--format", "json")
        #expect(json.output.contains("\"AP@0.5\""), "\(json.output)")

        // Boxes come back in the pixels of a picture of another size.
        let large = try PictureFile.read(program.path("squares/images/3.png")).resized(height: 96, width: 160)
        try PictureFile.write(large, to: program.path("large.png"))
        let found = try program.run(
            "detect", "net.safetensors", "large.png", "squares/images", "--threshold", "0", "--output",
            "found")
        #expect(found.status == 0, "\(found.errors)")
        #expect(found.output.contains("large.png  ") && program.files.contains("found"))
        #expect(try PictureFile.read(program.path("found/large.png")).width == 160 * 3)
        let results = try JSONSerialization.jsonObject(with: program.data("found/detections.json"))
        let rows = try #require(results as? [[String: Any]])
        for row in rows {
            let box = try #require(row["bbox"] as? [Double])
            let limit = row["file_name"] as? String == "large.png" ? (160.0, 96.0) : (64, 64)
            #expect(box[0] >= 0 && box[0] + box[2] <= limit.0 + 0.01 && box[1] + box[3] <= limit.1 + 0.01)
        }
        let numbers = try program.run("detect", "net.safetensors", "0", "1")
        #expect(numbers.status == 0 && program.files.contains("net-detections"), "\(numbers.errors)")

        let video = try program.run(
            "detect", "net.safetensors", "--video", "squares/images", "--threshold", "0.2", "--output",
            "video")
        #expect(video.status == 0, "\(video.errors)")
        #expect(video.output.contains("first frame") && video.output.contains("10 frames"))
        let frame = try PictureFile.read(program.path("video/frame-00010.png"))
        #expect(try PictureFile.read(program.path("video/video.png")).shape == frame.shape)

        if try writeVideo(program) {
            let file = try program.run(
                "detect", "net.safetensors", "--video", "squares.mkv", "--threshold", "0.2", "--output",
                "file")
            #expect(file.status == 0 && file.output.contains("10 frames"), "\(file.errors)")
            // Coded without loss: the same frames have the same objects.
            #expect(try program.data("file/detections.json") == program.data("video/detections.json"))
        }

        for kind in ["detections", "precision-recall"] {
            let plot = try program.run("plot", kind, "net.safetensors")
            #expect(plot.status == 0 && program.files.contains("net-\(kind).svg"), "\(plot.errors)")
        }
        try FileManager.default.createDirectory(
            atPath: program.path("empty"), withIntermediateDirectories: true)
        for (words, message) in [
            (["missing.png"], "is no picture"), (["empty"], "there are no pictures in it"),
            (["9"], "has no picture 9"), (["--video", "empty"], "has no frames"), ([], "expected pictures"),
            (["large.png", "--threshold", "2"], "expected 0 to 1"),
            (["large.png", "--video", "empty"], "got both"), (["squares/squares.json"], "is no picture"),
        ] {
            let result = try program.start(["detect", "net.safetensors"] + words).wait()
            #expect(result.status != 0 && result.errors.contains(message), "\(words): \(result.errors)")
        }
        let predicted = try program.run("predict", "net.safetensors", "large.png")
        #expect(predicted.status != 0 && predicted.errors.contains("cognitron detect"))
    }
}
