import Foundation
import Testing

@Suite("The command line knows the classifiers")
struct ZooCommandTests {
    /// The trained and other numbers of each network, as its summary has them.
    static let networks = [
        ("alexnet", "61,100,840"), ("alexnet-2012", "60,965,224"), ("vgg11", "132,863,336"),
        ("vgg11-bn", "132,868,840 trainable, 5,504 not"), ("vgg13", "133,047,848"),
        ("vgg13-bn", "133,053,736 trainable, 5,888 not"), ("vgg16", "138,357,544"),
        ("vgg16-bn", "138,365,992 trainable, 8,448 not"), ("vgg19", "143,667,240"),
        ("vgg19-bn", "143,678,248 trainable, 11,008 not"), ("googlenet", "6,624,904 trainable, 14,560 not"),
        ("resnet18-imagenet", "11,689,512 trainable, 9,600 not"),
        ("resnet34-imagenet", "21,797,672 trainable, 17,024 not"), ("resnet18", "11,173,962 trainable"),
        ("resnet34", "21,282,122 trainable"), ("resnet50", "25,557,032 trainable, 53,120 not"),
        ("resnet101", "44,549,160 trainable, 105,344 not"),
        ("resnet152", "60,192,808 trainable, 151,424 not"), ("wrn-16-4", "2,748,890 trainable, 3,616 not"),
        ("wrn-28-10", "36,479,194 trainable, 17,952 not"), ("wrn-40-4:0.3", "8,949,210 trainable"),
        ("densenet121", "7,978,856 trainable, 83,648 not"),
        ("densenet-bc-100-12", "769,162 trainable, 23,988 not"),
        ("mobilenet", "4,231,976 trainable, 21,888 not"), ("mobilenet:0.25", "470,072 trainable"),
        ("mobilenet-v2", "3,504,872 trainable, 34,112 not"), ("lenet5", "60,000 trainable"), ("mlp", "5,386"),
        ("vae", "134,165"), ("conv-autoencoder:16", "178,001"),
    ]

    @Test("Summaries of all by name", arguments: networks.indices)
    func summaries(_ number: Int) throws {
        let (name, counts) = Self.networks[number]
        let result = try Program().run("summary", "--model", name)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains(counts), "\(result.output.suffix(300))")
    }

    static let mistakes: [([String], String)] = [
        (
            ["train", "--model", "vgg16", "--dataset", "digits", "--size", "16"],
            "vgg16: the pictures are too small: its layers would leave nothing of them"
        ),
        (
            ["train", "--model", "densenet121", "--dataset", "digits", "--size", "40x28"],
            "densenet121: the pictures are too small: its layers would leave nothing of them"
        ),
        (["train", "--model", "mobilenet-v2", "--dataset", "iris"], "mobilenet-v2: takes no such samples"),
        (
            ["train", "--model", "googlenet", "--dataset", "boston"],
            "googlenet: is no network for regression"
        ),
        (["summary", "--model", "wrn-17-4"], "expected 6·n + 4 layers from 10 to 1000"),
        (["summary", "--model", "mobilenet:0"], "a number above 0, at most 100, as in mobilenet:0.25"),
        (["summary", "--model", "vgg12"], "did you mean vgg11?"),
        (
            ["train", "--model", "vae", "--dataset", "shapes", "--size", "30"],
            "expected for instance 28x28, for which vae was designed"
        ),
        (["summary", "--model", "vae:0"], "the numbers of the code, at most 65536"),
    ]

    @Test("What a network cannot be is answered in its own words", arguments: mistakes.indices)
    func mistake(_ number: Int) throws {
        let (arguments, words) = Self.mistakes[number]
        let program = try Program()
        let result = try program.start(arguments).wait()
        #expect(result.status != 0 && result.output.isEmpty)
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(program.files.isEmpty)
    }

    @Test("The graph of an untrained network by its name", arguments: ["googlenet", "resnet50"])
    func graph(_ name: String) throws {
        let program = try Program()
        let result = try program.run("plot", "model", name, "--output", "graph.dot")
        #expect(result.status == 0, "\(result.errors)")
        let text = String(decoding: try program.data("graph.dot"), as: UTF8.self)
        #expect(text.contains(name == "googlenet" ? "inception4a.branch3.1.conv" : "layer3.5.conv2"))
        let other = try program.run("plot", "filters", name)
        #expect(other.status != 0 && other.errors.contains("there is no such file"), "\(other.errors)")
    }
}
