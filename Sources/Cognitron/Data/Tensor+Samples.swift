extension Tensor: Samples {
    public func batch(_ indices: some Collection<Int>) -> Tensor { gathering(Array(indices), axis: 0) }
}
