import CognitronTesting

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

extension ConformanceCase {
    static let models: [ConformanceCase] = [
        ConformanceCase("nested models", image) {
            Sequential {
                Sequential {
                    Conv2D(4, kernelSize: 3, padding: .same, useBias: false)
                    BatchNormalization()
                    Activation(.softplus)
                }
                AveragePooling2D()
                Flatten()
                Dense(3)
            }
        },
        ConformanceCase("a layer used twice", [4, 6], [4, 6]) {
            // The second output also reads the first input again.
            let (a, b) = (Input(6), Input(6))
            let shared = Dense(4, activation: .tanh)
            let sum = Add()(shared(a), shared(b))
            return try Model(inputs: [a, b], outputs: [sum, Concatenate()(sum, a)])
        },
    ]
}
