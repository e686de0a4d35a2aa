"""Training steps of the Seq2Seq in PyTorch, timed on request.

Arguments: units words batch encoder-steps decoder-steps. For each line read, a number n: n steps, and their times in
milliseconds as one line of JSON. Teacher-forced, Adam (fused), mean cross-entropy.
"""

import json
import sys
import time

import torch

units, words, batch, encoder_steps, decoder_steps = map(int, sys.argv[1:6])
torch.manual_seed(0)
torch.set_num_threads(2)


class Seq2Seq(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder_embedding = torch.nn.Embedding(words, units)
        self.decoder_embedding = torch.nn.Embedding(words, units)
        self.encoder = torch.nn.GRU(units, units, batch_first=True)
        self.decoder = torch.nn.GRU(units, units, batch_first=True)
        self.output = torch.nn.Linear(units, words)

    def forward(self, inputs, fed):
        _, state = self.encoder(self.encoder_embedding(inputs))
        outputs, _ = self.decoder(self.decoder_embedding(fed), state)
        return self.output(outputs)


model = Seq2Seq()
adam = torch.optim.Adam(model.parameters(), fused=True)
inputs = torch.randint(1, words, (batch, encoder_steps))
fed, targets = (torch.randint(1, words, (batch, decoder_steps)) for _ in range(2))


def step():
    loss = torch.nn.functional.cross_entropy(model(inputs, fed).reshape(-1, words), targets.reshape(-1))
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()


for _ in range(3):
    step()
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line)):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    print(json.dumps(times), flush=True)
