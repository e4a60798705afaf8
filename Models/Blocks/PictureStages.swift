import Cognitron

/// The stages that convolutional autoencoders share: strided convolutions that halve a picture each, and the
/// transposed ones that double it again.
///
/// | encoder | decoder |
/// |---|---|
/// | conv filters[0] @ 3×3, stride 2, ReLU | dense, ReLU, to the last maps |
/// | … | transposed conv filters[last] @ 3×3, stride 2, ReLU |
/// | conv filters[last] @ 3×3, stride 2, ReLU | … |
/// | flattened | transposed conv filters[0] @ 3×3, stride 2, ReLU |
/// | | transposed conv of the picture's channels @ 3×3, sigmoid |
struct PictureStages {
    private let shape: Shape
    private let filters: [Int]

    /// - Parameters:
    ///   - shape: of the pictures.
    ///   - filters: those of each stage.
    ///   - name: the network, for errors.
    /// - Throws: `CognitronError.shape` unless the stages divide the pictures' height and width.
    init(_ shape: Shape, filters: [Int], _ name: String) throws {
        try requirePictures(shape, classCount: 1, name)
        try requireMultiples(
            of: 1 << filters.count, shape, name,
            "halves pictures \(filters.count) times, and these have no such size")
        (self.shape, self.filters) = (shape, filters)
    }

    /// The maps of the last stage, flattened.
    func features(of picture: Input) -> SymbolicTensor {
        let maps = filters.reduce(picture.symbolic) {
            Conv2D($1, kernelSize: 3, strides: 2, padding: .same, activation: .relu)($0)
        }
        return Flatten()(maps)
    }

    /// The encoder whose code is one dense layer of the features.
    func encoder(codeSize: Int) throws -> Model {
        let picture = Input(shape: shape)
        return try Model(
            inputs: picture, outputs: Dense(codeSize, name: "code")(features(of: picture)), name: "encoder")
    }

    func decoder(codeSize: Int) throws -> Model {
        let scale = 1 << filters.count
        let maps: Shape = [shape[0] / scale, shape[1] / scale, filters.last ?? shape[2]]
        let model = Sequential(name: "decoder") {
            Input(codeSize)
            Dense(maps.elementCount, activation: .relu)
            Reshape(maps)
            for count in filters.reversed() {
                Conv2DTranspose(count, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
            }
            Conv2DTranspose(shape[2], kernelSize: 3, padding: .same, activation: .sigmoid)
        }
        try model.build([codeSize])
        return model
    }
}
