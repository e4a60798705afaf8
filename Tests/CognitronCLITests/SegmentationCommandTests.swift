import CognitronData
import CognitronImages
import Foundation
import Testing

@Suite("Segmentation from the command line")
struct SegmentationCommandTests {
    /// Twelve pictures of 20 × 24 with a bright square on dark ground, and their masks.
    private func writePictures(_ program: Program) throws {
        for folder in ["images", "masks"] {
            try FileManager.default.createDirectory(
                atPath: program.path("squares/\(folder)"), withIntermediateDirectories: true)
        }
        for number in 0..<12 {
            var (pixels, mask) = ([UInt8](repeating: 20, count: 480), [UInt8](repeating: 0, count: 480))
            for row in 4..<14 {
                for column in number..<number + 10 {
                    (pixels[row * 24 + column], mask[row * 24 + column]) = (220, 1)
                }
            }
            let picture = Picture(height: 20, width: 24, channels: 1, pixels: pixels)
            try PictureFile.write(picture, to: program.path("squares/images/\(number).png"))
            try PictureFile.writeMask(
                Picture(height: 20, width: 24, channels: 1, pixels: mask),
                to: program.path("squares/masks/\(number).png"))
        }
    }

    @Test("Trains on masks, measures each class, and writes masks in the pictures' sizes with overlays")
    func commands() throws {
        let program = try Program()
        try writePictures(program)
        let trained = try program.run(
            "train", "--model", "segnet", "--dataset", "masks:squares", "--size", "16", "--epochs", "20",
            "--batch-size", "4", "--augment", "flip,shift", "--output", "net.safetensors")
        #expect(trained.status == 0, "\(trained.errors)")

        let measured = try program.run("evaluate", "net.safetensors")
        #expect(measured.status == 0, "\(measured.errors)")
        for words in ["mean_io_u", "mean_dice", "class", "IoU", "class 1"] {
            #expect(measured.output.contains(words), "\(measured.output)")
        }
        let json = try program.run("evaluate", "net.safetensors", "--format", "json")
        #expect(json.output.contains("\"io_u\""), "\(json.output)")

        for tiles in ["--no-tiles", "--tiles"] {
            let answer = try program.run(
                "predict", "net.safetensors", "squares/images/3.png", tiles, "--output", "mask.png")
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.hasPrefix("squares/images/3.png  mask.png  "))
            let mask = try PictureFile.readMask(program.path("mask.png"))
            let truth = try PictureFile.readMask(program.path("squares/masks/3.png"))
            #expect(mask.shape == [20, 24, 1])
            let right = zip(mask.pixels, truth.pixels).count { $0 == $1 }
            #expect(right > 400, "\(tiles): \(right) of 480")
            let overlay = try PictureFile.read(program.path("mask.overlay.png"), channels: .asStored)
            #expect(overlay.shape == [20, 24, 3])
            try FileManager.default.removeItem(atPath: program.path("mask.png"))
        }
        let named = try program.run("predict", "net.safetensors", "squares/images/3.png")
        #expect(named.status == 0 && program.files.contains("3.mask.png"), "\(named.errors)")
    }

    @Test("Outputs that cannot be pictures are refused")
    func refusals() throws {
        let program = try Program()
        try writePictures(program)
        let trained = try program.run(
            "train", "--model", "segnet", "--dataset", "masks:squares", "--size", "16", "--epochs", "1",
            "--output", "net.safetensors")
        #expect(trained.status == 0, "\(trained.errors)")
        for (arguments, words) in [
            (["squares/images/1.png", "--output", "mask.jpg"], "expected a name ending in .png"),
            (
                ["0", "1", "--output", "mask.png"],
                "one sample of a model whose answers are pictures or masks"
            ),
        ] {
            let answer = try program.start(["predict", "net.safetensors"] + arguments).wait()
            #expect(answer.status != 0 && answer.errors.contains(words), "\(answer.errors)")
        }
    }
}
