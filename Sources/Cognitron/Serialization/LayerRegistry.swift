/// The layer types that model files may contain.
///
/// A layer of your own that conforms to `Codable` can be saved; to load it, register its type first:
///
///     LayerRegistry.register(MyLayer.self)
///
/// Its name in files has the module and the type: `MyModule.MyLayer`.
public enum LayerRegistry {
    public typealias LayerType = any (AnyLayer & Codable).Type

    static let registry = Registry(
        "layer type", registration: "LayerRegistry.register",
        [
            Input.self, Dense.self,
            Conv1D.self, Conv2D.self, Conv3D.self,
            Conv1DTranspose.self, Conv2DTranspose.self, Conv3DTranspose.self,
            DepthwiseConv1D.self, DepthwiseConv2D.self, SeparableConv1D.self, SeparableConv2D.self,
            MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
            AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
            GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
            GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
            AdaptiveMaxPooling1D.self, AdaptiveMaxPooling2D.self, AdaptiveMaxPooling3D.self,
            AdaptiveAveragePooling1D.self, AdaptiveAveragePooling2D.self, AdaptiveAveragePooling3D.self,
            LpPooling2D.self, MaxPooling2DWithIndices.self, MaxUnpooling2D.self,
            Flatten.self, Reshape.self,
            Activation.self, ReLU.self, LeakyReLU.self, Softmax.self, Dropout.self,
            BatchNormalization.self, LayerNormalization.self, GroupNormalization.self, RMSNormalization.self,
            UnitNormalization.self, SpectralNormalization.self, LocalResponseNormalization.self,
            ZeroPadding2D.self, Add.self, Concatenate.self,
            Attention.self, AdditiveAttention.self, MultiHeadAttention.self, GroupQueryAttention.self,
            RNN.self, SimpleRNN.self, LSTM.self, GRU.self, SimpleRNNCell.self, LSTMCell.self, GRUCell.self,
            StackedRNNCells.self, Bidirectional.self, TimeDistributed.self, ConvLSTM1D.self, ConvLSTM2D.self,
        ])

    /// Registers a layer type. Where two types have the same name, loading a file that contains it throws.
    public static func register(_ type: LayerType) { registry.register(type) }
}
