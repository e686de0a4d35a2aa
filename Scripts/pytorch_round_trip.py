#!/usr/bin/env python3
"""Runs a model that Neuronbook exported in PyTorch's layout through PyTorch's own modules.

    python3 Scripts/pytorch_round_trip.py MODEL ROWS RESULT

MODEL: the export. ROWS: a tensor `inputs` [rows, steps], 0 where padded on the left, and `steps`, how many tokens to
write. RESULT gets the decoder's top states [rows, steps, units], the tokens, and PyTorch's own state_dict, its weights
all multiplied by 0.5, so that reading them back can be seen.
"""

import json
import struct
import sys

import torch

PAD, SOS = 0, 1


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[first:last], dtype=torch.float32).reshape(entry["shape"]).clone()
    return tensors, metadata


def write(path, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


class Seq2Seq(torch.nn.Module):
    """Its attributes give the state_dict the names of the export."""

    def __init__(self, shape):
        super().__init__()
        kind = {"resetAfterGRU": torch.nn.GRU, "lstm": torch.nn.LSTM, "simpleRNN": torch.nn.RNN}[shape["cell"]]
        units, words = shape["units"], shape["vocabularySize"]
        for side in ("encoder", "decoder"):
            part = torch.nn.Module()
            part.embedding = torch.nn.Embedding(words, units)
            part.rnn = kind(units, units, num_layers=shape[f"{side}Layers"], batch_first=True)
            setattr(self, side, part)
        self.output = torch.nn.Linear(units, words)

    def hand_over(self, state):
        """Layers are counted from the top; lower ones without a partner start from the lowest."""
        ours, theirs = self.decoder.rnn.num_layers, self.encoder.rnn.num_layers
        order = [max(0, theirs - (ours - layer)) for layer in range(ours)]
        return tuple(s[order] for s in state) if isinstance(state, tuple) else state[order]

    def write(self, tokens, steps):
        tokens = tokens[tokens != PAD]
        _, state = self.encoder.rnn(self.encoder.embedding(tokens)[None])
        state, token, states, chosen = self.hand_over(state), torch.tensor([[SOS]]), [], []
        for _ in range(steps):
            top, state = self.decoder.rnn(self.decoder.embedding(token), state)
            token = self.output(top).argmax(-1)
            states.append(top[0, 0])
            chosen.append(token[0, 0])
        return torch.stack(states), torch.stack(chosen)


def main(model_path, rows_path, result_path):
    tensors, metadata = read(model_path)
    model = Seq2Seq(json.loads(metadata["configuration"]))
    model.load_state_dict(tensors, strict=True)
    rows, _ = read(rows_path)
    with torch.no_grad():
        written = [model.write(row, int(rows["steps"].item())) for row in rows["inputs"].long()]
    result = {name: 0.5 * value for name, value in model.state_dict().items()}
    result["result.states"] = torch.stack([states for states, _ in written])
    result["result.tokens"] = torch.stack([tokens for _, tokens in written]).float()
    write(result_path, result, metadata)


if __name__ == "__main__":
    main(*sys.argv[1:])
