import Cognitron
import CognitronExchange
import CognitronModels
import Foundation
import Testing

/// Networks with weights given by a formula predict what torchvision's, Keras's and plain PyTorch's do with
/// the same: Scripts/make-zoo-fixtures.py.
@Suite("The classifiers predict what their peers do")
struct PeerTests {
    /// One network for the comparison.
    struct Peer: CustomTestStringConvertible {
        var name: String
        var size: Int
        var make: @Sendable (_ shape: Shape) throws -> Model
        var testDescription: String { name }
    }

    static let peers = [
        Peer(name: "alexnet", size: 96) {
            try alexNet(inputShape: $0, classCount: 10)
        },
        Peer(name: "vgg11-bn", size: 64) {
            try vgg(depth: 11, batchNormalization: true, inputShape: $0, classCount: 10)
        },
        Peer(name: "googlenet", size: 128) { try googLeNet(inputShape: $0, classCount: 10) },
        Peer(name: "resnet18", size: 32) { try smallResNet(depth: 18, inputShape: $0) },
        Peer(name: "resnet34-imagenet", size: 64) {
            try imageNetResNet(depth: 34, inputShape: $0, classCount: 10)
        },
        Peer(name: "resnet50-imagenet", size: 128) {
            try imageNetResNet(depth: 50, inputShape: $0, classCount: 10)
        },
        Peer(name: "densenet121", size: 128) { try denseNet121(inputShape: $0, classCount: 10) },
        Peer(name: "densenet-bc-40-12", size: 32) { try denseNetBC(depth: 40, inputShape: $0) },
        Peer(name: "mobilenet", size: 128) { try mobileNet(inputShape: $0, classCount: 10) },
        Peer(name: "mobilenet-v2", size: 128) { try mobileNetV2(inputShape: $0, classCount: 10) },
        Peer(name: "wrn-16-4", size: 32) { try wideResNet(depth: 16, width: 4, inputShape: $0) },
    ]

    @Test("Probabilities agree to 1e-4", arguments: peers)
    func probabilities(_ peer: Peer) throws {
        let file = try #require(
            Bundle.module.url(forResource: "zoo", withExtension: "json", subdirectory: "Fixtures"))
        let outputs = try JSONDecoder().decode([String: [[Float]]].self, from: Data(contentsOf: file))
        let expected = try #require(outputs[peer.name])
        let shape: Shape = [2, peer.size, peer.size, 3]
        let x = Tensor(Numbers(of: "input", count: shape.elementCount).map { $0 * 4 }, shape: shape)

        let model = try peer.make(shape.sample)
        if peer.name == "mobilenet" {
            try Self.setKerasWeights(of: model)
        } else {
            try Self.setTorchWeights(of: model)
        }
        Self.setStatistics(of: model, x)
        let difference = (try model.predict(x) - Tensor(expected.flatMap { $0 }, shape: [2, 10])).map(abs)
            .max()
        #expect(difference < 1e-4)
    }

    static func setKerasWeights(of model: Model) throws {
        for parameter in model.parameters where !parameter.isStatistic {
            let path = parameter.name.split(separator: "/").map(String.init)
            let (layer, own) = (path[path.count - 2], path[path.count - 1])
            let form = try #require(PeerWeight(own, parameter.shape, isKeras: true, flattened: nil))
            parameter.value = form.tensor(of: "\(layer)/\(own)")
        }
    }

    /// By the names and layouts of PyTorch, which must be torchvision's.
    static func setTorchWeights(of model: Model) throws {
        var state = try model.stateDictionary()
        for (name, tensor) in state where !name.contains(".running_") {
            let shape = tensor.shape
            let fanIn = shape.rank > 1 ? shape.dropFirst().reduce(1, *) : 0
            let scale = fanIn > 0 ? (24 / Float(fanIn)).squareRoot() : name.hasSuffix("weight") ? 0.4 : 0.2
            let shift: Float = fanIn == 0 && name.hasSuffix("weight") ? 1 : 0
            let numbers = Numbers(of: name, count: shape.elementCount).map { shift + $0 * scale }
            state[name] = Tensor(numbers, shape: shape)
        }
        try model.load(stateDictionary: state)
    }

    /// The statistics of the batch: a step in training moves them there from 0 by a share of the way.
    static func setStatistics(of model: Model, _ x: Tensor) {
        let statistics = model.parameters.filter(\.isStatistic)
        for parameter in statistics { parameter.value = .zeros(parameter.shape) }
        _ = model.forward(x, .training)
        for parameter in statistics {
            // As the layer rounds it: means are large beside deviations where few pixels are left.
            parameter.value = parameter.value / (1 - (isKerasNorm(parameter.name) ? 0.99 : 0.9))
        }
    }

    private static func isKerasNorm(_ name: String) -> Bool { name.contains("_bn/") }
}

/// How a weight's numbers stand in the peer's library, and how they are brought into ours.
struct PeerWeight {
    let shape: [Int]
    let fanIn: Int
    let isScale: Bool
    let order: [Int]
    let own: Shape

    init?(_ name: String, _ own: Shape, isKeras: Bool, flattened: [Int]?) {
        self.own = own
        let axes = Array(own)
        isScale = name == "gamma"
        switch (name, axes.count) {
        case (_, 1): (shape, order, fanIn) = (axes, [0], 0)
        case (_, 4) where !isKeras && axes[3] == 1:
            // Depthwise: (C, 1, KH, KW)
            (shape, order) = ([axes[2], axes[3], axes[0], axes[1]], [2, 3, 0, 1])
            fanIn = axes[0] * axes[1]
        case (_, 2) where !isKeras:
            fanIn = axes[0]
            if let f = flattened {
                (shape, order) = ([axes[1], f[2], f[0], f[1]], [2, 3, 1, 0])
            } else {
                (shape, order) = ([axes[1], axes[0]], [1, 0])
            }
        case (_, 4) where !isKeras:
            (shape, order) = ([axes[3], axes[2], axes[0], axes[1]], [2, 3, 1, 0])
            fanIn = axes[0] * axes[1] * axes[2]
        case (_, 2), (_, 4):
            (shape, order, fanIn) = (axes, Array(axes.indices), axes.dropLast().reduce(1, *))
        default: return nil
        }
    }

    func tensor(of name: String) -> Tensor {
        let scale = fanIn > 0 ? (24 / Float(fanIn)).squareRoot() : isScale ? 0.4 : 0.2
        let shift: Float = isScale ? 1 : 0
        return numbers(of: name) { shift + $0 * scale }
    }

    /// Numbers by the formula, in our layout.
    func numbers(of name: String, _ change: (Float) -> Float = { $0 }) -> Tensor {
        let numbers = Numbers(of: name, count: own.elementCount)
        return Tensor(numbers.map(change), shape: Shape(shape)).permuted(order).reshaped(own)
    }
}

/// Uniform numbers from −½ to ½, by a hash of a name and the place.
struct Numbers: Sequence {
    private let start: UInt32
    private let count: Int

    init(of name: String, count: Int) {
        (start, self.count) = (Self.crc32(name), count)
    }

    func makeIterator() -> AnyIterator<Float> {
        var place = 0
        return AnyIterator {
            guard place < count else { return nil }
            defer { place += 1 }
            var x = UInt32(truncatingIfNeeded: place) &* 2_654_435_761 &+ start
            x = (x ^ (x >> 16)) &* 0x45D9F3B
            x = (x ^ (x >> 15)) &* 0x2C1B_3C6D
            x ^= x >> 16
            return Float(Double(x) / 4_294_967_296 - 0.5)
        }
    }

    private static func crc32(_ text: String) -> UInt32 {
        ~text.utf8.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in (crc >> 1) ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
