import Cognitron
import CognitronCLI
import CognitronModels
import CognitronMPI
import Foundation

/// What `bench scaling --mpi` starts on every rank: steps of a training on random pictures, and the network
/// by itself. Rank 0 prints the figures as one line of JSON.
///
///     mpirun -n 2 cognitron-mpi measure-scaling lenet 128 20
struct Measurement: Encodable {
    /// The word by which the program is asked for it.
    static let command = "measure-scaling"

    let ranks: Int
    /// Seconds of each step.
    let steps: [Double]
    /// The share of the time in which a rank waits for gradients.
    let waiting: Double
    /// Bytes of gradients that a step sums.
    let bytes: Int
    /// Seconds of a sum of one number, and bytes a second of a sum of many.
    let latency: Double
    let bandwidth: Double

    /// - Parameter arguments: the model's name, the samples a rank, the number of steps.
    init(_ arguments: [String], on communicator: MPICommunicator) throws {
        guard arguments.count == 3, let batch = Int(arguments[1]), batch > 0, let count = Int(arguments[2]),
            count > 0
        else {
            throw CognitronError(
                .argument, Self.command, "wrong arguments",
                expected: "a model's name, the samples a rank and the number of steps",
                got: arguments.joined(separator: " "))
        }
        let name = try ModelName(named: arguments[0])
        let task = name.exampleTask
        guard task.kind == .classification else {
            throw CognitronError(
                .argument, Self.command, "\(name) does not classify pictures", expected: "a classifier",
                got: name.name)
        }
        let model = try name.make(task: task)
        try model.compile(
            optimizer: SGD(learningRate: 1e-4, momentum: 0.9), losses: name.recipe(for: task, model).losses,
            gradients: [.allReduce(communicator)], seed: 1)
        let samples = batch * communicator.size
        let source = SampleSource(
            Tensor.randomUniform(name.inputShape.batched(samples), seed: 1),
            Tensor((0..<samples).map { $0 % name.classCount }))
        let clock = StepClock()
        _ = try model.fit(
            source, batchSize: samples, epochs: count + 2, callbacks: [clock], verbose: .silent)
        steps = Array(clock.seconds.dropFirst(2))
        let exchanged = model.trainer?.exchanged
        ranks = communicator.size
        let all = clock.seconds.reduce(0, +)
        waiting = all > 0 ? (exchanged?.waited.seconds ?? 0) / all : 0
        bytes = (exchanged?.bytes ?? 0) / clock.seconds.count
        latency = Self.seconds(ofSum: 1, communicator, repetitions: 200)
        let length = 4 << 20
        bandwidth = Double(4 * length) / Self.seconds(ofSum: length, communicator, repetitions: 10)
    }

    /// The median time of a sum of so many numbers.
    private static func seconds(
        ofSum count: Int, _ communicator: MPICommunicator, repetitions: Int
    ) -> Double {
        let buffer = SumBuffer(count: count)
        let times = (0..<repetitions).map { _ in
            let began = ContinuousClock.now
            communicator.beginSum(buffer).wait()
            return (ContinuousClock.now - began).seconds
        }
        return times.sorted()[repetitions / 2]
    }

    /// The line for the program that has asked.
    var json: String { get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) } }
}

/// The time of every step.
private final class StepClock: Callback {
    private(set) var seconds: [Double] = []
    private var began = ContinuousClock.now

    func onTrainBatchBegin(_ batch: Int, _ model: Model) { began = .now }
    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) {
        seconds.append((ContinuousClock.now - began).seconds)
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
