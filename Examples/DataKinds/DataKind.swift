import Cognitron
import CognitronData

/// A kind of data with a task and the network that suits it.
struct DataKind {
    /// What the samples are, and how many axes they have.
    let name: String
    let task: ClassifierTask
    let epochs: Int
    /// Layers between the standardised samples and the classes.
    let layers: () -> [any AnyLayer]
    /// Whether the network is also trained on the first channel alone.
    var comparesChannels = false
    /// Whether each element of a sample has a class of its own.
    var isDense = false

    /// The test accuracy of the network, on this kind's task or one of its form.
    func accuracy(on task: ClassifierTask, _ settings: ExperimentSettings) throws -> Double {
        try accuracy(of: layers(), on: task, settings)
    }

    /// The test accuracy of a linear model of the standardised numbers.
    func linearAccuracy(_ settings: ExperimentSettings) throws -> Double {
        try accuracy(of: isDense ? [] : [Flatten()], on: task, settings)
    }

    private func accuracy(
        of layers: [any AnyLayer], on task: ClassifierTask, _ settings: ExperimentSettings
    ) throws -> Double {
        let model = Sequential {
            Input(shape: task.inputShape)
            Normalization()
            layers
            Dense(task.classCount, activation: .softmax)
        }
        return try task.accuracy(
            of: model, epochs: epochs, learningRate: 0.003, batchSize: isDense ? 8 : 32, settings)
    }
}

extension DataKind {
    /// Kinds that the program draws or ships.
    static func drawn(_ settings: ExperimentSettings) throws -> [DataKind] {
        let counts = settings.pick(full: (train: 3000, test: 1000), small: (train: 900, test: 300))
        let digits = try ClassifierTask(.digits, settings, trainCount: settings.pick(full: .max, small: 600))
        let side = settings.pick(full: 16, small: 12)
        let seed = settings.seed
        let tones = DrawnSignals.chirps(counts, seed: seed)
        func epochs(_ small: Int) -> Int { settings.pick(full: 10, small: small) }
        return [
            DataKind(
                name: "1-D, drawn tones", task: tones, epochs: epochs(8),
                layers: { sound(kernelSize: 16, strides: 2) }),
            DataKind(
                name: "1-D, drawn tones, spectrogram by LSTM",
                task: tones, epochs: epochs(8), layers: { spectra(of: tones, fftLength: 128) }),
            DataKind(
                name: "1-D, drawn DNA (4 channels)", task: DrawnSignals.motifs(counts, seed: seed),
                epochs: epochs(8), layers: sequence),
            DataKind(
                name: "1-D, drawn movement (2 channels)", task: DrawnSignals.turns(counts, seed: seed),
                epochs: epochs(3), layers: sequence, comparesChannels: true),
            DataKind(
                name: "2-D grey, digits", task: digits, epochs: epochs(12),
                layers: { image(channels: 16) }),
            DataKind(
                name: "3-D, drawn solids", task: DrawnVolumes.solids(counts, side: side, seed: seed),
                epochs: epochs(5), layers: { volume(poolSize: [2, 2, 2]) }),
            DataKind(
                name: "video, drawn shapes", task: DrawnVolumes.movements(counts, seed: seed),
                epochs: epochs(12), layers: { volume(poolSize: [1, 2, 2]) }),
        ]
    }

    /// Recorded kinds, out of packages of Debian and PyPI, and CIFAR-10.
    static func recorded(_ settings: ExperimentSettings) throws -> [DataKind] {
        let speech = try ClassifierTask(.spokenLanguages, settings)
        return [
            DataKind(
                name: "1-D, spoken languages", task: speech, epochs: 15,
                layers: { sound(kernelSize: 64, strides: 8) }),
            DataKind(
                name: "2-D, their spectrograms", task: speech, epochs: 10,
                layers: { spectrogram(of: speech) }),
            DataKind(
                name: "1-D, their spectrograms by LSTM", task: speech, epochs: 15,
                layers: { spectra(of: speech, fftLength: 256) }),
            DataKind(
                name: "1-D, motion of a watch (6 channels)",
                task: try ClassifierTask(.basicMotions, settings), epochs: 60, layers: sequence,
                comparesChannels: true),
            DataKind(
                name: "1-D, vowels of nine speakers (12 channels)",
                task: try ClassifierTask(.japaneseVowels, settings), epochs: 60, layers: sequence,
                comparesChannels: true),
            DataKind(
                name: "2-D colour, CIFAR-10",
                task: try ClassifierTask(.cifar10, settings, trainCount: 5_000, testCount: 5_000), epochs: 6,
                layers: { image(channels: 32) }, comparesChannels: true),
            DataKind(
                name: "3-D, tissue of each voxel of a brain", task: try BrainCubes.tissues(settings),
                epochs: 8, layers: tissue, isDense: true),
        ]
    }

    /// Long signals: a wide first filter with strides, as a filter bank has.
    private static func sound(kernelSize: Int, strides: Int) -> [any AnyLayer] {
        [
            Conv1D(16, kernelSize: kernelSize, strides: strides, activation: .relu),
            MaxPooling1D(poolSize: 4),
            Conv1D(32, kernelSize: 8, activation: .relu), MaxPooling1D(poolSize: 4),
            Conv1D(32, kernelSize: 4, activation: .relu), GlobalAveragePooling1D(),
        ]
    }

    private static func spectrogram(of task: ClassifierTask) -> [any AnyLayer] {
        let bands = 32
        let analysis = MelSpectrogram(
            fftLength: 256, sequenceStride: 128, samplingRate: 8000, numMelBins: bands)
        return [
            Reshape([task.inputShape[0]]), analysis,
            Reshape([bands, task.inputShape[0] / 128 + 1, 1]), BatchNormalization(),
        ] + image(channels: 16)
    }

    /// A spectrogram that an LSTM reads in both directions, from spectrum to spectrum.
    private static func spectra(of task: ClassifierTask, fftLength: Int) -> [any AnyLayer] {
        let length = task.inputShape[0]
        return [
            Reshape([length]),
            MelSpectrogram(
                fftLength: fftLength, sequenceStride: fftLength / 2, samplingRate: 8000, numMelBins: 32),
            Permute([2, 1]), BatchNormalization(), Bidirectional(LSTM(64)),
        ]
    }

    private static func sequence() -> [any AnyLayer] {
        [
            Conv1D(32, kernelSize: 7, padding: .same, activation: .relu),
            Conv1D(32, kernelSize: 5, padding: .same, activation: .relu), GlobalMaxPooling1D(),
        ]
    }

    private static func image(channels: Int) -> [any AnyLayer] {
        [
            Conv2D(channels, kernelSize: 3, padding: .same, activation: .relu), MaxPooling2D(poolSize: 2),
            Conv2D(2 * channels, kernelSize: 3, padding: .same, activation: .relu), MaxPooling2D(poolSize: 2),
            Conv2D(2 * channels, kernelSize: 3, padding: .same, activation: .relu), GlobalAveragePooling2D(),
        ]
    }

    private static func tissue() -> [any AnyLayer] {
        [
            Conv3D(16, kernelSize: 3, padding: .same, activation: .relu),
            Conv3D(16, kernelSize: 3, padding: .same, activation: .relu),
        ]
    }

    /// - Parameter poolSize: of the first pooling; a video's frames stay apart.
    private static func volume(poolSize: [Int]) -> [any AnyLayer] {
        [
            Conv3D(8, kernelSize: 3, padding: .same, activation: .relu), MaxPooling3D(poolSize: poolSize),
            Conv3D(16, kernelSize: 3, padding: .same, activation: .relu), MaxPooling3D(poolSize: 2),
            Conv3D(32, kernelSize: [2, 3, 3], padding: .same, activation: .relu), GlobalMaxPooling3D(),
        ]
    }
}
