/// Follows a training step through the layers of a graph, those of inner models and composed layers included.
///
/// Called on the thread that runs the layers.
protocol StepObserver: AnyObject, Sendable {
    /// Called after a layer's forward pass.
    ///
    /// - Parameters:
    ///   - path: the layer's path in the outermost model: `encoder/conv2d`.
    ///   - layer: nil for a part of a composed layer's own work between its children.
    func forwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ outputs: [Tensor])

    /// Called after a layer's pullback.
    ///
    /// - Parameter gradients: those with respect to the layer's inputs that the step uses.
    func backwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ gradients: [Tensor])
}

/// An observer in a graph, which may be that of an inner model.
struct ObservedPath: Sendable {
    let observer: any StepObserver
    /// The prefix of the names of the graph's nodes.
    let path: String

    func forwardEnded(_ name: String, _ layer: any AnyLayer, _ outputs: [Tensor]) {
        observer.forwardEnded(path + name, layer, outputs)
    }

    func backwardEnded(_ name: String, _ layer: any AnyLayer, _ gradients: [Tensor]) {
        observer.backwardEnded(path + name, layer, gradients)
    }

    /// Ends a part of the composed layer whose children have this prefix, outside its children.
    func ownForwardEnded() { observer.forwardEnded(String(path.dropLast()), nil, []) }
    func ownBackwardEnded() { observer.backwardEnded(String(path.dropLast()), nil, []) }

    /// The path of the graph inside the node of that name.
    func entering(_ name: String) -> ObservedPath {
        ObservedPath(observer: observer, path: "\(path)\(name)/")
    }
}
