import Foundation
import Testing

@testable import Cognitron

/// v ← 0.9 · v + gradient; w ← w − learningRate · v: an optimizer as a user writes it.
private final class HeavyBall: SlotOptimizer {
    let state: OptimizerState

    init(learningRate: LearningRate = 0.01) { state = OptimizerState(learningRate: learningRate) }

    func update(_ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float) {
        state.slots[parameter, "velocity"] *= 0.9
        state.slots[parameter, "velocity"] += gradient
        value -= state.slots[parameter, "velocity"] * learningRate
    }
}

/// An optimizer that needs nothing but the first requirements.
private final class Signs: Optimizer {
    var learningRate: Float = 0.1

    func step(_ parameters: [Parameter]) {
        for parameter in parameters {
            parameter.update { value, gradient in
                value -= gradient.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 } * learningRate
            }
        }
    }

    func validate() throws {}
}

@Suite("Optimizers remember each parameter")
struct OptimizerStateTests {
    private static func parameter(_ name: String, _ shape: Shape, path: String = "layer") throws -> Parameter
    {
        let parameter = Parameter()
        try BuildContext(path: path).declare(parameter, name, shape, .zeros)
        return parameter
    }

    /// Every optimizer that keeps slots, with arguments that make it keep all it can.
    static func slotOptimizers(_ rate: LearningRate) -> [any Optimizer] {
        [
            SGD(learningRate: rate), SGD(learningRate: rate, momentum: 0.9, nesterov: true),
            Adam(learningRate: rate, weightDecay: 0.01), Adam(learningRate: rate, amsgrad: true),
            AdamW(learningRate: rate), RMSprop(learningRate: rate),
            RMSprop(learningRate: rate, momentum: 0.9, centered: true), Muon(learningRate: rate),
            Adagrad(learningRate: rate), Adadelta(learningRate: rate), Adamax(learningRate: rate),
            Nadam(learningRate: rate), Lion(learningRate: rate), Lamb(learningRate: rate),
            ScheduleFreeAdamW(learningRate: rate, warmupSteps: 7), Adafactor(learningRate: rate),
            Adam(learningRate: rate, globalClipnorm: 1, useEma: true), HeavyBall(learningRate: rate),
        ]
    }

    /// All of them, and what is around others.
    private static func optimizers(_ rate: LearningRate) -> [any Optimizer] {
        slotOptimizers(rate) + [
            SGD(learningRate: rate, useEma: true, emaOverwriteFrequency: 4),
            Adam(learningRate: rate, gradientAccumulationSteps: 3),
            Lookahead(Adam(learningRate: rate), syncPeriod: 4),
            MultiOptimizer(
                OptimizerMap(
                    defaultOptimizer: Adam(learningRate: rate), [".*/bias": Lion(learningRate: rate)])),
        ]
    }

    private static let slotKinds = slotOptimizers(0).indices
    private static let kinds = optimizers(0).indices

    private static let rates: [LearningRate] = [
        0.01, .cosineDecay(initialLearningRate: 0.01, decaySteps: 12),
    ]

    private func train(_ optimizer: any Optimizer, _ parameters: [Parameter], steps: Range<Int>) {
        for step in steps {
            for (i, parameter) in parameters.enumerated() {
                let seed = UInt64(step * 10 + i)
                parameter.accumulate(.randomNormal(parameter.shape, seed: seed))
            }
            optimizer.step(parameters)
        }
    }

    @Test(
        "A restored optimizer goes on with the same bits",
        arguments: kinds, [false, true])
    func resumption(_ kind: Int, _ hasSchedule: Bool) throws {
        let rate = Self.rates[hasSchedule ? 1 : 0]
        func parameters() throws -> [Parameter] {
            [try Self.parameter("kernel", [5, 3]), try Self.parameter("bias", [3])]
        }
        let (through, stopped, early) = (try parameters(), try parameters(), try parameters())
        let (whole, first) = (Self.optimizers(rate)[kind], Self.optimizers(rate)[kind])
        train(whole, through, steps: 0..<15)
        train(first, stopped, steps: 0..<5)
        // Through a file's form, and with a number that the new optimizer must take from the state.
        let (json, tensors) = first.saveState().flattened(prefix: "optimizer")
        let state = try StateTree(json: json, tensors: tensors)
        for (parameter, old) in zip(early, stopped) { parameter.value = old.value }
        let checked = Self.optimizers(hasSchedule ? rate : 0.5)[kind]
        let unchecked = Self.optimizers(hasSchedule ? rate : 0.5)[kind]
        try checked.restore(state, for: stopped)
        try unchecked.restore(state)
        #expect(checked.saveState() == state && unchecked.saveState() == state)
        #expect(checked.iterations == first.iterations && checked.learningRate == first.learningRate)
        train(checked, stopped, steps: 5..<15)
        train(unchecked, early, steps: 5..<15)
        for (parameter, others) in zip(through, zip(stopped, early)) {
            #expect(parameter.value == others.0.value && parameter.value == others.1.value)
        }
        #expect(checked.saveState() == whole.saveState())
    }

    @Test("Every parameter counts its own steps: a second model's first is as long as the first's")
    func ownCounts() throws {
        for optimizer in [Adam(learningRate: 0.1), AdamW(learningRate: 0.1, weightDecay: 0)] {
            for _ in 0..<2 {
                let parameter = try Self.parameter("w", [1])
                parameter.accumulate([0.5])
                optimizer.step([parameter])
                #expect(abs(parameter.value.scalar + 0.1) < 1e-6)
            }
            #expect(optimizer.iterations == 2)
        }
        // Muon's biases take Adam's steps.
        let muon = Muon(learningRate: 0.1, adamWeightDecay: 0)
        let (kernel, bias) = (try Self.parameter("kernel", [2, 2]), try Self.parameter("bias", [1]))
        train(muon, [kernel], steps: 0..<100)
        bias.accumulate([0.5])
        muon.step([kernel, bias])
        #expect(abs(bias.value.scalar + 0.1) < 1e-6)
    }

    @Test("A layer unfrozen after 1,000 steps starts with steps of one learning rate")
    func unfrozen() throws {
        let (early, late) = (try Self.parameter("w", [1]), try Self.parameter("v", [1]))
        late.isTrainable = false
        let optimizer = Adam(learningRate: 0.1)
        for step in 0..<1000 {
            for parameter in [early, late] { parameter.accumulate([step % 2 == 0 ? 1 : -1]) }
            optimizer.step([early, late])
        }
        late.isTrainable = true
        for count in 1...3 {
            late.accumulate([2])
            optimizer.step([early, late])
            #expect(abs(late.value.scalar + 0.1 * Float(count)) < 1e-5)
        }
    }

    @Test("A model is freed although its optimizer lives on, and so are its slots")
    func freed() throws {
        let optimizer = Adam()
        weak var last: Parameter?
        for round in 0..<300 {
            let parameter = try Self.parameter("w", [1000])
            parameter.accumulate(.ones([1000]))
            optimizer.step([parameter])
            #expect(last == nil, "the parameter of round \(round - 1) is alive")
            last = parameter
        }
        #expect(last == nil)
        let alive = try Self.parameter("w", [1])
        alive.accumulate([1])
        optimizer.step([alive])
        #expect(optimizer.state.slots.entryCount <= 17)
        // What is saved is of living parameters.
        let saved: [StateTree] = try optimizer.saveState().get("state", as: StateTree.self).get("parameters")
        #expect(saved.count == 1)
    }

    @Test("Tied parameters have one set of slots and one count, as long as one of them lives")
    func tied() throws {
        let optimizer = Adam(learningRate: 0.1)
        let kept = try Self.parameter("w", [2])
        do {
            let other = Parameter()
            other.tie(to: kept)
            other.accumulate([1, -1])
            optimizer.step([kept, other])
            #expect(optimizer.state.slots.steps(of: other) == 1)
        }
        #expect(kept.value.isClose(to: [-0.1, 0.1]) && optimizer.state.slots.entryCount == 1)
        #expect(optimizer.state.slots.steps(of: kept) == 1)
    }

    @Test("Slots are zeros or the given number at first, and are changed in place")
    func slots() throws {
        let slots = Slots()
        let parameter = try Self.parameter("w", [2, 3])
        #expect(slots[parameter, "a"] == .zeros([2, 3]))
        #expect(slots[parameter, "b", initial: 0.5] == Tensor(repeating: 0.5, shape: [2, 3]))
        #expect(slots[parameter, "rows", shape: [2]] == [0, 0])
        let before = slots[parameter, "a"].withUnsafeScalars { $0.baseAddress }
        slots[parameter, "a"] += 1
        #expect(slots[parameter, "a"] == .ones([2, 3]))
        #expect(slots[parameter, "a"].withUnsafeScalars { $0.baseAddress } == before)
    }

    @Test("Steps change values and slots where they lie", arguments: slotKinds)
    func inPlace(_ kind: Int) throws {
        let optimizer = try #require(Self.slotOptimizers(0.01)[kind] as? any SlotOptimizer)
        let parameter = try Self.parameter("kernel", [8, 8])
        func addresses() throws -> [UnsafePointer<Float>?] {
            let list: [StateTree] = try optimizer.saveState().get("state", as: StateTree.self).get(
                "parameters")
            let arrays: [String: Tensor] = try list[0].get("arrays")
            return ([parameter.value] + arrays.sorted { $0.key < $1.key }.map(\.value)).map { tensor in
                tensor.withUnsafeScalars { $0.baseAddress }
            }
        }
        train(optimizer, [parameter], steps: 0..<1)
        let before = try addresses()
        train(optimizer, [parameter], steps: 1..<3)
        #expect(try addresses() == before)
    }

    @Test("States that do not fit are refused, and the optimizer stays as it was")
    func misfits() throws {
        let optimizer = Adam(learningRate: 0.1)
        let parameter = try Self.parameter("w", [2])
        train(optimizer, [parameter], steps: 0..<2)
        let state = optimizer.saveState()
        let json = state.flattened(prefix: "s")
        func refused(_ from: String, _ to: String) throws -> String {
            let changed = try StateTree(json: json.json.replacing(from, with: to), tensors: json.tensors)
            let error = #expect(throws: CognitronError.self) { try optimizer.restore(changed) }
            #expect(optimizer.saveState() == state)
            return error?.description ?? ""
        }
        #expect(try refused("Adam", "SGD").contains("another optimizer; expected Adam, got SGD"))
        #expect(try refused("iterations", "i").contains("iterations is missing"))
        #expect(try refused(#""iterations":2"#, #""iterations":-2"#).contains("impossible"))
        #expect(try refused(#""steps":2"#, #""steps":-2"#).contains("impossible steps of layer/w"))
        #expect(try refused(#""path":"layer/w""#, #""path":1"#).contains("path is of another type"))
        #expect(try refused(#"{"$float":"0.1"}"#, #"{"$float":"-1.0"}"#).contains("impossible"))
        let other = try Self.parameter("w", [3])
        let error = #expect(throws: CognitronError.self) { try optimizer.restore(state, for: [other]) }
        #expect(error?.description.hasPrefix("layer/w: the optimizer's state is of another shape") == true)
        // One of another shape starts anew where nobody asked for a check.
        try optimizer.restore(state)
        train(optimizer, [other], steps: 0..<1)
        #expect(optimizer.state.slots.steps(of: other) == 1)
        // An array that a file says has another shape than the kernel writes to is made anew.
        let cut = try StateTree(json: json.json, tensors: json.tensors.mapValues { _ in [1] })
        try optimizer.restore(cut)
        train(optimizer, [parameter], steps: 2..<3)
        #expect(optimizer.state.slots[parameter, "mean"].shape == [2])
    }

    @Test("Two parameters of one path get back their own slots in the order they were seen")
    func samePaths() throws {
        let optimizer = SGD(learningRate: 0.1, momentum: 0.9)
        let (first, second) = (try Self.parameter("w", [1]), try Self.parameter("w", [1]))
        first.accumulate([1])
        second.accumulate([2])
        optimizer.step([first, second])
        let copy = SGD(momentum: 0.9)
        try copy.restore(optimizer.saveState(), for: [first, second])
        #expect(abs(copy.state.slots[first, "velocity"].scalar + 0.1) < 1e-7)
        #expect(abs(copy.state.slots[second, "velocity"].scalar + 0.2) < 1e-7)
    }

    @Test("An optimizer with the first requirements only trains, saves its rate and takes it back")
    func plain() throws {
        let optimizer = Signs()
        let parameter = try Self.parameter("w", [2])
        parameter.accumulate([3, -2])
        optimizer.step([parameter])
        #expect(parameter.value == [-0.1, 0.1])
        let copy = Signs()
        optimizer.learningRate = 0.25
        try copy.restore(optimizer.saveState(), for: [parameter])
        #expect(copy.learningRate == 0.25)
    }
}
