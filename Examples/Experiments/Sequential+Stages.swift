import Cognitron

extension Sequential {
    /// Adds a 3×3 convolution with batch normalisation and ReLU, and max pooling that halves the size.
    func addPooledConvolution(_ filters: Int) {
        add(Conv2D(filters, kernelSize: 3, padding: .same, useBias: false))
        add(BatchNormalization(momentum: 0.9))
        add(ReLU())
        add(MaxPooling2D(poolSize: 2))
    }
}
