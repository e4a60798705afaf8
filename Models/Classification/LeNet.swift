import Cognitron

/// LeNet-5 in its modern form: two convolutions, three dense layers, ReLU and max pooling.
///
/// | layer | output |
/// |---|---|
/// | conv 6 @ 5×5, same, ReLU; max pool 2 | 14×14×6 |
/// | conv 16 @ 5×5, valid, ReLU; max pool 2 | 5×5×16 |
/// | dense 120, ReLU | 120 |
/// | dense 84, ReLU | 84 |
/// | dense classes, softmax | classes |
///
/// - Parameter inputShape: height × width × channels, at least 12×12; MNIST's by default.
/// - Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition"
///   (1998).
public func leNet(inputShape: Shape = [28, 28, 1], classCount: Int = 10) -> Sequential {
    Sequential(name: "lenet") {
        Input(shape: inputShape)
        Conv2D(6, kernelSize: 5, padding: .same, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Conv2D(16, kernelSize: 5, activation: .relu)
        MaxPooling2D(poolSize: 2)
        Flatten()
        Dense(120, activation: .relu)
        Dense(84, activation: .relu)
        Dense(classCount, activation: .softmax)
    }
}
