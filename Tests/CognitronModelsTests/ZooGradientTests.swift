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
        try check(network.make(width, network.inputShape), network.inputShape)
    }

    @Test("GoogLeNet with its auxiliary classifiers")
    func auxiliaries() throws {
        let network = try GoogLeNet(width: 1 / 8, inputShape: [32, 32, 3], classCount: 10)
        try check(network.training, [32, 32, 3])
    }

    private func check(_ model: Model, _ inputShape: Shape) throws {
        let input = Tensor.randomUniform(inputShape.batched(4), in: -1..<1, seed: 3)
        let report = try GradientChecker.check(model, input: input, directions: 1)
        let weights = model.allParameters.filter(\.isTrainable).count
        print(
            "ZOO", model.name ?? "", report.largestError, weights,
            report.findings.map(\.largestError).sorted().suffix(8))
        #expect(report.findings.count == 1 + weights)
        #expect(report.largestError < 0.1, "\(report)")
        // The estimates are no zeros, which would agree with anything small.
        let sizes = report.findings.map { abs($0.estimate) }.sorted()
        #expect(sizes[sizes.count / 2] > 1e-3)
    }
}
