extension Tensor: ExpressibleByArrayLiteral {
    /// `[[1, 2], [3, 4]]`: numbers in brackets, nested as deep as the tensor has axes. Brackets side by side
    /// must hold the same numbers of elements.
    public init(arrayLiteral elements: TensorLiteral...) { self = Tensor.stacked(elements.map(\.tensor)) }
}

/// A number or brackets within a tensor's literal.
///
/// It is a type of its own so that a number alone is no tensor: in `t + 1` the 1 is a `Float`.
public struct TensorLiteral: ExpressibleByArrayLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral
{
    let tensor: Tensor

    public init(arrayLiteral elements: TensorLiteral...) { tensor = Tensor.stacked(elements.map(\.tensor)) }
    public init(floatLiteral value: Float) { tensor = Tensor(value) }
    public init(integerLiteral value: Int) { tensor = Tensor(Float(value)) }
}
