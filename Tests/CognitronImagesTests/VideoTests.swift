import Cognitron
import CognitronData
import CognitronTesting
import Foundation
import Testing

@testable import CognitronImages

@Suite("Videos")
struct VideoTests {
    private static let hasFFmpeg = (try? FFmpeg()) != nil

    /// Frame n of a clip: one grey of 20 n + `base`.
    private static func frame(_ number: Int, base: Int = 0, height: Int = 4, width: Int = 6) -> Picture {
        let value = UInt8(min(255, 20 * number + base))
        return Picture(
            height: height, width: width, channels: 3,
            pixels: .init(repeating: value, count: height * width * 3))
    }

    /// Writes a folder of frames called 1.png, 2.png … 10.png, whose numbers have different lengths.
    private func write(_ count: Int, base: Int = 0, _ name: String, in folder: TemporaryFolder) throws {
        for number in 0..<count {
            try PictureFile.write(
                Self.frame(number, base: base), to: folder.file("\(name)/\(number + 1).png"))
        }
    }

    private func all(_ frames: VideoFrames) throws -> [UInt8] {
        var values: [UInt8] = []
        while let picture = try frames.next() { values.append(picture.pixels[0]) }
        return values
    }

    /// A file of frames of 16 × 24 pixels, that loses nothing.
    private func encode(
        _ count: Int, _ name: String, in folder: TemporaryFolder, rate: Int = 25, arguments: [String] = []
    ) throws -> String {
        for number in 0..<count {
            try PictureFile.write(
                Self.frame(number, height: 16, width: 24), to: folder.file("source-\(name)/\(number).png"))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let pictures = folder.path + "/source-\(name.replacing("%", with: "%%"))/%d.png"
        let target = try folder.file(name)
        process.arguments =
            ["ffmpeg", "-v", "error", "-y", "-framerate", "\(rate)", "-i", pictures]
            + (arguments.isEmpty ? ["-c:v", "ffv1"] : arguments) + ["file:\(target)"]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return target
    }

    @Test("A folder's pictures follow in the order of their numbers")
    func folderOfFrames() throws {
        let folder = try TemporaryFolder()
        try write(11, "clip", in: folder)
        let path = folder.path + "/clip"
        #expect(try all(VideoFrames(path)) == (0..<11).map { UInt8(20 * $0) })
        #expect(try all(VideoFrames(path, stride: 4)) == [0, 80, 160])
        #expect(try VideoFrames(path, channels: .grey).next()?.shape == [4, 6, 1])
        try folder.write("x", "none/readme.txt")
        #expect(error { try VideoFrames(folder.path + "/none") }?.problem == "has no frames")
        #expect(error { try VideoFrames(folder.path + "/absent") }?.problem == "there is no such file")
    }

    @Test(
        "Classes of clips: frames from the middle in evaluation, from anywhere in training; the last repeats"
    )
    func classes() throws {
        let folder = try TemporaryFolder()
        for clip in 0..<4 {
            try write(9, base: clip, "run/\(clip)", in: folder)
            try write(2, base: 100, "walk/\(clip)", in: folder)
        }
        DatasetScheme.registerPictureSchemes()
        let options = DatasetOptions(testShare: 0.5, frames: 4, frameStride: 2)
        let dataset = try DatasetScheme.video.open(folder.path, options)
        #expect(dataset.task == .classification(classNames: ["run", "walk"]))
        let part = try dataset.part(.train)
        #expect(part.inputShape == [4, 4, 6, 3] && part.count == 4 && part.source.unit == "clips")
        let batch = try #require(try part.source.batch([0, 1, 2, 3], nil))
        #expect(batch.inputs[0].shape == [4, 4, 4, 6, 3])
        #expect(batch.targets[0].scalars.sorted() == [0, 0, 1, 1])
        for row in 0..<4 {
            let shown = (0..<4).map { Int((batch.inputs[0][row][$0].scalars[0] * 255).rounded()) }
            if batch.targets[0].scalars[row] == 0 {
                // Nine frames, of which seven are spanned.
                #expect(Set(zip(shown, [20, 60, 100, 140]).map { $0 - $1 }).count == 1)
            } else {
                // The second frame follows no frame of this stride.
                #expect(shown == [100, 100, 100, 100])
            }
        }
        let draw = Draw(epoch: 0, key: RandomKey(seed: 1))
        let drawn = try (0..<12).map { epoch in
            try #require(
                try part.source.batch([0, 1, 2, 3], Draw(epoch: epoch, key: draw.key))
            ).inputs[0]
        }
        #expect(Set(drawn.map { $0.scalars[0] }).count + Set(drawn.map { $0[3].scalars[0] }).count > 2)
        let alone = try #require(try part.source.batch([2], draw)).inputs[0]
        #expect(alone[0] == drawn[0][2])
        let wanted = try dataset.part(.test, shape: [2, 8, 8, 1])
        #expect(wanted.inputShape == [2, 8, 8, 1])
        #expect(try dataset.part(.test, shape: [8, 8, 1]).inputShape == [4, 8, 8, 1])
    }

    @Test("Clips of no class have the next frames as targets, as shapes-video has")
    func nextFrames() throws {
        let folder = try TemporaryFolder()
        for clip in 0..<2 { try write(5, base: clip, "\(clip)", in: folder) }
        let dataset = try DatasetScheme.video.open(folder.path, DatasetOptions(testShare: 0.5, frames: 4))
        #expect(dataset.task == Dataset.shapesVideo.task)
        let batch = try #require(try dataset.part(.train).source.batch([0], nil))
        #expect(batch.inputs[0].shape == batch.targets[0].shape)
        #expect(batch.inputs[0][0][1] == batch.targets[0][0][0])
        #expect(batch.inputs[0][0][3] == batch.targets[0][0][2])
        let steps = (0..<4).map { batch.targets[0][0][$0].scalars[0] - batch.inputs[0][0][$0].scalars[0] }
        #expect(steps.allSatisfy { abs($0 - 20 / 255) < 1e-6 })
    }

    @Test("Damaged clips are named, or left out and counted; folders without clips are errors")
    func damaged() throws {
        let folder = try TemporaryFolder()
        for clip in 0..<3 { try write(3, "a/\(clip)", in: folder) }
        for clip in 0..<3 { try write(3, "b/\(clip)", in: folder) }
        let broken = try folder.write([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0], "a/1/2.png")
        let options = DatasetOptions(testShare: 0.34, frames: 3)
        let paths = try (0..<3).map { try folder.file("a/\($0)") }
        let source = try VideoSource(paths, shape: [3, 4, 6, 3])
        #expect(error { try source.batch([0, 1, 2], nil) }?.place == broken)
        let rest = try VideoSource(paths, .classes([5, 6, 7]), shape: [3, 4, 6, 3], skipsDamaged: true)
        #expect(rest.paths == [paths[0], paths[2]])
        #expect(try rest.batch([0, 1], nil)?.targets[0].scalars == [5, 7])
        #expect(rest.notes[0].hasPrefix("1 of 3 videos cannot be read: \(broken)"))
        #expect(
            error { try DatasetScheme.video.open(folder.path + "/a/0", options) }?.problem == "has no videos")
        try write(3, "stray", in: folder)
        #expect(
            error { try DatasetScheme.video.open(folder.path, options) }?.problem
                == "has videos beside folders of videos")
        for shape in [[3, 4, 6], [3, 4, 6, 2], [0, 4, 6, 3], [1 << 40, 1 << 40, 4, 3]] as [Shape] {
            #expect(error { try VideoSource(paths, shape: shape) }?.kind == .shape)
        }
    }

    @Test("Files are refused with advice where FFmpeg is missing")
    func missing() throws {
        let folder = try TemporaryFolder()
        let problem = try #require(error { try FFmpeg(in: folder.path + ":/nowhere") })
        #expect(
            problem.description == """
                ffmpeg: is not installed; it reads video files; install ffmpeg (Debian, Homebrew), or give a \
                folder of frames
                """)
    }

    @Test("A file's frames are those that were encoded, from any frame on", .enabled(if: hasFFmpeg))
    func file() throws {
        let folder = try TemporaryFolder()
        let values = (0..<12).map { UInt8(20 * $0) }
        for (name, rate) in [("-a b'\"$x.mkv", 25), ("concat:%d.avi", 30)] {
            let path = try encode(12, name, in: folder, rate: rate)
            #expect(try all(VideoFrames(path)) == values, "\(name)")
            #expect(try all(VideoFrames(path, stride: 5)) == [0, 100, 200])
            let clip = try VideoClip(path)
            #expect(clip.count == 12)
            for start in [1, 11] {
                let rest = try all(VideoFrames(clip, from: start))
                #expect(rest == Array(values[start...]), "\(name) \(start)")
            }
            let frames = try VideoFrames(path)
            #expect(try frames.next()?.shape == [16, 24, 3])
            #expect(try all(frames).count == 11)
            #expect(try frames.next() == nil)
        }
        let source = try VideoSource([folder.path + "/-a b'\"$x.mkv"], shape: [4, 16, 24, 1], stride: 3)
        let batch = try #require(try source.batch([0], nil)).inputs[0]
        #expect((0..<4).map { Int((batch[0][$0].scalars[0] * 255).rounded()) } == [20, 80, 140, 200])
    }

    @Test("Files of other kinds, lists of files and damaged files are refused", .enabled(if: hasFFmpeg))
    func refused() throws {
        let folder = try TemporaryFolder()
        let good = try encode(6, "a.mkv", in: folder)
        let list = try folder.write("ffconcat version 1.0\nfile a.mkv\n", "list.mp4")
        let playlist = try folder.write(
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\(good)\n#EXT-X-ENDLIST\n", "play.mp4")
        let text = try folder.write("no video", "text.mp4")
        for path in [list, playlist, text, try folder.write([], "empty.mp4")] {
            let problem = try #require(error { try VideoFrames(path).next() })
            #expect(problem.place == path && problem.problem.contains("cannot be read as a video"))
            #expect(error { try VideoClip(path) }?.place == path)
        }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: good)))
        var mutator = RandomKey(seed: 8).generator()
        for _ in 0..<max(3, FileMutator.count / 600) {
            var damaged = bytes
            for _ in 0..<4 {
                let place = Int.random(in: 0..<bytes.count, using: &mutator)
                damaged[place] = .random(in: 0...255, using: &mutator)
            }
            if Bool.random(using: &mutator) {
                damaged.removeLast(Int.random(in: 0..<bytes.count, using: &mutator))
            }
            let path = try folder.write(damaged, "damaged.mkv")
            do {
                #expect(try all(VideoFrames(path)).count <= 64)
            } catch is CognitronError {}
        }
    }

    @Test(
        "A command that is no longer wanted is killed; one that says nothing is given up",
        .enabled(if: hasFFmpeg))
    func killed() throws {
        let folder = try TemporaryFolder()
        let path = try encode(
            3, "long.mkv", in: folder, arguments: ["-vf", "loop=loop=400:size=3", "-c:v", "ffv1"])
        var frames: VideoFrames? = try VideoFrames(path)
        #expect(try frames?.next() != nil)
        let running = try #require(frames?.processIdentifier)
        #expect(kill(running, 0) == 0)
        frames = nil
        // The system removes a killed process a moment later.
        let deadline = ContinuousClock.now + .seconds(10)
        while kill(running, 0) == 0, ContinuousClock.now < deadline { usleep(10_000) }
        #expect(kill(running, 0) != 0)
        let silent = try ChildProcess("/bin/sleep", ["60"], reading: "x.mp4", patience: 1)
        #expect(
            error { try silent.read(upTo: 1) }?.problem
                == "cannot be read as a video: sleep gave nothing for 1 seconds")
    }
}
