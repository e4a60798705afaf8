import Testing

@testable import Cognitron

@Suite("Layers that move and resize")
struct ReshapingTests {
    @Test("By hand: the course's 4×4 image with a ring of another number, mirrored, and with its edge")
    func byHand() throws {
        let x = Tensor((1...16).map(Float.init), shape: [1, 4, 4, 1])
        func row(_ layer: any AnyLayer, _ row: Int) throws -> [Float] {
            try output(of: layer, x)[0][row].scalars
        }
        #expect(try row(ZeroPadding2D(1, mode: .constant(9)), 0) == [9, 9, 9, 9, 9, 9])
        #expect(try row(ZeroPadding2D(1, mode: .constant(9)), 1) == [9, 1, 2, 3, 4, 9])
        #expect(try row(ZeroPadding2D(1, mode: .reflect), 0) == [6, 5, 6, 7, 8, 7])
        #expect(try row(ZeroPadding2D(2, mode: .edge), 0) == [1, 1, 1, 2, 3, 4, 4, 4])
        #expect(try row(Cropping2D([[1, 2], [0, 1]]), 0) == [5, 6, 7])
        #expect(try row(UpSampling2D([1, 2]), 3) == [13, 13, 14, 14, 15, 15, 16, 16])
        #expect(try output(of: SpaceToDepth(2), x)[0][0][1].scalars == [3, 4, 7, 8])
        #expect(try output(of: DepthToSpace(2), try output(of: SpaceToDepth(2), x)) == x)
        #expect(try row(Resizing(2, 2), 0) == [3.5, 5.5])
        #expect(try row(Resizing(2, 2, interpolation: .nearest), 0) == [6, 8])
        #expect(try row(Resizing(4, 4, interpolation: .lanczos5), 0) == [1, 2, 3, 4])
    }

    @Test("Images of any size: the layers are built for each")
    func freeAxes() throws {
        let model = Sequential([
            Input(nil, nil, 2), ZeroPadding2D(1, mode: .reflect), Cropping2D(1), UpSampling2D(2),
            Resizing(5, 6),
        ])
        for size in [3, 7] {
            #expect(try model.predict(Tensor.ones([2, size, size + 1, 2])) == .ones([2, 5, 6, 2]))
        }
        let sequence = Sequential([Input(nil, 3), Cropping1D([1, 0]), UpSampling1D(2), Permute([2, 1])])
        #expect(try sequence.predict(Tensor.ones([1, 4, 3])).shape == [1, 3, 6])
        let tooShort = errorText { _ = try sequence.predict(Tensor.ones([1, 1, 3])) }
        #expect(tooShort.contains("leaves nothing"), "\(tooShort)")
    }

    @Test("A resized constant stays constant, whatever the filter, the size and the number of threads")
    func constants() throws {
        let x = Tensor(repeating: 2.5, shape: [1, 9, 11, 3])
        for interpolation in Interpolation.allCases {
            for (height, width) in [(20, 5), (1, 1), (3, 40)] {
                for antialias in [false, true] {
                    let layer = Resizing(height, width, interpolation: interpolation, antialias: antialias)
                    expectClose(
                        try output(of: layer, x), Tensor(repeating: 2.5, shape: [1, height, width, 3]),
                        "\(interpolation) \(height) × \(width)", absolute: 1e-5)
                }
            }
        }
    }

    @Test("Masks of time steps are not passed on where the steps are others")
    func masks() throws {
        let layers: [any AnyLayer] = [
            Cropping1D([1, 0]), ZeroPadding1D([0, 1]), UpSampling1D(1), Permute([2, 1]),
        ]
        for layer in layers {
            let probe = MaskProbe()
            _ = try Sequential([Input(3, 3), Masking(), layer, probe]).predict(Tensor.ones([1, 3, 3]))
            #expect(probe.seen == nil, "\(layer.typeName)")
        }
    }

    @Test("A window of the size of others: in the middle, or from an offset")
    func cropToMatch() throws {
        let x = Tensor((0..<20).map(Float.init), shape: [1, 4, 5, 1])
        let wanted = Tensor.ones([1, 2, 2, 7])
        let middle = CropToMatch2D().forward([x, wanted], .training)
        #expect(middle.output.scalars == [6, 7, 11, 12])
        #expect(CropToMatch2D(offset: 1).forward([x, wanted], .training).output.scalars == [6, 7, 11, 12])
        #expect(CropToMatch2D(offset: 2).forward([x, wanted], .training).output.scalars == [12, 13, 17, 18])
        let gradients = middle.pullback(Tensor([1, 2, 3, 4], shape: [1, 2, 2, 1]))
        #expect(gradients[0].scalars.enumerated().filter { $0.element != 0 }.map(\.offset) == [6, 7, 11, 12])
        #expect(gradients[1] == .zeros([1, 2, 2, 7]))
        #expect(CropToMatch2D().forward([x, x], .training).output == x)
        var context = BuildContext(path: "crop")
        #expect(try CropToMatch2D(offset: 1).build([[4, 5, 3], [3, 4, 1]], &context) == [3, 4, 3])
        let error = #expect(throws: CognitronError.self) {
            try CropToMatch2D(offset: 2).build([[4, 5, 3], [3, 4, 1]], &context)
        }
        #expect(error?.expected == "at least 5 × 6" && error?.received == "4 × 5")
    }

    @Test("Sizes, amounts and orders that do not fit are refused")
    func refused() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (Cropping1D(2), [4, 3], "cropping1d: its cropping of 2 leaves nothing of its input"),
            (Cropping2D(-1), [4, 3, 1], "invalid cropping"),
            (Cropping2D([1, 2, 3]), [9, 9, 1], "invalid cropping"),
            (Cropping2D(1), [4, 3], "needs images"), (ZeroPadding3D(1), [4, 3], "needs volumes"),
            (
                ZeroPadding1D(4, mode: .reflect), [4, 3],
                "too small to be reflected; expected a padding below the size 4"
            ),
            (ZeroPadding2D(1, mode: .constant(.nan)), [4, 3, 1], "a finite constant"),
            (Permute([1, 1]), [4, 3], "expected the numbers 1 to 2, each once, got [1, 1]"),
            (RepeatVector(0), [4], "invalid n"), (RepeatVector(2), [4, 3], "needs vectors"),
            (UpSampling2D([1, 2, 3]), [4, 3, 1], "invalid size"), (UpSampling1D(0), [4, 3], "invalid size"),
            (UpSampling3D(2), [4, 3], "needs samples with 4 axes"),
            (DepthToSpace(2), [2, 2, 6], "expected a multiple of 4, got 6"),
            (SpaceToDepth(2), [3, 2, 6], "cannot be cut into blocks"),
            (Resizing(0, 3), [4, 3, 1], "invalid height"),
            (
                Resizing(2, 3, cropToAspectRatio: true, padToAspectRatio: true), [4, 3, 1],
                "at most one of them"
            ),
            (CenterCrop(2, 0), [4, 3, 1], "invalid width"),
        ]
        for (layer, shape, message) in cases {
            let text = buildError(layer, shape)
            #expect(text.contains(message), "\(text)")
        }
    }

    @Test("A mode of padding is in files, and files without one mean zeros")
    func files() throws {
        let layer = try reloaded(ZeroPadding2D([[0, 1], [2, 3]], mode: .reflect))
        #expect(layer.mode == .reflect && layer.right == 3)
        #expect(try reloaded(ZeroPadding1D([2, 0], mode: .constant(2))).mode == .constant(2))
        #expect(try reloaded(UpSampling2D(2, interpolation: .lanczos3)).interpolation == .lanczos3)
        #expect(try reloaded(ZeroPadding2D(1)).mode == .zeros)
    }
}
