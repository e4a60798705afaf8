import Cognitron
import CognitronData

// Autoencoders by name, with the size of the code and a further number behind a colon: `vae:16,4`.

extension ModelName {
    static let autoencoders: [ModelName] = AutoencoderKind.allCases.map { $0.network($0.rawValue) }

    public static let autoencoder = AutoencoderKind.dense.network("autoencoder")
    public static let convAutoencoder = AutoencoderKind.convolutional.network("conv-autoencoder")
    public static let denoisingAutoencoder = AutoencoderKind.denoising.network("denoising-autoencoder")
    public static let sparseAutoencoder = AutoencoderKind.sparse.network("sparse-autoencoder")
    public static let vae = AutoencoderKind.variational.network("vae")
}

/// The autoencoders of pictures, which learn from data of any task that has pictures.
enum AutoencoderKind: String, CaseIterable {
    case dense = "autoencoder"
    case convolutional = "conv-autoencoder"
    case denoising = "denoising-autoencoder"
    case sparse = "sparse-autoencoder"
    case variational = "vae"

    /// - Parameter options: numbers with a comma between them: of the code, and of noise, penalty or β.
    /// - Throws: `CognitronError.argument` where they are no such numbers.
    func network(_ name: String, options: String) throws -> ModelName {
        let words = options.split(separator: ",", omittingEmptySubsequences: false)
        let (code, number) = (words.first.flatMap { Int($0) }, words.dropFirst().first.flatMap { Float($0) })
        guard let code, (1...65_536).contains(code), words.count == 1 || words.count == 2 && number != nil,
            number.map({ $0 >= 0 && $0.isFinite }) ?? true
        else {
            throw CognitronError(
                .argument, "model \(rawValue)", "has no such code",
                expected: "the numbers of the code, at most 65536, and \(meaning) of at least 0, as in "
                    + "\(rawValue):\(codeSize),\(usual == 0 ? 0.1 : usual)", got: name)
        }
        return network(name, codeSize: code, number: number)
    }

    /// The network of a name.
    ///
    /// - Parameters:
    ///   - codeSize: the numbers of the code; nil for the usual ones.
    ///   - number: noise, penalty or β; nil for the usual one.
    func network(_ name: String, codeSize: Int? = nil, number: Float? = nil) -> ModelName {
        let (size, number) = (codeSize ?? self.codeSize, number ?? usual)
        return ModelName(
            name, "\(summary), a code of \(size) numbers",
            tasks: [.unlabelled, .classification, .pictures], inputShape: [28, 28, 1], paper: paper,
            recipe: { _, _, _ in .reconstruction }, training: TrainingDefaults(optimizer: "adam")
        ) { shape, _ in
            switch self {
            case .dense: try denseAutoencoder(inputShape: shape, codeSize: size, latentNoise: number)
            case .convolutional:
                try convolutionalAutoencoder(inputShape: shape, codeSize: size, latentNoise: number)
            case .denoising: try denoisingAutoencoder(inputShape: shape, codeSize: size, noise: number)
            case .sparse: try sparseAutoencoder(inputShape: shape, codeSize: size, penalty: number)
            case .variational: try variationalAutoencoder(inputShape: shape, codeSize: size, beta: number)
            }
        }
    }

    /// The numbers of the code where none are given.
    private var codeSize: Int {
        switch self {
        case .dense, .convolutional, .denoising: 32
        case .sparse: 256
        case .variational: 2
        }
    }

    /// What the second number is.
    private var meaning: String {
        switch self {
        case .dense, .convolutional: "the deviation of noise on it"
        case .denoising: "the deviation of noise on pictures"
        case .sparse: "a penalty"
        case .variational: "the weight of the divergence"
        }
    }

    private var usual: Float {
        switch self {
        case .dense, .convolutional: 0
        case .denoising: 0.3
        case .sparse: 0.1
        case .variational: 1
        }
    }

    private var summary: String {
        switch self {
        case .dense: "gives back its picture through dense layers"
        case .convolutional: "gives back its picture through strided convolutions"
        case .denoising: "gives back a noisy picture without the noise"
        case .sparse: "gives back its picture through few units of a wide layer"
        case .variational: "gives back its picture through a random code, near a normal distribution"
        }
    }

    private var paper: String {
        switch self {
        case .dense: "Hinton and Salakhutdinov 2006"
        case .convolutional: "Masci et al. 2011"
        case .denoising: "Vincent et al. 2008"
        case .sparse: "Ng 2011"
        case .variational: "Kingma and Welling 2014"
        }
    }
}
