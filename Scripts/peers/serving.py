"""Requests a second of `cognitron serve` and of ONNX Runtime behind FastAPI and uvicorn: serving.py --programs FOLDER

Both serve the same weights: the models are trained for a moment by `cognitron train` and written as ONNX by `cognitron
convert`. Each round measures every server in turn, alone. wrk holds 32 connections open.
"""

import argparse
import collections
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import numpy

SHAPES = {"lenet": (28, 28, 1), "resnet18": (32, 32, 3)}
CONNECTIONS = 32

PEER = """
import io, os
import numpy, onnxruntime
from fastapi import FastAPI, Request

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(os.environ["PEER_THREADS"])
session = onnxruntime.InferenceSession(os.environ["PEER_MODEL"], options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
shape = [int(size) for size in os.environ["PEER_SHAPE"].split(",")]
app = FastAPI()

def answer(x):
    y = session.run(None, {name: x.astype(numpy.float32).reshape(-1, *shape)})[0]
    return {"predictions": [{"class": int(row.argmax()), "probabilities": row.tolist()} for row in y]}

@app.post("/predict")
async def predict(request: Request):
    return answer(numpy.load(io.BytesIO(await request.body())))

@app.post("/predict-json")
async def predict_json(request: Request):
    return answer(numpy.array((await request.json())["inputs"]))
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server's process, waited for until it answers."""

    def __init__(self, words, path, environment=None):
        self.process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, start_new_session=True)
        deadline = time.time() + 60
        while True:
            try:
                urllib.request.urlopen(path, timeout=1).read()
                return
            except OSError:
                if time.time() > deadline or self.process.poll() is not None:
                    self.end()
                    raise SystemExit(f"{words[0]} does not answer at {path}")
                time.sleep(0.1)

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as lines:
            return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def end(self):
        """Asks for the end; returns the exit status."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait()


class Bodies:
    """The requests' bodies as files, and the Lua scripts with which wrk posts them."""

    def __init__(self, folder, shapes):
        self.folder = folder
        random = numpy.random.default_rng(1)
        for model, shape in shapes.items():
            x = random.random(shape, dtype=numpy.float32)
            squeezed = x[..., 0] if shape[-1] == 1 else x
            numpy.save(f"{folder}/{model}.npy", squeezed)
            rows = [[[round(float(v), 4) for v in pixel] for pixel in row] for row in x]
            with open(f"{folder}/{model}.json", "w") as file:
                json.dump({"inputs": rows}, file)

    def script(self, model, kind):
        types = {"npy": "application/x-npy", "json": "application/json"}
        path = f"{self.folder}/{model}-{kind}.lua"
        with open(path, "w") as file:
            file.write(
                f'local file = io.open("{self.folder}/{model}.{kind}", "rb")\nwrk.method = "POST"\n'
                f'wrk.body = file:read("*a")\nwrk.headers["Content-Type"] = "{types[kind]}"\n')
        return path


Load = collections.namedtuple("Load", "rate p50 p99 errors")


def load(script, url, seconds, connections=CONNECTIONS):
    """One run of wrk."""
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", script, url],
        check=True, capture_output=True, text=True).stdout
    units = {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}

    def latency(share):
        number, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s|m)\b", text).groups()
        return float(number) * units[unit]

    errors = sum(int(n) for line in re.findall(r"(?:Socket errors|Non-2xx).*", text) for n in re.findall(r"\d+", line[7:]))
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), latency(50), latency(99), errors)


def make_models(programs, folder):
    for model in SHAPES:
        subprocess.run(
            [f"{programs}/cognitron", "train", "--model", model, "--dataset", "shapes", "--epochs", "1", "--samples", "256",
             "--size", str(SHAPES[model][0]), "--output", f"{model}.safetensors"],
            cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(
            [f"{programs}/cognitron-exchange", "convert", f"{model}.safetensors", f"{model}.onnx"],
            cwd=folder, check=True, stdout=subprocess.DEVNULL)


def own_server(programs, folder, *options):
    port = free_port()
    words = [f"{programs}/cognitron-serve", "serve", "--port", str(port), *options]
    for model in SHAPES:
        words += ["--model", f"{folder}/{model}.safetensors"]
    return Server(words, f"http://127.0.0.1:{port}/health/ready"), f"http://127.0.0.1:{port}/v1/models/{{}}/predict"


def peer_server(folder, model, workers, threads):
    port = free_port()
    with open(f"{folder}/peer.py", "w") as file:
        file.write(PEER)
    environment = {
        "PEER_MODEL": f"{folder}/{model}.onnx", "PEER_THREADS": str(threads), "PYTHONPATH": folder,
        "PEER_SHAPE": ",".join(map(str, SHAPES[model])), "OMP_NUM_THREADS": str(threads)}
    words = [
        sys.executable, "-m", "uvicorn", "peer:app", "--port", str(port), "--workers", str(workers), "--no-access-log",
        "--log-level", "warning"]
    return Server(words, f"http://127.0.0.1:{port}/openapi.json", environment), f"http://127.0.0.1:{port}"


CASES = [("lenet", "npy"), ("lenet", "json"), ("resnet18", "npy")]


def measure(arguments, folder, bodies):
    """Requests a second and latencies of each server for each case, in rounds."""
    figures = collections.defaultdict(list)
    for _ in range(arguments.rounds):
        for model, kind in CASES:
            script = bodies.script(model, kind)
            server, url = own_server(arguments.programs, folder)
            load(script, url.format(model), 2)
            figures[model, kind, "cognitron"].append(load(script, url.format(model), arguments.seconds))
            server.end()
            for workers, threads in [(2, 1), (1, 2)] if arguments.peers else []:
                server, url = peer_server(folder, model, workers, threads)
                path = f"{url}/predict" + ("-json" if kind == "json" else "")
                load(script, path, 2)
                name = f"FastAPI, {workers} process{'es' if workers > 1 else ''} × {threads} thread{'s' if threads > 1 else ''}"
                figures[model, kind, name].append(load(script, path, arguments.seconds))
                server.end()
    print("\n| model | body | server | requests a second | median, ms | 99 %, ms | errors |\n|---|---|---|---|---|---|---|")
    for (model, kind, name), loads in figures.items():
        middle = [statistics.median(values) for values in zip(*loads)]
        print(f"| {model} | {kind} | {name} | {middle[0]:,.0f} | {middle[1]:.1f} | {middle[2]:.1f} | {sum(l.errors for l in loads)} |")


def bench(arguments):
    """Pictures a second of the same network without a server."""
    text = subprocess.run(
        [f"{arguments.programs}/bench", "predict", "--model", "resnet18", "--batch", "32"],
        check=True, capture_output=True, text=True).stdout
    print(f"\nbench predict --model resnet18 --batch 32:\n{text}")


class Hammer(threading.Thread):
    """Posts on one connection after another until it is told to stop; counts answers and lost requests."""

    def __init__(self, port, path, body):
        super().__init__()
        self.port, self.path, self.body = port, path, body
        self.answers, self.lost, self.refused, self.stop = 0, 0, 0, False
        self.statuses = collections.Counter()

    def run(self):
        connection = None
        while not self.stop:
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                try:
                    connection.connect()
                except OSError:
                    self.refused += 1
                    return
            try:
                connection.request("POST", self.path, self.body)
                response = connection.getresponse()
                response.read()
                self.statuses[response.status] += 1
                self.answers += 1
                if response.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return


def hammer(programs, folder, during):
    """Posts from 16 connections while something happens to the server; returns answers, lost requests, exit status."""
    server, url = own_server(programs, folder)
    port = int(url.split(":")[2].split("/")[0])
    with open(f"{folder}/lenet.npy", "rb") as file:
        body = file.read()
    hammers = [Hammer(port, "/v1/models/lenet/predict", body) for _ in range(16)]
    for one in hammers:
        one.start()
    time.sleep(1)
    status = during(server)
    for one in hammers:
        one.stop = True
    for one in hammers:
        one.join()
    status = server.end() if status is None else status
    statuses = sum((one.statuses for one in hammers), collections.Counter())
    return sum(one.answers for one in hammers), sum(one.lost for one in hammers), dict(statuses), status


def exchange(folder):
    def during(server):
        for number in range(10):
            source = f"{folder}/{'lenet' if number % 2 else 'lenet-other'}-copy.safetensors"
            shutil.copy(source, f"{folder}/new")
            os.replace(f"{folder}/new", f"{folder}/lenet.safetensors")
            time.sleep(1.2)

    shutil.copy(f"{folder}/lenet.safetensors", f"{folder}/lenet-copy.safetensors")
    shutil.copy(f"{folder}/lenet.safetensors", f"{folder}/lenet-other-copy.safetensors")
    return during


def drops(arguments, folder):
    print("\n| what happens under load | answers | lost | statuses | exit status |\n|---|---|---|---|---|")
    for name, during in [
        ("SIGTERM", lambda server: server.end()), ("10 exchanges of the model", exchange(folder))]:
        answers, lost, statuses, status = hammer(arguments.programs, folder, during)
        print(f"| {name} | {answers} | {lost} | {statuses} | {status} |")


def hostile(arguments, folder):
    """Memory and answers with 1,000 idle connections, slow clients and large bodies."""
    server, url = own_server(arguments.programs, folder)
    port = int(url.split(":")[2].split("/")[0])
    with open(f"{folder}/lenet.npy", "rb") as file:
        body = file.read()

    def ask():
        request = urllib.request.Request(url.format("lenet"), data=body, headers={"Content-Type": "application/x-npy"})
        return urllib.request.urlopen(request, timeout=10).status

    print("\n| hostile clients | resident MiB before | after | an ordinary request |\n|---|---|---|---|")
    for _ in range(200):
        ask()

    def row(name, act):
        before = server.resident()
        held = act()
        print(f"| {name} | {before:.0f} | {server.resident():.0f} | {ask()} |", flush=True)
        for one in held or []:
            one.close()

    def connect(data=b""):
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(data)
        return one

    head = b"POST /v1/models/lenet/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 3264\r\n\r\n"
    row("1,000 idle connections", lambda: [connect() for _ in range(1000)])
    row("1,000 connections that stop in a head", lambda: [connect(b"POST /v1") for _ in range(1000)])
    row("1,000 connections that stop in a body", lambda: [connect(head + b"\x93") for _ in range(1000)])

    def large():
        for _ in range(20):
            one = connect(b"POST /v1/models/lenet/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")
            try:
                for _ in range(100):
                    one.sendall(bytes(1 << 20))
            except OSError:
                pass
            one.close()

    row("20 bodies of 100 MB", large)
    row("1,000 requests that are no HTTP", lambda: [connect(b"\x00\x01nonsense\r\n\r\n").close() for _ in range(1000)] and None)
    server.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--only", choices=["load", "drops", "hostile"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_models(arguments.programs, folder)
        bodies = Bodies(folder, SHAPES)
        if arguments.only in (None, "load"):
            measure(arguments, folder, bodies)
            bench(arguments)
        if arguments.only in (None, "drops"):
            drops(arguments, folder)
        if arguments.only in (None, "hostile"):
            hostile(arguments, folder)


if __name__ == "__main__":
    main()
