import CognitronKernels

extension Conv2D {
    /// How a convolution's sums are computed: the outputs, the gradient of the input and that of the kernel.
    ///
    /// The results are the same but for rounding. `docs/ARCHITECTURE.md` says how each algorithm works, and
    /// `bench conv` how fast it is.
    public enum Algorithm: String, CaseIterable, Sendable, Codable {
        /// The fastest one for the layer's sizes.
        case automatic
        /// The fastest one other than Winograd's, whose transforms lose one or two digits of precision.
        case withoutWinograd
        /// Plain loops, a hundred times slower than the others.
        case naive
        /// Products with patches copied into a matrix. For one group.
        case im2col
        /// The same for several neighbouring outputs at once. For one group, few filters, and no gaps in the
        /// kernel's rows.
        case wide
        /// Winograd's minimal filtering along columns, direct sums along rows; the kernel's gradient as that
        /// of `wide` or `im2col`. For one group, kernels of five rows, strides of 1, no dilation along
        /// columns, and outputs of at least 4×8 (4×5 where the filters are a multiple of sixteen and the
        /// channels two or more).
        case strips
        /// Winograd's minimal filtering. For one group, 3×3 kernels with a stride of 1 or 2 along both axes
        /// and no dilation, and eight channels and filters or more.
        case winograd
        /// Products with the pixels as they are. For one group and 1×1 kernels without padding.
        case pointwise
        /// Direct sums over eight groups at once. For two groups and more.
        case direct
        /// Each group separately, by the fastest algorithm. For two groups and more.
        case grouped

        /// Reads `planar`, an algorithm of earlier versions, as `automatic`.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let name = try container.decode(String.self)
            guard let algorithm = name == "planar" ? .automatic : Algorithm(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "no algorithm of convolution is called \(name)")
            }
            self = algorithm
        }

        /// The forced algorithm; nil if the geometry decides.
        private var forced: ConvolutionAlgorithm? { ConvolutionAlgorithm(rawValue: rawValue) }

        func convolution(_ geometry: ConvolutionGeometry) -> Convolution {
            Convolution(geometry, algorithm: forced, allowsWinograd: self != .withoutWinograd)
        }

        fileprivate func supports(_ geometry: ConvolutionGeometry) -> Bool {
            forced?.supports(geometry) ?? true
        }

        /// The convolutions that it supports, for messages.
        fileprivate var requirement: String {
            switch self {
            case .automatic, .withoutWinograd, .naive: "any convolution"
            case .im2col: "one group"
            case .wide:
                "one group, dilation 1 along rows, and so few filters that neighbours fit into one product"
            case .strips:
                "one group, 5 rows of the kernel, stride 1, dilation 1 along columns, outputs of 4×8 or "
                    + "more (4×5 with a multiple of 16 filters and 2 channels or more)"
            case .winograd:
                "one group, a 3×3 kernel, strides 1×1 or 2×2, dilation 1, 8 channels and filters or more"
            case .pointwise: "one group, a 1×1 kernel and no padding"
            case .direct, .grouped: "two groups or more"
            }
        }
    }
}

extension BuildContext {
    /// Throws if the algorithm does not support the convolution.
    func requireSupport(of algorithm: Conv2D.Algorithm, _ g: ConvolutionGeometry) throws {
        guard !algorithm.supports(g) else { return }
        throw error(
            .argument, "algorithm .\(algorithm.rawValue) cannot do this convolution",
            expected: algorithm.requirement,
            got: "a \(g.kernelHeight)×\(g.kernelWidth) kernel, strides \(g.strideY)×\(g.strideX), dilation "
                + "\(g.dilationY)×\(g.dilationX), \(g.channels) channels, \(g.filters) filters, "
                + "\(g.groups) groups",
            advice: "use .automatic, or .withoutWinograd to rule out Winograd's alone")
    }
}
