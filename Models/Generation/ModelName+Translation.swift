import Cognitron
import CognitronData

// Networks that make pictures of pictures.

extension ModelName {
    static let translators: [ModelName] = [.pix2pix, .pix2pix256]

    public static let pix2pix = translator("pix2pix", "small form", inputShape: [64, 64, 3], batchSize: 8) {
        shape, _ in
        try CognitronModels.pix2pix(inputShape: shape)
    }

    public static let pix2pix256 = translator(
        "pix2pix-256", "published form", inputShape: [256, 256, 3], batchSize: 1
    ) { shape, _ in try CognitronModels.pix2pix(filters: 64, layers: 3, inputShape: shape) }

    private static func translator(
        _ name: String, _ form: String, inputShape: Shape, batchSize: Int, make: @escaping Maker
    ) -> ModelName {
        adversarial(
            name, "pictures of pictures by a U-Net and a discriminator of patches, \(form)",
            tasks: [.pictures], inputShape: inputShape, paper: "Isola et al. 2017",
            batchSize: batchSize, step: { pix2pixStep(labelSmoothing: $0) }, make: make)
    }
}
