import CognitronKernels
import CognitronTesting
import Foundation
import Testing

@testable import Cognitron

@Suite("Every layer keeps what the framework expects of it")
struct ConformanceTests {
    @Test(
        "Shapes, gradients, masks, sharing, freezing, files, threads and memory",
        arguments: ConformanceCase.all)
    func conforms(_ one: ConformanceCase) throws {
        try expectConformance(
            try one.make(), inputs: one.inputs, excluding: one.excluded,
            inputsHaveGradients: one.inputsHaveGradients, step: one.step, tolerance: one.tolerance)
    }

    @Test("No registered layer is left out")
    func coverage() throws {
        let tested = Set(try ConformanceCase.all.map { Registry.name(of: type(of: try $0.make())) })
        // Layers of the tests' own are registered beside those of the package; an input has no arithmetic.
        let own = LayerRegistry.registry.names.filter { !$0.contains(".") && $0 != "Input" }
        let missing = own.filter { !tested.contains($0) }
        #expect(missing.isEmpty, "add cases to Tests/CognitronTests/Conformance for \(missing)")
    }

    private static let caseFolder = ProcessInfo.processInfo.environment["COGNITRON_LAYER_CASES"]

    @Test("Writes each case as a model and its inputs, for other checks", .enabled(if: caseFolder != nil))
    func writes() throws {
        for (number, one) in ConformanceCase.all.enumerated() {
            let path = "\(Self.caseFolder ?? "")/\(number)"
            let symbols = one.inputs.map { Input(shape: $0.shape.sample) }
            let model = try Model(inputs: symbols, outputs: try one.make().outputs(of: symbols))
            model.metadata["case"] = one.testDescription
            model.initialize(RandomKey(seed: 1))
            for (index, parameter) in model.allParameters.enumerated() {
                let noise = Tensor.randomUniform(parameter.shape, in: 0..<0.3, seed: UInt64(index))
                parameter.value = parameter.value + noise
            }
            try model.save(path + ".safetensors")
            let inputs = one.inputs.enumerated().map { ("\($0)", $1) }
            try Safetensors(tensors: Dictionary(uniqueKeysWithValues: inputs)).write(to: path + ".inputs")
        }
    }

    /// Multiplies its input; each fault breaks a promise.
    private final class Scale: Layer, Codable {
        enum Fault: String, Codable {
            case none, gradient, inPlace, latest, shape, memory, frozen, file, threads
        }
        let fault: Fault
        let name: String?
        let factor = Parameter()
        var parameters: [Parameter] { [factor] }
        private let kept = Locked<[Tensor]>([])
        private enum CodingKeys: CodingKey { case fault, name }

        init(_ fault: Fault) {
            self.fault = fault
            name = nil
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let saved = try container.decode(Fault.self, forKey: .fault)
            fault = saved == .file ? .none : saved
            name = nil
        }

        func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
            try context.declare(factor, "factor", [], .ones)
            return fault == .shape ? [1] : input
        }

        func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
            let (x, f) = (input, factor.value)
            switch fault {
            case .inPlace: UnsafeMutablePointer(mutating: x.pointer)[0] += 1
            // The pool has none of these sizes then, and no other test frees any, so that each step takes
            // them from the system.
            case .memory:
                BufferPool.shared.releaseFreeMemory()
                kept.withLock { $0 += [205_000, 240_000].map { Tensor(repeatElement(0, count: $0)) } }
            default: break
            }
            let shift: Float = fault == .file ? 1 : fault == .threads ? Float(Threads.count) : 0
            return (
                x * f * 2 + shift,
                { [self] dy in
                    let f = fault == .latest ? factor.value : f
                    factor.accumulate((x * dy).sum(axes: Array(0..<x.rank)) * 2)
                    return dy * f * (fault == .gradient || fault == .frozen && !isTrainable ? 1 : 2)
                }
            )
        }
    }

    @Test(
        "A layer that breaks a promise is found, and the promise named",
        arguments: [
            (Scale.Fault.gradient, ConformanceCheck.gradients), (.inPlace, .sharedTensors),
            (.latest, .laterPullback), (.shape, .shapes), (.memory, .allocation), (.frozen, .freezing),
            (.file, .saving), (.threads, .threads),
        ])
    private func faults(_ fault: Scale.Fault, _ check: ConformanceCheck) throws {
        let inputs = [Tensor.randomNormal([4, 3], seed: 2)]
        try expectConformance(Scale(.none), inputs: inputs)
        let failure = try #require(throws: ConformanceFailure.self) {
            try expectConformance(Scale(fault), inputs: inputs)
        }
        #expect(failure.findings.contains { $0.check == check }, "\(failure)")
    }
}
