// swift-tools-version: 6.1
import PackageDescription

// Debug builds of pointer loops are some fifty times slower than optimised ones, so in a checkout of this
// package the targets that compute are optimised in debug builds too, each as one module: else nothing is
// inlined from one file into another. (With one thread the whole-module build clashes with the index that
// debug builds keep.) SwiftPM allows no unsafe flags in a dependency: there (the path holds /checkouts/) the
// settings are plain.
//
// A checkout is compiled for the processor that compiles it: code for any x86-64 has vectors of four floats,
// and too few registers for Winograd's transforms. COGNITRON_MARCH=x86-64-v3 swift build -c release makes
// programs for other machines. All targets are compiled alike, for vectors travel in other registers where a
// processor has wider ones.
let isRootPackage = !Context.packageDirectory.contains("/checkouts/")
let optimized = ["-O", "-wmo", "-num-threads", "2", "-disable-batch-mode"]
#if arch(x86_64) && os(Linux)
    let march = ["-march=\(Context.environment["COGNITRON_MARCH"] ?? "native")"]
#else
    let march: [String] = []
#endif
let instructions = march.flatMap { ["-Xcc", $0] }
let base: [SwiftSetting] = isRootPackage ? [.unsafeFlags(instructions)] : []
let numeric: [SwiftSetting] = isRootPackage ? [.unsafeFlags(optimized + instructions)] : []

let package = Package(
    name: "Cognitron",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Cognitron", targets: ["Cognitron"]),
        .library(name: "CognitronData", targets: ["CognitronData"]),
        .library(name: "CognitronImages", targets: ["CognitronImages"]),
        .library(name: "CognitronDetection", targets: ["CognitronDetection"]),
        .library(name: "CognitronText", targets: ["CognitronText"]),
        .library(name: "CognitronPlots", targets: ["CognitronPlots"]),
        .library(name: "CognitronModels", targets: ["CognitronModels"]),
        .library(name: "CognitronExchange", targets: ["CognitronExchange"]),
        .library(name: "CognitronKeras", targets: ["CognitronKeras"]),
        .library(name: "CognitronONNX", targets: ["CognitronONNX"]),
        .library(name: "CognitronTesting", targets: ["CognitronTesting"]),
        .library(name: "CognitronMPI", targets: ["CognitronMPI"]),
        .executable(name: "cognitron", targets: ["CognitronProgram"]),
        .executable(name: "cognitron-mpi", targets: ["CognitronMPICLI"]),
        .executable(name: "cognitron-exchange", targets: ["CognitronExchangeCLI"]),
        .executable(name: "cognitron-serve", targets: ["CognitronServeCLI"]),
        .executable(name: "bench", targets: ["bench"]),
        .executable(name: "examples", targets: ["examples"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        // What serves: built only with cognitron-serve and its tests.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl"])]),
        .systemLibrary(
            name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),

        .systemLibrary(
            name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),

        .target(name: "CProcessor", cSettings: isRootPackage ? [.unsafeFlags(march + ["-O2"])] : []),

        // Libraries: each knows only those above it
        .target(
            name: "CognitronKernels", dependencies: ["COpenBLAS", "CProcessor"], swiftSettings: numeric,
            // Debian keeps LAPACKE beside OpenBLAS; Homebrew's OpenBLAS contains it.
            linkerSettings: [.linkedLibrary("lapacke", .when(platforms: [.linux]))]),
        .target(name: "Cognitron", dependencies: ["CognitronKernels"], swiftSettings: numeric),
        .target(
            name: "CognitronData", dependencies: ["CognitronKernels", "Cognitron", "CArchive", "CCrypto"],
            resources: [.copy("Resources")], swiftSettings: numeric),
        // Picture files, and sources of pictures with classes, masks or boxes.
        .target(
            name: "CognitronImages",
            dependencies: ["CognitronKernels", "Cognitron", "CognitronData", "CPNG", "CJPEG", "CWebP"],
            swiftSettings: numeric),
        // What finds objects in pictures: boxes, anchors, matching, suppression, scores.
        .target(
            name: "CognitronDetection", dependencies: ["Cognitron", "CognitronData"], swiftSettings: numeric),
        // Texts that models write: searches for them, and how good they are.
        .target(name: "CognitronText", dependencies: ["Cognitron", "CognitronData"], swiftSettings: numeric),
        // Charts of trainings and networks, explanations of predictions, reports.
        .target(
            name: "CognitronPlots",
            dependencies: ["Cognitron", "CognitronData", "CognitronImages", "CognitronDetection"],
            swiftSettings: base),
        .target(
            name: "CognitronModels",
            dependencies: ["Cognitron", "CognitronData", "CognitronDetection", "CognitronText"],
            path: "Models",
            swiftSettings: base),
        // Files of other frameworks: what they have in common, PyTorch's and NumPy's; Keras's and ONNX's apart,
        // so that who needs one builds no more.
        .target(
            name: "CognitronExchange",
            dependencies: ["Cognitron", "CognitronData", "CognitronModels", "CArchive"],
            swiftSettings: base),
        .target(
            name: "CognitronKeras", dependencies: ["CognitronExchange", "CArchive"], swiftSettings: base),
        .target(
            name: "CognitronONNX",
            dependencies: ["CognitronExchange", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            swiftSettings: base),
        // Models' files with what they say of their samples and answers: what commands and servers share.
        .target(
            name: "CognitronPrediction",
            dependencies: [
                "Cognitron", "CognitronData", "CognitronImages", "CognitronDetection", "CognitronText",
                "CognitronModels",
            ], swiftSettings: base),
        // The server of models: routes, queue, limits, metrics.
        .target(
            name: "CognitronServe",
            dependencies: [
                "CognitronKernels", "Cognitron", "CognitronData", "CognitronImages", "CognitronDetection",
                "CognitronText", "CognitronPrediction",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: base),
        .target(
            name: "CognitronTesting", dependencies: ["CognitronKernels", "Cognitron"],
            swiftSettings: numeric),

        // Processes that train together: apart, so that only who wants that needs Open MPI.
        .target(name: "CognitronMPI", dependencies: ["Cognitron", "CMPI"], swiftSettings: base),

        // Programs
        .target(
            name: "CognitronCLI",
            dependencies: [
                "CognitronKernels", "Cognitron", "CognitronData", "CognitronImages", "CognitronDetection",
                "CognitronText", "CognitronPlots", "CognitronModels", "CognitronPrediction", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: base),
        .executableTarget(
            name: "CognitronProgram", dependencies: ["CognitronCLI"], swiftSettings: base),
        // `cognitron train` under mpirun.
        .executableTarget(
            name: "CognitronMPICLI",
            dependencies: ["Cognitron", "CognitronModels", "CognitronCLI", "CognitronMPI"],
            swiftSettings: base),
        // What `cognitron convert` and `cognitron inspect` start: apart, for its libraries take minutes to build.
        .executableTarget(
            name: "CognitronExchangeCLI",
            dependencies: [
                "CognitronKernels", "Cognitron", "CognitronModels", "CognitronExchange", "CognitronKeras",
                "CognitronONNX",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: base),
        // What `cognitron serve` starts, apart for the same reason.
        .executableTarget(
            name: "CognitronServeCLI",
            dependencies: [
                "CognitronKernels", "Cognitron", "CognitronModels", "CognitronServe",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: base),
        .executableTarget(
            name: "bench",
            dependencies: [
                "CognitronKernels", "Cognitron", "CognitronData", "CognitronImages", "CognitronDetection",
                "CognitronText", "CognitronModels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks", swiftSettings: numeric),
        // Experiments, apart from the command line so that who wants only that builds no more.
        .target(
            name: "CognitronExamples",
            dependencies: [
                "Cognitron", "CognitronData", "CognitronImages", "CognitronDetection", "CognitronText",
                "CognitronPlots", "CognitronModels",
            ],
            path: "Examples", exclude: ["Command"], swiftSettings: base),
        .executableTarget(
            name: "examples",
            dependencies: [
                "Cognitron", "CognitronExamples",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Examples/Command", swiftSettings: base),

        // Tests
        .testTarget(
            name: "CognitronKernelsTests", dependencies: ["CognitronKernels"], swiftSettings: numeric),
        .testTarget(
            name: "CognitronTests", dependencies: ["Cognitron", "CognitronTesting"],
            resources: [.copy("Fixtures")],
            swiftSettings: numeric),
        .testTarget(
            name: "CognitronDataTests", dependencies: ["CognitronData", "CognitronTesting"],
            swiftSettings: numeric),
        .testTarget(
            name: "CognitronImagesTests",
            dependencies: ["CognitronImages", "CognitronData", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: numeric),
        .testTarget(
            name: "CognitronDetectionTests", dependencies: ["CognitronDetection", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: numeric),
        .testTarget(
            name: "CognitronTextTests", dependencies: ["CognitronText", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: base),
        .testTarget(name: "CognitronPlotsTests", dependencies: ["CognitronPlots"], swiftSettings: base),
        // Whether the public API is enough: it knows no more than any other package would.
        .testTarget(
            name: "StrangerTests", dependencies: ["Cognitron", "CognitronData", "CognitronTesting"],
            swiftSettings: numeric),
        .testTarget(
            name: "CognitronModelsTests",
            dependencies: [
                "CognitronModels", "CognitronData", "CognitronDetection", "CognitronText",
                "CognitronExchange",
                "CognitronTesting",
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: numeric),
        .testTarget(
            name: "CognitronExchangeTests", dependencies: ["CognitronExchange", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: base),
        .testTarget(
            name: "CognitronKerasTests", dependencies: ["CognitronKeras", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: base),
        .testTarget(
            name: "CognitronONNXTests", dependencies: ["CognitronONNX", "CognitronTesting"],
            resources: [.copy("Fixtures")], swiftSettings: base),
        .testTarget(
            name: "CognitronServeTests",
            dependencies: ["CognitronServe", "CognitronServeCLI", "CognitronModels", "CognitronTesting"],
            swiftSettings: base),
        .testTarget(
            name: "CognitronExamplesTests", dependencies: ["CognitronExamples"], swiftSettings: base),
        .testTarget(
            name: "CognitronCLITests",
            dependencies: [
                "CognitronKernels", "CognitronCLI", "CognitronPrediction", "CognitronProgram",
                "CognitronMPICLI", "bench",
            ],
            exclude: ["Fixtures"], swiftSettings: base),
    ]
)
