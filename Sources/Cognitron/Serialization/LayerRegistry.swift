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
            // Core
            Dense.self, EinsumDense.self, Embedding.self, Identity.self, Input.self, Lambda.self,
            Masking.self,
            RadialBasis.self, ReversedEmbedding.self, ReversibleEmbedding.self,
            // Attention
            AdditiveAttention.self, Attention.self, AttentionLSTM.self, GroupQueryAttention.self,
            MultiHeadAttention.self,
            // Activations
            Activation.self, ELU.self, LeakyReLU.self, PReLU.self, ReLU.self, Softmax.self,
            // Convolution
            Conv1D.self, Conv1DTranspose.self, Conv2D.self, Conv2DTranspose.self, Conv3D.self,
            Conv3DTranspose.self, DepthwiseConv1D.self, DepthwiseConv2D.self, SeparableConv1D.self,
            SeparableConv2D.self, ConvolutionMap2D.self,
            // Pooling
            AdaptiveAveragePooling1D.self, AdaptiveAveragePooling2D.self, AdaptiveAveragePooling3D.self,
            AdaptiveMaxPooling1D.self, AdaptiveMaxPooling2D.self, AdaptiveMaxPooling3D.self,
            AveragePooling1D.self, AveragePooling2D.self, AveragePooling3D.self,
            GlobalAveragePooling1D.self, GlobalAveragePooling2D.self, GlobalAveragePooling3D.self,
            GlobalMaxPooling1D.self, GlobalMaxPooling2D.self, GlobalMaxPooling3D.self,
            LpPooling2D.self, MaxPooling1D.self, MaxPooling2D.self, MaxPooling3D.self,
            MaxPooling2DWithIndices.self, MaxUnpooling2D.self, Subsampling2D.self,
            // Normalization
            BatchNormalization.self, GroupNormalization.self, LayerNormalization.self,
            LocalResponseNormalization.self, RMSNormalization.self, SpectralNormalization.self,
            UnitNormalization.self,
            // Recurrent
            Bidirectional.self, ConvLSTM1D.self, ConvLSTM2D.self, GRU.self, GRUCell.self, LSTM.self,
            LSTMCell.self, RNN.self, SimpleRNN.self, SimpleRNNCell.self, StackedRNNCells.self,
            TimeDistributed.self,
            // Regularization
            ActivityRegularization.self, AlphaDropout.self, Dropout.self, GaussianDropout.self,
            GaussianNoise.self, GaussianSampling.self, SpatialDropout1D.self, SpatialDropout2D.self,
            SpatialDropout3D.self,
            // Regions
            RoIAlign.self, RoIPooling.self,
            // Reshaping
            CropToMatch2D.self, Cropping1D.self, Cropping2D.self, Cropping3D.self, DepthToSpace.self,
            Flatten.self, Permute.self, RepeatVector.self, Reshape.self, ResizeToMatch2D.self,
            SpaceToDepth.self, UpSampling1D.self, UpSampling2D.self, UpSampling3D.self, ZeroPadding1D.self,
            ZeroPadding2D.self, ZeroPadding3D.self,
            // Preprocessing
            CategoryEncoding.self, CenterCrop.self, Discretization.self, Normalization.self, Pipeline.self,
            Rescaling.self, Resizing.self,
            // Transformers
            TransformerDecoder.self, TransformerEncoder.self,
            // Sound
            MelSpectrogram.self, STFTSpectrogram.self,
            // Augmentation
            AugMix.self, AutoContrast.self, CutMix.self, Equalization.self, MixUp.self, RandAugment.self,
            RandomBrightness.self, RandomColorDegeneration.self, RandomColorJitter.self, RandomContrast.self,
            RandomCrop.self, RandomElasticTransform.self, RandomErasing.self, RandomFlip.self,
            RandomGaussianBlur.self, RandomGrayscale.self, RandomHue.self, RandomInvert.self,
            RandomPerspective.self, RandomPosterization.self, RandomRotation.self, RandomSaturation.self,
            RandomSharpness.self, RandomShear.self, RandomTranslation.self, RandomZoom.self,
            Solarization.self,
            // Positions
            PositionEmbedding.self, RotaryEmbedding.self, SinePositionEncoding.self,
            // Merging
            Add.self, Average.self, Concatenate.self, Dot.self, Maximum.self, Minimum.self, Multiply.self,
            Subtract.self,
        ])

    /// Registers a layer type. Where two types have the same name, loading a file that contains it throws.
    public static func register(_ type: LayerType) { registry.register(type) }
}
