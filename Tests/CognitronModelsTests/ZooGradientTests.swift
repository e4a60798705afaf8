import Cognitron
import CognitronModels
import Testing

@Suite("The classifiers' gradients agree with finite differences")
struct ZooGradientTests {
    @Test(
        "Every tensor of weights of a narrow form, and the pictures",
        arguments: ZooNetwork.all.filter { $0.narrow != nil })
    func gradients(_ network: ZooNetwork) throws {
        let width = try #require(network.narrow)
        try Self.check(network.make(width, network.checkedShape), network.checkedShape)
    }

    @Test("GoogLeNet with its auxiliary classifiers")
    func auxiliaries() throws {
        let network = try GoogLeNet(width: 1 / 8, inputShape: [48, 48, 3], classCount: 10)
        try Self.check(network.training, [48, 48, 3])
    }

    /// Expects the gradients of a network, in training, to be those of finite differences.
    static func check(_ model: Model, _ inputShape: Shape) throws {
        let input = Tensor.randomUniform(inputShape.batched(8), in: -1..<1, seed: 3)
        let report = try GradientChecker.check(model, input: input, directions: 8)
        let weights = model.allParameters.filter(\.isTrainable).count
        let errors = report.findings.map(\.largestError).sorted()
        #expect(report.findings.count == 1 + weights)
        #expect(errors[errors.count / 2] < 0.03, "\(report)")
        #expect(errors[errors.count * 9 / 10] < 0.2, "\(report)")
        // Of a few tensors, kinks lie within the steps of all directions. A gradient that is missing has 1.
        #expect(report.largestError < 0.9, "\(report)")
        // The estimates are no zeros, which would agree with anything small.
        let sizes = report.findings.map { abs($0.estimate) }.sorted()
        #expect(sizes[sizes.count / 2] > 1e-3)
    }
}
