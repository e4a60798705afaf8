// The library example of the README, compiled and run here; ReadmeTests compares the two.

import Cognitron
import CognitronData

func readmeExample() throws -> Tensor {
    // README begins
    let train = Shapes.make(count: 2_000), test = Shapes.make(count: 500, split: .test)
    let model = Sequential {
        Input(32, 32, 3)
        Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Flatten()
        Dense(10, activation: .softmax)
    }
    try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    let history = try model.fit(
        train.images, train.labels, batchSize: 64, epochs: 3, validationData: (test.images, test.labels))
    print(history["val_accuracy"], try model.evaluate(test.images, test.labels))
    let probabilities = try model.predict(test.images[0..<4])  // (4, 10)
    try model.save("shapes.safetensors")
    // README ends
    return probabilities
}
