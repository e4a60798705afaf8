import Foundation
import Testing

@Suite("The command cognitron train --plan", .serialized)
struct ForecastTests {
    @Test("It says what the training then takes, and writes nothing", .timeLimit(.minutes(2)))
    func forecast() throws {
        let program = try Program()
        let training = [
            "train", "--model", "lenet", "--dataset", "shapes", "--epochs", "3", "--batch-size", "16",
            "--output", "m", "--log", "log", "--checkpoint", "run",
        ]
        let plan = try program.start(training + ["--plan"]).wait()
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(program.files.isEmpty)
        let memory = try #require(plan.output.firstMatch(of: /peak memory  (\d+) MiB/), "\(plan.output)")
        let speed = try #require(plan.output.firstMatch(of: /speed +(\d+) images\/s/), "\(plan.output)")
        let time = try #require(plan.output.firstMatch(of: /time +([\d.]+) s: 3 epochs of/), "\(plan.output)")

        let began = ContinuousClock.now
        let running = try program.start(training)
        let peak = highestMemory(of: running.process)
        let result = running.wait()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(result.status == 0, "\(result.errors)")
        let speeds = result.output.matches(of: /(\d+) images\/s/).compactMap { Double($0.1) }
        #expect(speeds.count == 3)
        let mean = speeds.reduce(0, +) / Double(max(1, speeds.count))
        // Loose: other tests run at the same time.
        #expect(abs((Double(speed.1) ?? 0) / mean - 1) < 0.6, "\(plan.output)\n\(result.output)")
        #expect(abs((Double(time.1) ?? 0) / seconds - 1) < 0.6, "\(plan.output)\n\(seconds) s")
        #expect(abs((Double(memory.1) ?? 0) / peak - 1) < 0.5, "\(plan.output)\n\(peak) MiB")
    }

    /// MiB: the last peak that the system told before the process ended.
    private func highestMemory(of process: Process) -> Double {
        var peak = 0.0
        while process.isRunning {
            let status = try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            peak = line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 / 1024 } ?? peak
            usleep(5_000)
        }
        return peak
    }

    @Test("It does not go with --resume")
    func resumed() throws {
        let result = try Program().run("train", "--resume", "run", "--plan")
        #expect(result.status != 0 && result.errors.contains("--plan"))
    }
}
