import Cognitron

let adversarialKernel = Initializer.randomNormal(stddev: 0.02)

func adversarialNormalization(name: String? = nil) -> BatchNormalization {
    BatchNormalization(
        momentum: 0.9, epsilon: 1e-5, gammaInitializer: .randomNormal(mean: 1, stddev: 0.02), name: name)
}
