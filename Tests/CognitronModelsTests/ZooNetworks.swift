import Cognitron
import CognitronModels
import Testing

/// A classifier that can be made narrow, for tests.
struct ZooNetwork: CustomTestStringConvertible {
    var name: String
    /// The least height and width of its pictures.
    var size = 32
    var channels = 3
    /// The factor of the channels with which its gradients are checked; nil where another depth stands for
    /// it.
    var narrow: Float?
    /// The size with which its gradients are checked: batch normalisation of a pixel or two has derivatives
    /// that change within the steps of the estimates.
    var checkedSize: Int?
    var make: @Sendable (_ width: Float, _ inputShape: Shape) throws -> Model

    var testDescription: String { name }
    var inputShape: Shape { [size, size, channels] }
    var checkedShape: Shape { [checkedSize ?? size, checkedSize ?? size, channels] }

    static let all =
        [
            ZooNetwork(name: "lenet", size: 12, channels: 1, narrow: 1) { leNet(inputShape: $1) },
            ZooNetwork(name: "lenet5", channels: 1, narrow: 1) { try leNet5(inputShape: $1) },
            ZooNetwork(name: "vgg-lite", size: 8) { vggLite(inputShape: $1) },
            ZooNetwork(name: "alexnet", size: 63, narrow: 1 / 16) {
                try alexNet(width: $0, inputShape: $1, classCount: 10)
            },
            ZooNetwork(name: "alexnet-2012", size: 67, narrow: 1 / 16) {
                try alexNet2012(inputShape: $1, classCount: 10, width: $0)
            },
            ZooNetwork(name: "googlenet") {
                try googLeNet(width: $0, inputShape: $1, classCount: 10)
            },
            ZooNetwork(name: "resnet18", size: 16, narrow: 1 / 16) {
                try smallResNet(depth: 18, width: $0, inputShape: $1)
            },
            ZooNetwork(name: "resnet34", size: 16) {
                try smallResNet(depth: 34, width: $0, inputShape: $1)
            },
            ZooNetwork(name: "wrn-16-4", size: 16, narrow: 1 / 4) {
                try wideResNet(depth: 16, width: Int(4 * $0), dropout: 0.3, inputShape: $1)
            },
            ZooNetwork(name: "densenet121") {
                try denseNet121(growth: Int(32 * $0), inputShape: $1, classCount: 10)
            },
            ZooNetwork(name: "densenet-bc-40-12", size: 16) {
                try denseNetBC(depth: 40, growth: Int(12 * $0), inputShape: $1)
            },
            ZooNetwork(name: "densenet-bc-16-12", size: 8, narrow: 1 / 4) {
                try denseNetBC(depth: 16, growth: Int(12 * $0), inputShape: $1)
            },
            ZooNetwork(name: "mobilenet", narrow: 1 / 8, checkedSize: 48) {
                try mobileNet(width: $0, inputShape: $1, classCount: 10)
            },
            ZooNetwork(name: "mobilenet-v2", narrow: 1 / 8, checkedSize: 48) {
                try mobileNetV2(width: $0, inputShape: $1, classCount: 10)
            },
        ]
        + [11, 13, 16, 19].flatMap { [deep($0, false), deep($0, true)] }
        + [18, 34, 50, 101, 152].map(residual)

    private static func deep(_ depth: Int, _ isNormalized: Bool) -> ZooNetwork {
        let isChecked = depth == (isNormalized ? 16 : 11)
        return ZooNetwork(
            name: "vgg\(depth)\(isNormalized ? "-bn" : "")", narrow: isChecked ? 1 / 32 : nil, checkedSize: 48
        ) {
            try vgg(
                depth: depth, batchNormalization: isNormalized, width: $0, inputShape: $1, classCount: 10)
        }
    }

    private static func residual(_ depth: Int) -> ZooNetwork {
        ZooNetwork(
            name: "resnet\(depth)\(depth < 50 ? "-imagenet" : "")",
            narrow: depth == 50 ? 1 / 16 : nil, checkedSize: 48
        ) { try imageNetResNet(depth: depth, width: $0, inputShape: $1, classCount: 10) }
    }
}
