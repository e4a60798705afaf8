import Foundation
import Testing

@Suite("The command cognitron plot", .serialized)
struct PlotCommandTests {
    /// A program in whose folder a model has been trained on small data.
    private static func trained() throws -> Program {
        let program = try Program()
        try SmallData.writeMNIST(to: program.path("data"))
        let training = try program.run(
            "train", "--model", "lenet", "--dataset", "mnist", "--data", "data", "--epochs", "2", "--output",
            "net.safetensors")
        try #require(training.status == 0, "\(training.errors)")
        return program
    }

    private static let kinds = [
        "curves", "model", "filters", "features", "feature-maps", "confusion", "misclassified", "grad-cam",
        "occlusion",
        "saliency", "histograms", "pca", "tsne", "roc", "precision-recall", "rate-test", "pixels",
    ]

    @Test("writes every kind as SVG under the model's and the kind's name")
    func everyKind() throws {
        let program = try Self.trained()
        for kind in Self.kinds {
            let result = try program.run("plot", kind, "net.safetensors", "--data", "data")
            #expect(
                result.status == 0 && result.output == "Wrote net-\(kind).svg\n", "\(kind): \(result.errors)")
            let svg = String(decoding: try program.data("net-\(kind).svg"), as: UTF8.self)
            #expect(svg.hasPrefix("<?xml") && svg.contains("<text"), "\(kind)")
        }
        let overlay = try program.run("plot", "overlay", "net.safetensors", "--data", "data")
        #expect(overlay.status != 0 && overlay.errors.contains("has no masks or boxes"))
    }

    @Test("takes pictures by number and as files, classes by name, layers, and other endings")
    func arguments() throws {
        let program = try Self.trained()
        let byNumber = try program.run(
            "plot", "grad-cam", "net.safetensors", "3", "--data", "data", "--class", "7", "--layer", "conv2d",
            "-o", "cam.svg")
        #expect(byNumber.status == 0, "\(byNumber.errors)")
        let svg = String(decoding: try program.data("cam.svg"), as: UTF8.self)
        #expect(svg.contains("picture 3") && svg.contains("by the maps of conv2d<"))
        #expect(svg.matches(of: #/<image /#).count == 2)
        for ending in ["dot", "mmd"] {
            let text = try program.run("plot", "model", "net.safetensors", "--output", "net.\(ending)")
            #expect(text.status == 0, "\(text.errors)")
        }
        if FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert") {
            let png = try program.run("plot", "filters", "net.safetensors", "-o", "f.png")
            #expect(png.status == 0, "\(png.errors)")
            // The PNG is a picture file itself.
            let own = try program.run(
                "plot", "saliency", "net.safetensors", "f.png", "--data", "data", "-o", "s.svg")
            #expect(own.status == 0, "\(own.errors)")
            #expect(String(decoding: try program.data("s.svg"), as: UTF8.self).contains(">f.png<"))
        }
    }

    @Test("says what is wrong with its arguments")
    func errors() throws {
        let program = try Self.trained()
        for (arguments, message) in [
            (["grad-kam", "net.safetensors"], "did you mean grad-cam?"),
            (["filters", "none.safetensors"], "none.safetensors"),
            (["filters", "net.safetensors", "-o", "f.jpg"], "expected a name ending in .svg, .png"),
            (["filters", "net.safetensors", "--layer", "conv2"], "expected one of conv2d, conv2d_1"),
            (["saliency", "net.safetensors", "99", "--data", "data"], "has no picture 99; expected 0 to 19"),
            (["saliency", "net.safetensors", "none.png", "--data", "data"], "none.png"),
            (["saliency", "net.safetensors", "--class", "10", "--data", "data"], "--class"),
            (["pca", "net.safetensors", "--count", "0"], "--count: expected at least 1"),
            ([], "  a model and data with classes:\n    confusion         how often each class"),
            (["confusion"], "confusion needs a model and data with classes"),
            (["overlay"], "expected the file of a model, or a data set to draw without one"),
            (["overlay", "3", "x", "--dataset", "shapes-scenes"], "expected numbers of pictures"),
        ] {
            let result = try program.start(["plot"] + arguments).wait()
            #expect(result.status != 0 && result.errors.contains(message), "\(arguments): \(result.errors)")
        }
        try FileManager.default.removeItem(atPath: program.path("net.history.json"))
        let curves = try program.run("plot", "curves", "net.safetensors")
        #expect(curves.status != 0 && curves.errors.contains("net.history.json: is missing"))
    }

    @Test("Masks and boxes of data are drawn without a model")
    func dataAlone() throws {
        let program = try Program()
        for (arguments, file) in [
            (["overlay", "--dataset", "shapes-scenes"], "shapes-scenes-overlay.svg"),
            (["overlay", "7", "9", "--dataset", "shapes-masks", "-o", "m.svg"], "m.svg"),
            (["pixels", "2", "--dataset", "digits", "--split", "test"], "digits-pixels.svg"),
        ] {
            let result = try program.start(["plot"] + arguments).wait()
            #expect(result.status == 0 && result.output == "Wrote \(file)\n", "\(result.errors)")
            #expect(program.files.contains(file))
        }
        #expect(String(decoding: try program.data("m.svg"), as: UTF8.self).contains(">picture 9<"))
        let table = try program.run("plot", "pixels", "--dataset", "iris")
        #expect(table.status == 1 && table.errors.contains("is no picture"), "\(table.errors)")
    }
}
