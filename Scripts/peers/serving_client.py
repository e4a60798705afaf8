"""Asks a server of Cognitron by Triton's client: serving_client.py ADDRESS"""

import sys

import numpy
import tritonclient.http as triton

address = sys.argv[1].removeprefix("http://")
client = triton.InferenceServerClient(address)
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("shapes")
metadata = client.get_model_metadata("shapes")
shape = metadata["inputs"][0]["shape"][1:]
x = numpy.random.default_rng(1).random((3, *shape), dtype=numpy.float32)
answers = []
for is_binary in (False, True):
    tensor = triton.InferInput(metadata["inputs"][0]["name"], x.shape, "FP32")
    tensor.set_data_from_numpy(x, binary_data=is_binary)
    wanted = [triton.InferRequestedOutput(metadata["outputs"][0]["name"], binary_data=is_binary)]
    answers.append(client.infer("shapes", [tensor], outputs=wanted, request_id="7"))
    assert answers[-1].get_response()["id"] == "7"
tensor.set_data_from_numpy(x)
answers.append(client.infer("shapes", [tensor]))
outputs = [answer.as_numpy(metadata["outputs"][0]["name"]) for answer in answers]
assert all(output.shape[0] == 3 and numpy.array_equal(output, outputs[0]) for output in outputs)
assert numpy.allclose(outputs[0].sum(axis=1), 1, atol=1e-5)
try:
    client.infer("nobody", [tensor])
    raise SystemExit("a model that is not there answered")
except triton.InferenceServerException as error:
    if "nobody" not in str(error):
        raise
print(f"{len(outputs)} answers of shape {outputs[0].shape}, JSON and binary, are equal")
