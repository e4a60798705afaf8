import CognitronKernels
import Foundation
import Testing

@testable import Cognitron

@Suite("Windows")
struct WindowTests {
    /// A window with one axis.
    private func line(_ padding: Padding, _ size: Int, stride: Int = 1, dilation: Int = 1) -> Window {
        .kernel(
            rank: 1, WindowSize(size), strides: WindowSize(stride), dilationRate: WindowSize(dilation),
            padding: padding)
    }

    /// Padding, size, stride, dilation, and what Keras's compute_conv_output_shape says of inputs of 5, 8 and
    /// 11.
    private static let kerasSizes: [(Padding, Int, Int, Int, [Int])] = [
        (.valid, 1, 1, 1, [5, 8, 11]), (.valid, 1, 3, 1, [2, 3, 4]), (.valid, 2, 2, 1, [2, 4, 5]),
        (.valid, 3, 1, 1, [3, 6, 9]), (.valid, 3, 2, 1, [2, 3, 5]), (.valid, 4, 3, 1, [1, 2, 3]),
        (.valid, 5, 2, 1, [1, 2, 4]), (.valid, 3, 1, 2, [1, 4, 7]), (.valid, 2, 1, 4, [1, 4, 7]),
        (.same, 1, 1, 1, [5, 8, 11]), (.same, 1, 3, 1, [2, 3, 4]), (.same, 2, 2, 1, [3, 4, 6]),
        (.same, 3, 2, 1, [3, 4, 6]), (.same, 4, 3, 1, [2, 3, 4]), (.same, 5, 2, 1, [3, 4, 6]),
        (.same, 3, 1, 2, [5, 8, 11]), (.same, 2, 1, 4, [5, 8, 11]), (.causal, 1, 1, 1, [5, 8, 11]),
        (.causal, 1, 3, 1, [2, 3, 4]), (.causal, 2, 2, 1, [3, 4, 6]), (.causal, 3, 2, 1, [3, 4, 6]),
        (.causal, 4, 3, 1, [2, 3, 4]), (.causal, 5, 2, 1, [3, 4, 6]), (.causal, 3, 1, 2, [5, 8, 11]),
    ]

    @Test("Output sizes are Keras's", arguments: kerasSizes)
    func outputSizes(_ padding: Padding, _ size: Int, _ stride: Int, _ dilation: Int, _ expected: [Int]) {
        let window = line(padding, size, stride: stride, dilation: dilation)
        #expect([5, 8, 11].map { window.outputSize(0, $0) } == expected)
    }

    @Test("Output sizes of the course: ⌊(H + 2P − F) / S⌋ + 1")
    func courseSizes() {
        for (h, p, f, s, expected) in [
            (4, 1, 3, 2, 2), (7, 0, 3, 2, 3), (10, 0, 4, 3, 3), (224, 0, 11, 4, 54), (227, 0, 11, 4, 55),
        ] {
            #expect(line(.explicit(p), f, stride: s).outputSize(0, h) == expected)
        }
    }

    @Test("Padding on each side: the odd pixel of 'same' at the end, all of 'causal' before")
    func margins() {
        #expect(line(.same, 2).margins(0, 5) == (0, 1))
        #expect(line(.same, 3, stride: 2).margins(0, 5) == (1, 1))
        #expect(line(.causal, 3, dilation: 2).margins(0, 5) == (4, 0))
        #expect(line(.explicit(2), 3).margins(0, 5) == (2, 2))
        #expect(line(.explicit([2, 0]), 3).margins(0, 5) == (2, 0))
        #expect(line(.explicit([[0, 3]]), 3).margins(0, 5) == (0, 3))
        let plane = Window.pool(rank: 2, Size2D(3, 3), strides: Size2D(1, 1), padding: .explicit([1, 0]))
        #expect(plane.margins(0, 5) == (1, 1) && plane.margins(1, 5) == (0, 0))
        let volume = Window.kernel(
            rank: 3, WindowSize(3, 3, 3), strides: WindowSize(1, 2, 3), dilationRate: WindowSize(1, 1, 1),
            padding: .explicit([[0, 1], [1, 0], [2, 2]]))
        #expect(volume.margins(0, 4) == (0, 1) && volume.margins(2, 4) == (2, 2))
        #expect(volume.outputSizes([4, 5, 6]) == [3, 2, 3])
    }

    @Test("A causal convolution gives what Keras's does")
    func causal() {
        let expected: [(size: Int, stride: Int, dilation: Int, [Float])] = [
            (3, 1, 1, [100, 210, 321, 432, 543]), (2, 2, 1, [10, 32, 54]),
            (3, 1, 2, [100, 200, 310, 420, 531]),
        ]
        for (size, stride, dilation, y) in expected {
            let window = line(.causal, size, stride: stride, dilation: dilation)
            let g = window.convolution([1, 5, 1], filters: 1)
            var actual = [Float](repeating: .nan, count: g.outputCount)
            Convolution(g).forward([1, 2, 3, 4, 5], [1, 10, 100], bias: nil, into: &actual)
            #expect(actual == y)
            #expect(window.outputShape([1, 5, 1], channels: 1) == [1, y.count, 1])
        }
    }

    @Test("The course's convolution of a sequence")
    func courseSequence() {
        for (padding, stride, expected) in [
            (Padding.valid, 1, [35, 50]), (.explicit(1), 1, [20, 35, 50, 30]), (.explicit(1), 2, [20, 50]),
        ] as [(Padding, Int, [Float])] {
            let g = line(padding, 3, stride: stride).convolution([1, 4, 1], filters: 1)
            var y = [Float](repeating: .nan, count: g.outputCount)
            Convolution(g).forward([1, 2, 3, 4], [3, 5, 7], bias: [1], into: &y)
            #expect(y == expected)
        }
        let g = line(.valid, 3).convolution([1, 4, 1], filters: 1)
        var (dx, dw) = ([Float](repeating: .nan, count: 4), [Float](repeating: .nan, count: 3))
        Convolution(g).gradients([1, 2, 3, 4], [10, 20], [3, 5, 7], intoData: &dx, weights: &dw)
        #expect(dx == [30, 110, 170, 140] && dw == [50, 80, 110])
    }

    @Test("Geometries of one, two and three axes")
    func geometries() {
        let image = Window.kernel(
            rank: 2, Size2D(3, 5), strides: Size2D(2, 1), dilationRate: Size2D(1, 1), padding: .same)
        #expect(
            image.convolution([4, 9, 8, 6], filters: 10, groups: 2)
                == ConvolutionGeometry(
                    batch: 4, input: ImageSize(9, 8, channels: 6), kernel: (3, 5), filters: 10,
                    strides: (2, 1), padding: Border(top: 1, bottom: 1, left: 2, right: 2), groups: 2))
        let sequence = line(.valid, 3, stride: 2)
        #expect(
            sequence.convolution([4, 9, 6], filters: 2)
                == ConvolutionGeometry(
                    batch: 4, length: 9, channels: 6, kernel: 3, filters: 2, stride: 2))
        let pool = Window.pool(rank: 3, WindowSize(2, 3, 4), strides: WindowSize(2, 3, 4), padding: .same)
        let shape: Shape = [2, 5, 7, 9, 3]
        #expect(pool.outputShape(shape, channels: 3) == [2, 3, 3, 3, 3])
        #expect(pool.volumePooling(shape).outputCount == 2 * 3 * 3 * 3 * 3)
        let kernel = Window.kernel(
            rank: 3, WindowSize(2, 3, 3), strides: WindowSize(1, 1, 1), dilationRate: WindowSize(2, 1, 1),
            padding: .valid)
        let volume = kernel.volumeConvolution(shape, filters: 4)
        #expect(volume.outputDepth == 3 && volume.outputCount == 2 * 3 * 5 * 7 * 4)
        #expect(volume.weightCount == 2 * 3 * 3 * 3 * 4)
    }

    @Test("Forms of a size and of margins")
    func forms() {
        #expect(3.windowSize(rank: 3) == WindowSize(3, 3, 3))
        #expect([3, 5].windowSize(rank: 2) == Size2D(3, 5))
        #expect(Size2D(3, 5).description == "3×5" && WindowSize(7).height == 1)
        let volume = WindowSize(2, 3, 4)
        #expect((volume.depth, volume.height, volume.width) == (2, 3, 4))
        let n = 2
        #expect(Padding.explicit(n) == .explicit(2))
        #expect(Padding.explicit([n, 1]) == .margins(.each([.every(2), .every(1)])))
        #expect("\([[0, 1], [2, 0]].margins)" == "[[0, 1], [2, 0]]")
    }
}

/// A layer that files can hold.
private typealias CodableLayer = AnyLayer & Codable

@Suite("Windows in files")
struct WindowFileTests {
    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func read<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test(
        "Padding has the forms it always had, and one for margins",
        arguments: [
            (Padding.valid, #"{"valid":{}}"#), (.same, #"{"same":{}}"#), (.causal, #"{"causal":{}}"#),
            (.explicit(2), #"{"explicit":{"_0":2}}"#), (.explicit([1, 2]), #"{"margins":{"_0":[1,2]}}"#),
            (.explicit([[0, 1], [2, 0]]), #"{"margins":{"_0":[[0,1],[2,0]]}}"#),
        ])
    func padding(_ padding: Padding, _ text: String) throws {
        #expect(try json(padding) == text)
        #expect(try read(Padding.self, text) == padding)
    }

    @Test(
        "Sizes of two axes have the form they always had, others are arrays",
        arguments: [
            (Size2D(3, 5), #"{"height":3,"width":5}"#), (WindowSize(4), "[4]"),
            (WindowSize(1, 2, 3), "[1,2,3]"),
        ])
    func sizes(_ size: WindowSize, _ text: String) throws {
        #expect(try json(size) == text)
        #expect(try read(WindowSize.self, text) == size)
    }

    @Test(
        "What is no padding is an error", arguments: ["{}", #"{"full":{}}"#, #"{"same":{},"valid":{}}"#, "3"])
    func badPadding(_ text: String) {
        #expect(throws: DecodingError.self) { try read(Padding.self, text) }
    }

    /// What the layers were in files while windows had two axes only.
    private static let earlier: [(any CodableLayer.Type, String)] = [
        (
            Conv2D.self,
            #"{"activation":{"kind":{"relu":{}}},"biasInitializer":{"kind":{"constant":{"_0":0}}},"#
                + #""dilationRate":{"height":1,"width":1},"filters":4,"#
                + #""kernelInitializer":{"kind":{"varianceScaling":{"distribution":"uniform","#
                + #""fan":"average","scale":1}}},"kernelSize":{"height":3,"width":5},"#
                + #""padding":{"explicit":{"_0":1}},"strides":{"height":2,"width":1},"useBias":true}"#
        ),
        (
            DepthwiseConv2D.self,
            #"{"activation":{"kind":{"linear":{}}},"biasInitializer":{"kind":{"constant":{"_0":0}}},"#
                + #""depthMultiplier":2,"depthwiseInitializer":{"kind":{"varianceScaling":{"#
                + #""distribution":"uniform","fan":"average","scale":1}}},"#
                + #""dilationRate":{"height":1,"width":1},"kernelSize":{"height":3,"width":3},"#
                + #""padding":{"same":{}},"strides":{"height":1,"width":1},"useBias":true}"#
        ),
        (
            MaxPooling2D.self,
            #"{"padding":{"same":{}},"poolSize":{"height":3,"width":2},"strides":{"height":2,"width":2}}"#
        ),
        (
            AveragePooling2D.self,
            #"{"padding":{"valid":{}},"poolSize":{"height":2,"width":2},"strides":{"height":2,"width":2}}"#
        ),
        (
            LpPooling2D.self,
            #"{"p":2,"padding":{"explicit":{"_0":1}},"poolSize":{"height":2,"width":2},"#
                + #""strides":{"height":2,"width":2}}"#
        ),
        (ZeroPadding2D.self, #"{"bottom":1,"left":2,"name":"z","right":3,"top":0}"#),
        (ZeroPadding2D.self, #"{"bottom":1,"left":1,"right":1,"top":1}"#),
    ]

    /// The part of a layer's form in files that describes its window.
    private func windowPart(_ text: String) throws -> NSDictionary {
        let keys: Set = [
            "kernelSize", "poolSize", "strides", "dilationRate", "padding", "top", "bottom", "left", "right",
        ]
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let all = try #require(object as? [String: Any])
        return all.filter { keys.contains($0.key) } as NSDictionary
    }

    @Test("Layers are read from files of earlier versions, and their windows written so", arguments: earlier)
    fileprivate func layers(_ type: any CodableLayer.Type, _ text: String) throws {
        let part = try windowPart(text)
        #expect(part.count >= 3)
        #expect(try windowPart(json(try read(type, text))) == part)
    }

    @Test("What was read is what was meant")
    func meaning() throws {
        let pool = try read(MaxPooling2D.self, Self.earlier[2].1)
        #expect(pool.poolSize == Size2D(3, 2) && pool.padding == .same)
        let border = try read(ZeroPadding2D.self, Self.earlier[5].1)
        #expect((border.top, border.bottom, border.left, border.right) == (0, 1, 2, 3))
    }
}

@Suite("Windows with wrong arguments")
struct WindowErrorTests {
    /// What `body` throws, as the user reads it.
    private func message(_ body: (BuildContext) throws -> Void) -> String {
        do {
            try body(BuildContext(path: "layer"))
            return "no error"
        } catch { return "\(error)" }
    }

    private func window(
        _ rank: Int, _ size: any WindowSizeConvertible = 3, strides: any WindowSizeConvertible = 1,
        dilation: any WindowSizeConvertible = 1, padding: Padding = .valid
    ) -> Window {
        .kernel(
            rank: rank, size.windowSize(rank: rank), strides: strides.windowSize(rank: rank),
            dilationRate: dilation.windowSize(rank: rank), padding: padding)
    }

    @Test("Each says the argument, what was expected and what came")
    func arguments() {
        let image: Shape = [9, 9, 2]
        let cases: [(Window, Shape, String)] = [
            (
                window(2, [3]), image,
                "layer: invalid kernelSize; expected one whole number or 2 of them, got [3]"
            ),
            (window(1, [3, 3]), [9, 2], "layer: invalid kernelSize; expected one whole number, got [3, 3]"),
            (window(2, [3, 0]), image, "invalid kernelSize; expected a whole number from 1"),
            (window(2, strides: [1, 2, 3]), image, "invalid strides; expected"),
            (window(3, dilation: -1), [9, 9, 9, 2], "invalid dilationRate; expected"),
            (
                window(2, strides: [1, 2], dilation: [2, 1], padding: .same), image,
                "strides and dilationRate together; expected 1 for one of them, got strides 1×2, "
                    + "dilationRate 2×1"
            ),
            (
                window(2, padding: .causal), image,
                "invalid padding; expected .valid, .same or .explicit(…), got .causal"
            ),
            (
                window(2, padding: .explicit([1, 2, 3])), image,
                "expected one whole number, 2 of them or [[before, after], [before, after]], got [1, 2, 3]"
            ),
            (
                window(1, padding: .explicit([[1], [2]])), [9, 2],
                "expected one whole number or [before, after], got [[1], [2]]"
            ),
            (
                window(2, padding: .explicit([1, -1])), image,
                "invalid padding; expected a whole number from 0"
            ),
            (window(1, 10), [9, 2], "layer: kernel 10 does not fit its input of 9; use padding: .same"),
            (window(1, 3, dilation: 5), [9, 2], "kernel 11 does not fit its input of 9"),
            (window(2, [3, 12], padding: .explicit(1)), image, "kernel 3×12 does not fit its 11×11 input"),
            (
                window(3, [3, 3, 4], padding: .explicit([[0, 0], [1, 1], [0, 1]])), [3, 3, 2, 1],
                "kernel 3×3×4 does not fit its 3×5×3 input"
            ),
        ]
        for (window, input, expected) in cases {
            let text = message { try window.check(input, $0) }
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test("Pools are at most as large as a place can say, their padding at most half of them")
    func pools() {
        func text(_ size: [Int], _ padding: Padding, _ input: Shape = [9, 9, 1]) -> String {
            let size = WindowSize(axes: size)
            return message {
                try Window.pool(rank: size.rank, size, strides: size, padding: padding).check(input, $0)
            }
        }
        #expect(text([3, 2], .explicit(1)) == "no error")
        #expect(text([2, 2], .explicit([[0, 1], [1, 0]])) == "no error")
        #expect(
            text([2, 2], .explicit([[0, 1], [2, 0]])).contains(
                "at most half of the pool 2×2, got [[0, 1], [2, 0]]"))
        #expect(text([300, 300], .same).contains("invalid poolSize; expected at most 65535 pixels"))
        #expect(text([1 << 24, 1 << 24, 1 << 24], .same, [9, 9, 9, 1]).contains("invalid poolSize"))
        #expect(text([2], .causal, [9, 1]).contains("got .causal"))
        #expect(text([4, 10], .valid).contains("pool 4×10 does not fit its 9×9 input"))
    }

    @Test("What explicit padding allows: strides together with dilation, as PyTorch has them")
    func explicit() {
        let window = window(2, strides: 2, dilation: 2, padding: .explicit(2))
        #expect(message { try window.check([9, 9, 2], $0) } == "no error")
        #expect(message { try self.window(1, padding: .causal).check([1, 2], $0) } == "no error")
    }

    @Test("Inputs of other ranks")
    func ranks() {
        #expect(
            message { _ = try $0.requireChannels([9, 9, 2], rank: 1) }
                == "layer: needs sequences; expected an input of shape steps × channels, got 9 × 9 × 2")
        #expect(message { _ = try $0.requireChannels([9, 2], rank: 2) }.contains("needs images"))
        #expect(message { _ = try $0.requireChannels([9, 9, 2], rank: 3) }.contains("needs volumes"))
        #expect(message { _ = try $0.requireChannels([9, 2], rank: 1) } == "no error")
    }

    @Test("Of transposed convolutions")
    func transposed() {
        func text(_ window: Window, _ outputPadding: WindowSize? = nil, _ input: Shape = [4, 4, 1]) -> String
        {
            message { try window.checkTransposed(input, outputPadding: outputPadding, $0) }
        }
        #expect(text(window(2, strides: 2, padding: .same), Size2D(1, 0)) == "no error")
        #expect(
            text(window(2, strides: [2, 1], padding: .same), Size2D(1, 1)).contains(
                "invalid outputPadding; expected less than the strides 2×1, got 1×1"))
        #expect(text(window(2, strides: 2), WindowSize(1)).contains("invalid outputPadding; expected one"))
        #expect(
            text(window(2, strides: 2), Size2D(0, -1)).contains("invalid outputPadding; expected a whole"))
        #expect(
            text(window(1, padding: .causal), nil, [4, 1]).contains(
                "invalid padding of a transposed convolution"))
        #expect(text(window(1, padding: .explicit(3)), nil, [4, 1]).contains("its output has no pixels"))
        #expect(
            text(window(1, 2, padding: .same), WindowSize(0), [1, 1]).contains(
                "expected sizes of at least 1, got 0"))
        #expect(
            text(window(2, strides: 2, dilation: 2, padding: .same)).contains(
                "strides and dilationRate together"))
    }
}
